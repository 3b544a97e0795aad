"""Signed notes and the keys that sign them, for checkpoints and clearances."""
