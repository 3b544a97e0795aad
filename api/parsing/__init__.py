"""How what comes in is read: each form once."""
