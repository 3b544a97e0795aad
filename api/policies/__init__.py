"""The policy set in force: where it comes from, and what it must pass first."""
