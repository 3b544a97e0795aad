"""Proposed policy changes: what is computed of them for those who approve."""
