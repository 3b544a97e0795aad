"""Tests of what officers state, and of what follows from it."""
