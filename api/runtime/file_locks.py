"""One process at a time changes a file that is replaced as a whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def changing_alone(file: Path) -> Iterator[None]:
    """Keep out whoever else would change a file in this way. Raises OSError.

    The lock is on its folder: the file may not be there yet, and is another one as soon as it has been replaced.
    """
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
