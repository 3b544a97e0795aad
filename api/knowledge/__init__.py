"""What the ledger knows of a request: the Committee's facts, from cases and registers."""
