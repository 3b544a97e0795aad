"""Mistakes of policy authors, kept as data: an edit of the shipped policy folder, and what is said about it."""
