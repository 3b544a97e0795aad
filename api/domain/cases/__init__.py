"""Cases: the facts that can be recorded, and how a case stands."""
