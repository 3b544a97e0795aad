"""Approvals: who may change the policies, what they state, and what follows from it. Pure; states are derived."""
