"""The registers: lists of items that were provided, or asked for and not yet provided, and what became of them."""
