"""What is announced by itself."""
