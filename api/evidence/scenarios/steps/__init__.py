"""The steps of the feature files: the officer's vocabulary, and what it means."""

pytest_plugins = [
    "api.evidence.scenarios.steps.facts",
    "api.evidence.scenarios.steps.answers",
    "api.evidence.scenarios.steps.office",
    "api.evidence.scenarios.steps.delivery",
]
