"""What the office does, apart from HTTP and the command line: each operation is one unit of work."""
