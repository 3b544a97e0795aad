"""What the service does, apart from HTTP: each call takes values and a `Context`."""
