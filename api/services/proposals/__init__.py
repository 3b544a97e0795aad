"""Proposals of changes: made, looked at, approved, rejected, and brought into force, each as entries of the log."""
