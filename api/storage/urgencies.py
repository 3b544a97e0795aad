"""Which requests are urgent by their newest pre-check: rows that are added together with the decisions.

A row is added for each urgent decision about a request, and for the first one after it that is not urgent. So the
newest row of a request says whether it is urgent now, and none is ever changed.
"""

from __future__ import annotations

import json
from collections.abc import MutableSet, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from api.domain.cases.urgency import can_have_case, is_urgent, waiting_for
from api.domain.trial_questions import is_trial
from api.ledger.entries import DECISION, Entry, EntryKind
from api.ledger.sql import fetch_all, insert_rows
from api.parsing.characters import in_normal_form
from api.storage.tables import cases, urgencies

if TYPE_CHECKING:
    from api.domain.cases.case import CaseKey

_MOST_IDS = 128
"""The most ids of one query; a power of two, as are all numbers of ids, so that there are few statements."""


UrgencyNote = tuple[str, str, str | None]
"""What a row takes of an entry: the department, the request, and whom it waits for as JSON; None if not urgent."""


class UrgentDecision(NamedTuple):
    """The newest decision about an urgent request: its place in the log, its id, the parties that it waits for."""

    sequence: int
    decision_id: str
    waiting_for: tuple[str, ...]


class UrgencyRow(NamedTuple):
    """A row, in the order of the columns of `urgencies`."""

    sequence: int
    decision_id: str
    department: str
    request_id: str
    waiting_for: str | None


class UrgencyRows:
    """The rows that follow from new entries, as the log adds them (`api.ledger.log_appender.DerivedRows`)."""

    def note(self, entry: Entry) -> UrgencyNote | None:
        """Return what a row takes of the entry of a decision about a request that can have a case; else None."""
        key = _key_of(entry)
        if key is None:
            return None
        return *key, _waited_for(entry)

    def add(self, connection: Connection, noted: Sequence[tuple[int, str, UrgencyNote]]) -> None:
        """Add the rows of new entries, in their transaction; of each its sequence, its key and its note."""
        open_to_end = sorted(
            {request_id for _, _, (_, request_id, waited_for) in noted if waited_for is None}
        )
        urgent = _find_urgent(connection, open_to_end)
        rows = [row for one in noted if (row := _row(*one, urgent)) is not None]
        insert_rows(connection, urgencies, rows)


def urgency_row(sequence: int, entry: Entry, urgent: MutableSet[CaseKey]) -> dict[str, Any] | None:
    """Return the row of an entry, if it adds one; `urgent` holds the requests that are urgent, and is brought on."""
    note = UrgencyRows().note(entry)
    row = None if note is None else _row(sequence, entry.key, note, urgent)
    return None if row is None else row._asdict()


def find_place(connection: Connection, decision_id: str, department: str | None) -> int | None:
    """Return the place in the log of a decision that has a row, if a department may know of it."""
    if "\0" in decision_id:
        return None
    query = select(urgencies.c.sequence).where(urgencies.c.decision_id == decision_id)
    query = query.where(urgencies.c.department == department) if department else query
    found: int | None = connection.execute(query).scalar()
    return found


def load_urgent(
    connection: Connection, department: str | None, party: str | None, after: int, limit: int
) -> list[UrgentDecision]:
    """Return at most `limit` newest decisions about urgent requests without a case, behind a place in the log.

    With `department` only its own, with `party` only those that wait for it.
    """
    newer = urgencies.alias()
    is_same = (newer.c.request_id == urgencies.c.request_id, newer.c.department == urgencies.c.department)
    is_newer = select(newer.c.sequence).where(*is_same, newer.c.sequence > urgencies.c.sequence)
    about_it = (cases.c.request_id == urgencies.c.request_id, cases.c.department == urgencies.c.department)
    query = select(urgencies.c.sequence, urgencies.c.decision_id, urgencies.c.waiting_for).where(
        urgencies.c.sequence > after,
        urgencies.c.waiting_for.is_not(None),
        ~is_newer.exists(),
        ~select(cases.c.case_id).where(*about_it).exists(),
    )
    if department is not None:
        query = query.where(urgencies.c.department == department)
    if party is not None:
        query = query.where(urgencies.c.waiting_for.contains(json.dumps(party), autoescape=True))
    rows = connection.execute(query.order_by(urgencies.c.sequence).limit(limit))
    return [UrgentDecision(row.sequence, row.decision_id, tuple(json.loads(row.waiting_for))) for row in rows]


def _row(
    sequence: int, decision_id: str, note: UrgencyNote, urgent: MutableSet[CaseKey]
) -> UrgencyRow | None:
    department, request_id, waited_for = note
    key = department, request_id
    if waited_for is not None:
        urgent.add(key)
    elif key in urgent:
        urgent.remove(key)
    else:
        return None
    return UrgencyRow(sequence, decision_id, department, request_id, waited_for)


def _waited_for(entry: Entry) -> str | None:
    """The parties that an urgent decision waits for, as JSON; None of a decision that is not urgent."""
    if len(entry.pieces) > 2:  # the first holds the ids, the last the moment
        return _waited_for_alike(tuple(entry.pieces[1:-1]))
    return _read_waited_for(entry.payloads[DECISION])


@lru_cache(maxsize=512)
def _waited_for_alike(pieces: tuple[bytes, ...]) -> str | None:
    """The same of decisions that differ in ids and moment alone; reading one takes as long as recording it."""
    return _read_waited_for(b"".join((b'{"decision_id":""', *pieces, b"}")))


def _read_waited_for(decision: bytes) -> str | None:
    return json.dumps(waiting_for(decision)) if is_urgent(decision) else None


def _key_of(entry: Entry) -> CaseKey | None:
    """The department and request of a decision, if they can have a case and it is theirs; None for another entry."""
    if entry.kind is not EntryKind.DECISION or is_trial(entry.members):
        return None
    department, request_id = entry.members["department"], in_normal_form(entry.members["request_id"])
    if not department or not can_have_case((department, request_id)):
        return None
    return in_normal_form(department), request_id


def _find_urgent(connection: Connection, request_ids: list[str]) -> set[CaseKey]:
    """The urgent ones of the requests with these ids, of whatever department."""
    urgent: set[CaseKey] = set()
    for start in range(0, len(request_ids), _MOST_IDS):
        part = request_ids[start : start + _MOST_IDS]
        size = 1 << (len(part) - 1).bit_length()
        padded = part + part[-1:] * (size - len(part))
        query = (
            f"SELECT department, request_id, waiting_for FROM {urgencies.name} WHERE sequence IN"
            f" (SELECT max(sequence) FROM {urgencies.name} WHERE request_id IN ({', '.join('?' * size)})"
            " GROUP BY request_id, department)"
        )
        rows = fetch_all(connection, query, *padded)
        urgent.update((department, request_id) for department, request_id, waited_for in rows if waited_for)
    return urgent
