"""Bytes to values, strictly; what is wrong with them as problems."""
