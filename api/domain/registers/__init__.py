"""The registers: lists, items, events, and the figures they are checked against."""
