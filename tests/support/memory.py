"""Where files of tests lie: in memory if there is room, since thousands of databases are made and synchronised."""

import shutil
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 8 * 1024**3
"""So many bytes have to be free in memory; a database of PostgreSQL takes some 8 MB."""


def folder_in_memory() -> Path | None:
    """The folder in memory if it has room; None for the usual one on the disk."""
    return IN_MEMORY if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM else None
