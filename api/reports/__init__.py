"""The compliance report: what was recorded and proved of a revision, its gaps, as a page and as JUnit XML."""
