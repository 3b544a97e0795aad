"""Keys and signed notes."""
