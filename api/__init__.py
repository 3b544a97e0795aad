"""The service around the engine: HTTP, the decision log, the command line."""
