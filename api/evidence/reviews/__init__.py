"""Reviews: who last read which clause together with which rule, and which of the two changed since."""
