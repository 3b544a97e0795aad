"""What there are records about, in memory, so that most pre-checks need not ask the ledger."""

from __future__ import annotations

from collections.abc import Sequence, Set

from sqlalchemy import Connection

from api.domain.cases.case import Key
from api.domain.known_facts import NO_RECORDS, Records
from api.ledger.log import NOTHING, Ledger, newest_knowledge
from api.storage.case_records import find_records
from api.storage.cases import opened_after
from api.storage.registers import listed_after


class Book:
    """The requests that cases are about and the numbers of listed items, up to the entry `known_upto` of the log.

    Other workers record too: `Ledger.append` tells when something was recorded since, and the book looks again.
    """

    def __init__(self, store: Ledger) -> None:
        self._store = store
        self._keys: set[Key] = set()
        self._item_nos: set[str] = set()
        self.known_upto = NOTHING

    @property
    def is_empty(self) -> bool:
        """Whether there are no records at all."""
        return not (self._keys or self._item_nos)

    def tells_of(self, keys: Set[Key], marks: Set[str]) -> bool:
        """Whether there are records about these requests or lines."""
        return not (self._keys.isdisjoint(keys) and self._item_nos.isdisjoint(marks))

    async def look_again(self) -> None:
        """Take in what was added since. Raises StoreUnavailable."""
        known = self.known_upto

        def query(connection: Connection) -> tuple[int, Sequence[Key], Sequence[str]]:
            newest = newest_knowledge(connection)
            return newest, opened_after(connection, known), listed_after(connection, known)

        newest, opened, listed = await self._store.read(query)
        self._keys.update(opened)
        self._item_nos.update(listed)
        self.known_upto = max(known, newest)

    async def find(self, keys: Set[Key], marks: Set[str]) -> Records:
        """Return the records about requests and the lines of these marks. Raises StoreUnavailable."""
        about, listed = keys & self._keys, marks & self._item_nos
        if not (about or listed):
            return NO_RECORDS

        def query(connection: Connection) -> Records:
            return find_records(connection, about, listed)

        return await self._store.read(query)
