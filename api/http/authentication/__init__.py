"""Who calls: API keys and tokens, and the permission each route requires."""
