"""What callers and the engine agree on: the words of requests and decisions, and how they are read."""
