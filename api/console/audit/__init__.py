"""The auditor: searching decisions, their proofs, checkpoints and what does not agree."""
