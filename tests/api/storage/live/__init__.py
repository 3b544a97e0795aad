"""News as the tables have them, and how far they were delivered."""
