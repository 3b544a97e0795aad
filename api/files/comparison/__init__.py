"""A comparison of two policy sets as a page: text, Markdown, JSON."""
