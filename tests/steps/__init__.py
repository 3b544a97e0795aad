"""The officer's vocabulary: what the steps of the feature files mean."""

pytest_plugins = ["tests.steps.facts", "tests.steps.answers", "tests.steps.office", "tests.steps.delivery"]
