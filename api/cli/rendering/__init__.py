"""Decisions, explanations and comparisons as text."""
