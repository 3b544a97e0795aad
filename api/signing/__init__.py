"""Signed notes and the keys that sign them: checkpoints and clearances both stand on these."""
