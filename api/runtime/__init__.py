"""The process: logging, the garbage collector, what was counted."""
