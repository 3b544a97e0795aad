"""Callers by API key, for an installation without an issuer of tokens."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from api.domain.identity import Caller, IdentityFault, NotIdentified
from api.http.authentication.key_file import StoredKey, hash_key, read_keys
from api.runtime.loggers import get_logger
from api.runtime.regular_files import read_regular_file
from engine import Roles

MAX_KEY_FILE_BYTES = 16 * 1024**2
"""A file that has grown beyond this is cut off there, and so is no file of keys any more."""

CHECK_INTERVAL_SECONDS = 0.1
"""The file is checked for a change at most this often."""

log = get_logger()


class KeyAuthenticator:
    """Identifies callers by the keys of a file; a change of the file takes effect within a tenth of a second.

    `roles` returns those of the policies in force; a key of another role identifies nobody, and neither does one that
    has ended by `clock`. Constructing it reads the file and raises `IdentityFault` if that gives no key.
    """

    def __init__(self, path: Path, roles: Callable[[], Roles], clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock
        self._roles = roles
        self._next_check_at = 0.0
        self._state = _state(path)
        self._holders = _holders(path)
        self._fault = ""
        self._callers: dict[str, tuple[StoredKey, Roles, Caller]] = {}
        if not self._holders:
            raise IdentityFault(
                f"the file of API keys {path} holds none", "make one with `channelgate keys new`"
            )

    def holder_of(self, key: str) -> Caller:
        """Return the holder of the key. Raises `NotIdentified`."""
        # The time of the look-up reveals at most something of the hash, which does not lead back to the key.
        return self.holder_of_hash(hash_key(key))

    def holder_of_hash(self, key_hash: str) -> Caller:
        """Return the holder of the key with this SHA-256. Raises `NotIdentified`."""
        if time.monotonic() >= self._next_check_at:
            self._follow_file()
        found = self._holders.get(key_hash)
        if found is None:
            raise NotIdentified("The API key is not known here.")
        if found.expires_at is not None and found.expired(self._clock()):
            raise NotIdentified(f"The API key has ended, at {found.expires_at.isoformat()}.")
        roles, known = self._roles(), self._callers.get(key_hash)
        if known is not None and known[0] is found and known[1] is roles:
            return known[2]
        caller = found.caller_in(roles)
        self._callers[key_hash] = found, roles, caller
        return caller

    def _follow_file(self) -> None:
        """Read a changed file again; one that cannot be used identifies nobody until it is mended.

        Until then it is read at every check: what hindered the reading may pass without a change of the file.
        """
        self._next_check_at = time.monotonic() + CHECK_INTERVAL_SECONDS
        state = _state(self._path)
        if state == self._state:
            return
        try:
            self._holders = _holders(self._path, _read_followed)
            self._callers = {}
        except IdentityFault as fault:
            self._holders, self._state = {}, None
            if str(fault) != self._fault:
                self._fault = str(fault)
                log.error("api_keys_not_read", reason=self._fault)
        else:
            self._state, self._fault = state, ""
            log.info("api_keys_read", keys=len(self._holders))


def _holders(path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> dict[str, StoredKey]:
    """The keys in the file, by their hashes. Raises `IdentityFault`."""
    keys = read_keys(path, read).keys
    return {key.sha256: key for key in reversed(keys)}  # of two alike, the first holds


def _read_followed(path: Path) -> bytes:
    """Read a file that changed under a running service: calls wait meanwhile, so it may neither block nor go on."""
    return read_regular_file(path, MAX_KEY_FILE_BYTES)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
