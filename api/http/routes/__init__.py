"""The addresses of the service: parse, call, return."""
