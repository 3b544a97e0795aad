"""Clearances and handovers: what a permission allows, what was then handed over, and whether the two agree."""
