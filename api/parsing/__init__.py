"""Readers of input: one for each form."""
