"""The key that signs a log from now on: rotated once, and followed by every process that writes the log.

The file of the new key appears beside that of the old one before the entry is recorded, and takes its place after it.
Where a rotation broke off in between, whoever reads the file next carries it through.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect

from api.ledger.database import Database, translated
from api.ledger.entries import Entry, EntryKind
from api.ledger.key_succession import MEMBER, KeySuccession, TrustedKeys, follow_successions, sign_succession
from api.ledger.log_appender import LogAppender, lock_tree
from api.ledger.reader import signed_successions, signing_keys, successions
from api.ledger.tables import log_entries
from api.runtime.file_locks import changing_alone
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey, load_signing_key

_ENDING = ".next"


def rotate_signing_key(
    database: Database, key_file: Path, origin: str, clock: Callable[[], datetime]
) -> KeySuccession:
    """Make a new key, record that the one in `key_file` hands over to it, and put it into its place.

    The log may be in use meanwhile. Raises StoreUnavailable, OSError, `SigningFault`: then the old key signs on.
    """
    database.prepare()
    with changing_alone(key_file):  # another rotation would put its key into the file before it is recorded
        return _rotate(database, key_file, origin, clock)


def _rotate(database: Database, key_file: Path, origin: str, clock: Callable[[], datetime]) -> KeySuccession:
    with translated(), database.reading() as connection:
        old = key_in_force(connection, key_file, origin)
        if old.verifying not in signing_keys(connection):
            raise SigningFault(
                "the log does not name the key as one of its own", "name the file of the key that signs it"
            )
    new = load_signing_key(_next_file(key_file), origin)
    with translated(), database.writing() as connection:
        tree = lock_tree(connection)
        if old.verifying in trusted_keys(connection, [old.verifying]).succeeded:
            raise SigningFault("another rotation came first", "look at `channelgate log key --all`")
        members = {
            "verifying_key": new.verifying.format(),
            MEMBER: sign_succession(origin, tree.size, old, new),
        }
        entry = Entry(EntryKind.SIGNING_KEY, origin, clock(), members)
        LogAppender(origin, lambda: new, frozenset, lambda _: None).append(connection, tree, [entry])
    with suppress(FileNotFoundError):  # a service has put it there
        os.replace(_next_file(key_file), key_file)
    return KeySuccession(origin, tree.size, old.verifying, new.verifying)


def key_in_force(connection: Connection, key_file: Path, origin: str) -> SigningKey:
    """Return the key in `key_file`, made there if there is none; a rotation that broke off is carried through.

    Raises OSError, and `SigningFault` for a key that was succeeded by one that is not there.
    """
    key = load_signing_key(key_file, origin)
    if not inspect(connection).has_table(log_entries.name):
        return key
    recorded = trusted_keys(connection, [key.verifying])
    if key.verifying not in recorded.succeeded:
        return key
    for file in (_next_file(key_file), key_file):  # whoever else carries it through moves one to the other
        with suppress(OSError, SigningFault):
            following = SigningKey.from_pem(origin, file.read_bytes())
            if following.verifying in recorded.keys and following.verifying not in recorded.succeeded:
                if file != key_file:
                    os.replace(file, key_file)
                return following
    newest = next(one for one in reversed(recorded.keys) if one not in recorded.succeeded)
    raise SigningFault(
        f"the key was succeeded at entry {recorded.succeeded[key.verifying]}",
        f"put the key {newest.format()} in its place; it lies where `channelgate log rotate-key` was run",
    )


def trusted_keys(connection: Connection, keys: Sequence[VerifyingKey]) -> TrustedKeys:
    """Return the keys, and those that they lead to by the successions in the log."""
    return follow_successions(keys, successions(connection))


def keys_to_verify_by(connection: Connection, keys: Sequence[VerifyingKey]) -> TrustedKeys:
    """Return the same of a log that somebody may have tampered with; every entry is looked at."""
    return follow_successions(keys, signed_successions(connection))


class FollowedKey:
    """The key of one writer, read again where another writer has recorded that it was succeeded."""

    def __init__(self, key_file: Path, origin: str) -> None:
        self._key_file = key_file
        self._origin = origin
        self._size = 0
        self.key: SigningKey | None = None

    def load(self, database: Database) -> None:
        """Read the key. Raises OSError, `SigningFault`."""
        with database.reading() as connection:
            self.key = key_in_force(connection, self._key_file, self._origin)

    def refresh(self, connection: Connection, size: int) -> bool:
        """Read the key again if it was succeeded in a log of `size` entries, which is locked; return whether it was.

        Raises OSError, `SigningFault`.
        """
        assert self.key is not None
        if size == self._size:
            return False
        before = self.key
        if successions(connection, self._size):
            self.key = key_in_force(connection, self._key_file, self._origin)
        self._size = size
        return self.key is not before

    def written(self, size: int) -> None:
        """Take note that the log has `size` entries by now, and none in between by another writer."""
        self._size = size

    def forget(self) -> None:
        """Drop what was noted in a transaction that was rolled back."""
        self._size = 0


def _next_file(key_file: Path) -> Path:
    return key_file.with_name(key_file.name + _ENDING)
