"""The compliance report: what is tested, proved and reviewed of a revision, and its gaps, as a page and JUnit XML."""
