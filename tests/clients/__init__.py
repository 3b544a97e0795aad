"""The clients, each against a running service."""
