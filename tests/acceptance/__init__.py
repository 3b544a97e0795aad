"""The product through its public doors: HTTP, the command line, real databases, faults."""
