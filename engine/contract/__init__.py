"""What callers and the engine say to each other: requests, their vocabulary, decisions."""
