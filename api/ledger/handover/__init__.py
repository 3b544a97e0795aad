"""Groups handed over to one process that writes the log for all workers of a machine, through a Unix socket.

A worker sends a group as one frame (`frames`, `groups`) and waits for the answer (`answers`) before it sends the
next; the writer commits whatever has arrived from all of them in one transaction. Entries are sent as they are
stored, so the writer reads no entry, and detaches and hashes nothing.
"""
