"""Registers: lists, items, imports, confirmations and sessions."""
