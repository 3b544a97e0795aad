"""Groups handed over to one process that writes the log for all workers of a machine, through a Unix socket.

The event loop of a worker sends a group as one frame (`frames`, `groups`), and the next, if it is as large, before
the answer has come (`answers`). The writer commits what has arrived from all of them in one transaction, one group of
each. Entries are sent as they are stored, so the writer reads no entry, and detaches and hashes nothing.
"""
