"""What the service does, independent of HTTP: each call takes values and a `Context`."""
