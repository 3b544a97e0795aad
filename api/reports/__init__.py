"""The compliance report: what was recorded, proved and reviewed of a revision, its gaps, as a page and as JUnit XML."""
