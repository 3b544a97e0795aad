"""Who calls: API keys, tokens, and what a route asks of them."""
