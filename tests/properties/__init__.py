"""What holds of every answer."""
