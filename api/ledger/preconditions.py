"""What has to be so at the place where entries are recorded: what they were made from is the newest that the log has.

Where policies come into force by approvals, no entry is recorded that was decided by others than those in force at
its place, by whatever process they came into force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from api.ledger.entries import EntryKind
from api.ledger.revisions import PolicyFiles
from api.ledger.sql import fetch_all
from api.ledger.tables import log_entries

NOTHING = -1
"""The sequence of the newest record before there is any."""

NewestRecord = Callable[[Connection], int]
"""Reads the sequence of the entry that last added to the records beside the log; `NOTHING` before any."""


class StaleRead(Exception):  # not a failure: the caller reads again
    """There are newer records than had been read when the entries were made; none of these is recorded."""


class PoliciesSuperseded(Exception):  # not a failure: the caller decides again
    """Other policies are in force by now than those that the entries were decided by; none of these is recorded."""


class NewestKnown:
    """The newest record as one writer knows it; it is read again only where there may be a newer one."""

    def __init__(self, read: NewestRecord | None) -> None:
        self._read = read
        self._found: int | None = None

    @property
    def known(self) -> int:
        """The newest record that was read; `NOTHING` where none was."""
        return NOTHING if self._found is None else self._found

    def read(self, connection: Connection) -> int:
        """Return the newest record, in a transaction that has locked the log."""
        if self._found is None:
            self._found = NOTHING if self._read is None else self._read(connection)
        return self._found

    def forget(self) -> None:
        """Drop it: another writer has added to the log, or a unit of work has run."""
        self._found = None


class PoliciesInForce:
    """The place of the entry by which policies came into force last, as one writer knows it.

    It is read again only where another writer has added to the log.
    """

    def __init__(self) -> None:
        self._place = -1
        self._founded = False
        self._size = 0

    def refresh(self, connection: Connection, size: int) -> None:
        """Take note of what the log holds up to `size`, in a transaction that has locked it."""
        if size > self._size:
            for place, kind in fetch_all(connection, _CHANGES, self._size):
                self._note(place, kind)
            self._size = size

    def note(self, place: int, kinds: Iterable[EntryKind]) -> None:
        """Take note of the kinds of entries that this writer adds, the first of them at `place`."""
        for at, kind in enumerate(kinds, place):
            self._note(at, kind)

    def written(self, size: int) -> None:
        """Take note that the log has `size` entries by now, and none in between by another writer."""
        self._size = size

    def forget(self) -> None:
        """Drop everything, what was noted in a transaction that was rolled back too."""
        self._place, self._founded, self._size = -1, False, 0

    def supersede(self, policies: PolicyFiles | None) -> bool:
        """Whether what was decided by `policies` may not be recorded any more; never before approvals are founded."""
        return self._founded and policies is not None and policies.activated_at != self._place

    def _note(self, place: int, kind: str) -> None:
        if kind == EntryKind.POLICIES:
            self._place = max(self._place, place)
        elif kind == EntryKind.APPROVALS_FOUNDED:
            self._founded = True


_CHANGES = (
    f"SELECT sequence, kind FROM {log_entries.name} WHERE sequence >= ?"
    f" AND kind IN ('{EntryKind.POLICIES.value}', '{EntryKind.APPROVALS_FOUNDED.value}')"
)
