"""Conditions: text -> syntax -> typed expressions, evaluated in three values."""
