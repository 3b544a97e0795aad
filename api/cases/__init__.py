"""Cases: append-only lists of recorded facts, and what `decide` says of them."""
