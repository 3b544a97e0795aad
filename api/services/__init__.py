"""What the service can be asked and told, apart from HTTP."""
