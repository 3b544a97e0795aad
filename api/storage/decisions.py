"""The first decisions in the log about each request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from sqlalchemy import Connection, inspect

from api.domain.reconciliation import FirstDecisions
from api.ledger.deduplication import TextRestorer
from api.ledger.entries import Entry
from api.ledger.reader import entries_at
from api.ledger.stored_entries import decisions_from
from api.storage.console_tables import decision_index
from api.storage.decision_index import read_reach
from api.storage.decision_lookup import places_about


def first_decisions(connection: Connection, requests: Set[str]) -> FirstDecisions:
    """Return the place of the first decision about each of the requests, for each department that made it.

    As far as the index of decisions reaches, it says where they are; the rest of the log is read.
    """
    has_index = inspect(connection).has_table(decision_index.name)
    reach = read_reach(connection) if has_index else 0
    first: dict[tuple[str | None, str | None], int] = {}
    for place, entry in (
        *(_indexed(connection, requests) if reach else ()),
        *_decided_from(connection, reach),
    ):
        key = entry.members["department"], entry.members["request_id"]
        if key[1] in requests:
            first.setdefault(key, place)
    return first


def _indexed(connection: Connection, requests: Iterable[str]) -> Iterator[tuple[int, Entry]]:
    for request_id in sorted(requests):
        yield from entries_at(connection, places_about(connection, request_id))


def _decided_from(connection: Connection, start: int) -> Iterator[tuple[int, Entry]]:
    restorer = TextRestorer(connection)
    for row in decisions_from(connection, start):
        yield row.sequence, Entry.from_bytes(restorer.restore(row.entry))
