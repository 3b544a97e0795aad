"""Reading a file that somebody else put there: it never blocks, and never more is read than may be in it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_WITHOUT_WAITING = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY
"""A pipe without a writer would otherwise hold whoever opens it, and a terminal could become the process's own."""


class NotRegularError(OSError):
    """What lies there is no file with a content of its own; `strerror` says what it is."""


def read_regular_file(path: Path, most: int) -> bytes:
    """Return the content of a regular file, or its first `most` + 1 bytes, which shows that it is longer.

    Links are followed. Raises OSError, and `NotRegularError` for a pipe or a device.
    """
    handle = os.open(path, _WITHOUT_WAITING)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise NotRegularError(0, "it is a pipe" if stat.S_ISFIFO(mode) else "it is a device")
        with open(handle, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(handle)
