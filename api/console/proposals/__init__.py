"""Proposals: evidence, approvals, activation and the return to an earlier revision."""
