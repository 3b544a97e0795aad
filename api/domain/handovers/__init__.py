"""Handovers and clearances, and whether the two agree."""
