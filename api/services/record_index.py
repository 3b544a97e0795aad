"""An index in memory of what there are records about, so that most pre-checks need not query the database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from api.domain.known_facts import NO_RECORDS
from api.ledger.log import Ledger
from api.ledger.preconditions import NOTHING
from api.storage.newest_record import newest_record

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.domain.cases.case import CaseKey
    from api.domain.known_facts import CaseRecords

_UNREAD = NOTHING - 1


class RecordIndex:
    """The requests that cases are about and the numbers of listed items, up to the entry `read_sequence` of the log.

    The writer of this process notes the newest record that it has seen (`Ledger.newest_record`): its own at once, one
    of another process in its next transaction. If that is newer, the index is refreshed before anything is decided.
    What another process records in between is a `StaleRead` in the writer.
    """

    def __init__(self, store: Ledger) -> None:
        self._store = store
        self._keys: set[CaseKey] = set()
        self._item_nos: set[str] = set()
        self._reading: asyncio.Future[None] | None = None
        self.read_sequence = _UNREAD

    @property
    def is_behind(self) -> bool:
        """Whether there are newer records than the index has read."""
        return self.read_sequence < self._store.newest_record

    def covers(self, keys: Set[CaseKey], marks: Set[str]) -> bool:
        """Whether there are records about these requests or lines."""
        return not (self._keys.isdisjoint(keys) and self._item_nos.isdisjoint(marks))

    @property
    def is_empty(self) -> bool:
        """Whether there are no records at all."""
        return not (self._keys or self._item_nos)

    async def refresh(self) -> None:
        """Add what is new since the last read, if the index is behind. Raises StoreUnavailable.

        Calls that need it at the same time share one read.
        """
        while self.is_behind:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.ensure_future(self._read())
            await asyncio.shield(self._reading)

    async def _read(self) -> None:
        since, seen = self.read_sequence, self._store.newest_record

        def query(connection: Connection) -> tuple[int, Sequence[CaseKey], Sequence[str]]:
            newest = newest_record(connection)
            if newest == NOTHING:
                return newest, (), ()
            from api.storage.cases import opened_after
            from api.storage.registers import listed_after

            return newest, opened_after(connection, since), listed_after(connection, since)

        newest, opened, listed = await self._store.read(query)
        self._keys.update(opened)
        self._item_nos.update(listed)
        self.read_sequence = max(seen, newest)

    async def find(self, keys: Set[CaseKey], marks: Set[str]) -> CaseRecords:
        """Return the records about requests and the lines of these marks. Raises StoreUnavailable."""
        about, listed = keys & self._keys, marks & self._item_nos
        if not (about or listed):
            return NO_RECORDS

        def query(connection: Connection) -> CaseRecords:
            from api.storage.case_records import find_case_records

            return find_case_records(connection, about, listed)

        return await self._store.read(query)
