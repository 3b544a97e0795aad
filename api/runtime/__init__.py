"""How the process runs, whatever it does."""
