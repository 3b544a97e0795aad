"""What the service decides from, compared with the log it was recorded in."""
