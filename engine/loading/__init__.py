"""Text of the policy files -> documents that remember the place of every value."""
