"""A folder of the user's own in which results are stored between runs: what is not certainly ours is not used.

An entry is named by the SHA-256 of everything that its content depends on, and begins with an HMAC-SHA256 over its
name and content, by a key that lies in the folder too. The entries are as safe as that key: who can act as the user
can forge them, as he could replace the program; others cannot, whatever the modes of folders further up allow, for a
folder, a key or an entry that is not the user's own, or that others may read or write, is not used. A damaged entry
is none. Nothing here raises: where the folder cannot be used or written to, nothing is found in it.
"""

from __future__ import annotations

import hmac
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

VARIABLE = "CHANNELGATE_CACHE"
"""The variable of the environment that names the folder."""
OFF = "off"
"""What is named in its place where nothing is to be stored between runs."""
MAX_ENTRIES = 64
MAX_BYTES = 256 * 1024**2
"""So many entries, and of so many bytes together, are stored; those that were used longest ago are removed first."""

_KEY = "key"
_ENDING = ".entry"
_MAC_BYTES = 32
_OURS = re.compile(r"[0-9a-f]{64}\.entry(\.[0-9a-f]{16})?|key\.[0-9a-f]{16}")
"""The names of entries, and of drafts; what else lies in the folder is left alone."""
_OTHERS = 0o077
"""What the group and everybody else may do with the folder and what is in it: nothing."""


def find_folder(named: str = "") -> Path | None:
    """Return the folder that is named, or that the environment names, else `channelgate` in the user's cache folder.

    None where it is turned off, or where the user has no folder.
    """
    named = named or os.environ.get(VARIABLE, "")
    if named:
        return None if named == OFF else Path(named)
    with suppress(RuntimeError):
        base = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "channelgate"
    return None


class PrivateCache:
    """Entries in a folder, which is made when the first of them is stored; without a folder there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, name: str) -> bytes | None:
        """Return the content of an entry, None if there is none that this user has stored whole."""
        with suppress(OSError), self._opened() as folder:
            sealed = _read(folder, name + _ENDING)
            if not _is_sealed(_read(folder, _KEY), name, sealed):
                return None
            with suppress(OSError):  # a folder that can only be read serves too
                os.utime(name + _ENDING, dir_fd=folder)
            return sealed[_MAC_BYTES:]
        return None

    def put(self, name: str, content: bytes) -> None:
        """Store an entry, whole or not at all, and remove those that are too many."""
        if self._folder is None or len(content) > MAX_BYTES:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as folder:
                _write(folder, name + _ENDING, _mac(_own_key(folder), name, content) + content)
                _remove_oldest(folder)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder as a descriptor. Raises OSError where it is missing, or not the user's alone."""
        if self._folder is None:
            raise FileNotFoundError
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _require_own(os.fstat(folder))
            yield folder
        finally:
            os.close(folder)


NO_CACHE = PrivateCache(None)
"""In which nothing is stored."""


class _CacheFile(NamedTuple):
    """A file of the folder: when it was used last, in nanoseconds, its name, its length in bytes."""

    used: int
    name: str
    size: int


def _require_own(status: os.stat_result) -> None:
    if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
        raise PermissionError


def _read(folder: int, name: str) -> bytes:
    """The content of a file that is the user's alone. Raises OSError."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(name, flags, dir_fd=folder), "rb") as file:
        status = os.fstat(file.fileno())
        _require_own(status)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise PermissionError
        return file.read(_MAC_BYTES + MAX_BYTES)


def _write(folder: int, name: str, content: bytes) -> None:
    """Put a private file in the place of one that is there. Raises OSError, and leaves nothing behind then."""
    draft = f"{name}.{os.urandom(8).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(draft, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(content)
        os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise


def _own_key(folder: int) -> bytes:
    """The key of the folder, another one where there is none that can be used. Raises OSError."""
    with suppress(OSError):
        key = _read(folder, _KEY)
        if len(key) == _MAC_BYTES:
            return key
    key = os.urandom(_MAC_BYTES)
    _write(folder, _KEY, key)
    return key


def _mac(key: bytes, name: str, content: bytes) -> bytes:
    return hmac.digest(key, name.encode() + b"\0" + content, "sha256")


def _is_sealed(key: bytes, name: str, sealed: bytes) -> bool:
    if len(key) != _MAC_BYTES:
        return False
    return hmac.compare_digest(sealed[:_MAC_BYTES], _mac(key, name, sealed[_MAC_BYTES:]))


def _remove_oldest(folder: int) -> None:
    """Remove the entries beyond the bounds, and drafts that a process has left that did not get to its end."""
    found = [_CacheFile(*one) for one in _list_stored(folder)]
    total = 0
    for place, one in enumerate(sorted(found, reverse=True)):
        total += one.size
        if place >= MAX_ENTRIES or total > MAX_BYTES:
            with suppress(OSError):
                os.unlink(one.name, dir_fd=folder)


def _list_stored(folder: int) -> Iterator[tuple[int, str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                with suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    yield status.st_mtime_ns, entry.name, status.st_size
