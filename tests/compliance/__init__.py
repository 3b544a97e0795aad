"""Compliance plumbing: what the feature files promise, and whether each promise was kept.

A green run proves little: a scenario may be dropped, run without steps, or compare nothing. Here the evidence
starts from the files. `promises` reads what they promise; `strict` and `matching` refuse what would be green
without checking anything; `verdicts` joins promises with runs; `collecting` and `recorder` are the two pytest
plugins; step modules take `given`, `when` and `then` from `steps`.
"""
