"""Text of the policy files -> documents that record the place of every value."""
