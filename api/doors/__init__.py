"""The outermost doors of the product, opened for scenarios: the command line and a running server."""
