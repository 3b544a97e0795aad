"""Files that only their owner can read, whatever the umask of the process: the database, keys, backups, exports."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.runtime.loggers import get_logger

OTHERS = 0o077
"""What the group and everybody else may do with a file; with a private one, nothing."""

log = get_logger()


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever the process creates inside the block, by whatever library, is private."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def make_private(path: Path) -> None:
    """Create an empty private file if there is none; where that cannot be, whoever opens it next reports it."""
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def write_private(path: Path, content: bytes) -> None:
    """Write a private file, whole or not at all, in the place of one that is there. Raises OSError.

    What is no file, such as `/dev/stdout`, is written to.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    with _written(path, content) as name:
        os.replace(name, path)
        _fsync_folder(path)


def create_private(path: Path, content: bytes) -> None:
    """Make a private file durable before it appears under its name. Raises FileExistsError, OSError."""
    with _written(path, content) as name:
        os.link(
            name, path
        )  # unlike a renaming, this replaces no file that another process has made meanwhile
        _fsync_folder(path)


def restrict(path: Path, *endings: str) -> None:
    """Make a file private that others could read or write, and those with `endings` more; log each that was not.

    A folder, named by mistake, stays as it is.
    """
    for ending in ("", *endings):
        _restrict(path.with_name(path.name + ending))


def _restrict(path: Path) -> None:
    try:
        found = path.stat().st_mode
        mode = stat.S_IMODE(found)
        if not stat.S_ISREG(found) or not mode & OTHERS:
            return
        path.chmod(mode & ~OTHERS)
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning(
            "file_open_to_others",
            file=str(path),
            fact=f"others may read or write it, and that cannot be changed ({error.strerror})",
            remedy="let its owner run `chmod go-rwx` on it",
        )
        return
    log.warning(
        "file_restricted",
        file=str(path),
        fact=f"others could read or write it (mode {mode:o}); now its owner alone can",
        remedy="find out who has read it; let others read a backup or an export, not this file",
    )


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[str]:
    """The name of a durable private file beside `path`; nothing is left under it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _fsync_folder(path: Path) -> None:
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
