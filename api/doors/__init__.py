"""The outermost interfaces of the product, for scenarios: the command line and a running server."""
