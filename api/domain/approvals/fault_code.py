"""The code of faults of approvals; by itself, since a start without approvals loads nothing else of them."""

APPROVALS_CODE = "L10"
"""The code of every fault of approvers and their notes."""
