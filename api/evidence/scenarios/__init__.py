"""Scenarios as evidence: what the feature files expect, and whether each scenario was run and passed.

A green run proves little: a scenario may be dropped, run without steps, or compare nothing. Here the evidence
starts from the files. `lint` and `step_definitions` refuse what would be green without checking anything; `verdicts`
joins the expected scenarios with the runs; `plugin` is the pytest plugin that puts `collection`, `recorder`,
`mutation` and the shipped `steps` together; step modules take `given`, `when` and `then` from `step_decorators`.
`runs` starts the plugin in processes of its own, `scoring` makes the record of them, `text_report` prints it.
"""
