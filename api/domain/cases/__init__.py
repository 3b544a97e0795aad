"""Cases: the facts that can be recorded, and the state of a case."""
