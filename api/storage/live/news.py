"""News from the log and the tables beside it: by ranges of its places, each over an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, Select, func, null, select

from api.domain.live.news import NewsItem, NewsKind
from api.ledger.entries import EntryKind
from api.ledger.preconditions import NOTHING
from api.ledger.reader import newest_entry
from api.ledger.stored_entries import moments_at
from api.ledger.tables import log_entries
from api.parsing.characters import forms_of
from api.storage.tables import case_facts, cases, urgencies


@dataclass(frozen=True, slots=True)
class NewsSpan:
    """The places of the log behind `after` up to `until`, of which those at one end are taken first."""

    after: int
    until: int
    newest_first: bool = False

    def holds(self, column: ColumnElement[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """The condition that a place lies within."""
        return column > self.after, column <= self.until

    def limited(self, query: Select[Any], column: ColumnElement[int], limit: int) -> Select[Any]:
        """The query, for at most `limit` rows within."""
        order = column.desc() if self.newest_first else column.asc()
        return query.where(*self.holds(column)).order_by(order).limit(limit)


def newest_place(connection: Connection) -> int:
    """Return the place of the newest log entry; `NOTHING` in an empty log."""
    newest = newest_entry(connection)
    return NOTHING if newest is None else newest


def first_entry(connection: Connection) -> tuple[bytes, dt.datetime] | None:
    """Return the hash and the time of the entry that the log began with; None in an empty log."""
    found = moments_at(connection, [0])
    return (found[0][1], dt.datetime.fromisoformat(found[0][0])) if found else None


def load_news(
    connection: Connection,
    span: NewsSpan,
    limit: int,
    department: str | None = None,
    kinds: Collection[NewsKind] = tuple(NewsKind),
) -> Sequence[NewsItem]:
    """Return at most `limit` pieces of news of a span; with `department` only its own, and what is for everybody."""
    found = [item for kind in kinds for item in _of_kind(connection, kind, span, limit, department)]
    return sorted(found, key=lambda one: one.sequence, reverse=span.newest_first)[:limit]


def _of_kind(
    connection: Connection, kind: NewsKind, span: NewsSpan, limit: int, department: str | None
) -> Iterator[NewsItem]:
    match kind:
        case NewsKind.URGENT_REQUEST:
            return _urgent(connection, span, limit, department)
        case NewsKind.CASE_OPENED:
            return _opened(connection, span, limit, department)
        case NewsKind.CASE_CHANGED:
            return _changed(connection, span, limit, department)
        case NewsKind.POLICIES_CHANGED:
            return _policies(connection, span, limit)
        case _:
            assert_never(kind)


def _urgent(connection: Connection, span: NewsSpan, limit: int, department: str | None) -> Iterator[NewsItem]:
    """Requests that became urgent and had no case then; one that is checked again is no news."""
    before = urgencies.alias()
    is_same = (before.c.request_id == urgencies.c.request_id, before.c.department == urgencies.c.department)
    waited_before = (
        select(before.c.waiting_for)
        .where(*is_same, before.c.sequence < urgencies.c.sequence)
        .order_by(before.c.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    # With the text added, the index of the requests is taken, and not that of the departments.
    about_it = (
        cases.c.request_id == urgencies.c.request_id,
        cases.c.department.concat("") == urgencies.c.department,
    )
    had_case = select(cases.c.case_id).where(*about_it, cases.c.sequence < urgencies.c.sequence).exists()
    picked = select(
        urgencies.c.sequence,
        urgencies.c.decision_id.label(_SUBJECT),
        urgencies.c.department,
        null().label(_VERSION),
    ).where(urgencies.c.waiting_for.is_not(None), waited_before.is_(None), ~had_case)
    picked = _of_department(picked, urgencies.c.department, department)
    return _items(connection, NewsKind.URGENT_REQUEST, span.limited(picked, urgencies.c.sequence, limit))


def _opened(connection: Connection, span: NewsSpan, limit: int, department: str | None) -> Iterator[NewsItem]:
    picked = select(
        cases.c.sequence, cases.c.case_id.label(_SUBJECT), cases.c.department, null().label(_VERSION)
    )
    picked = _of_department(picked, cases.c.department, department)
    found = [*_items(connection, NewsKind.CASE_OPENED, span.limited(picked, cases.c.sequence, limit))]
    first_facts = (
        select(case_facts.c.sequence, func.count())
        .where(case_facts.c.sequence.in_([item.sequence for item in found]))
        .group_by(case_facts.c.sequence)
    )
    versions = {row[0]: row[1] for row in connection.execute(first_facts)}
    for item in found:
        yield replace(item, version=versions.get(item.sequence, 0))


def _changed(
    connection: Connection, span: NewsSpan, limit: int, department: str | None
) -> Iterator[NewsItem]:
    """Statements of facts after the opening: one piece of news each, at the place of the last fact."""
    later = case_facts.alias()
    goes_on = (
        select(later.c.case_id)
        .where(
            later.c.case_id == case_facts.c.case_id,
            later.c.position == case_facts.c.position + 1,
            later.c.recorded_at == case_facts.c.recorded_at,
        )
        .exists()
    )
    picked: Select[Any] = (
        select(
            case_facts.c.sequence,
            case_facts.c.case_id.label(_SUBJECT),
            cases.c.department,
            case_facts.c.position.label(_VERSION),
        )
        .join(cases, cases.c.case_id == case_facts.c.case_id)
        .where(case_facts.c.sequence > cases.c.sequence, ~goes_on)
    )
    picked = _of_department(picked, cases.c.department, department)
    return _items(connection, NewsKind.CASE_CHANGED, span.limited(picked, case_facts.c.sequence, limit))


def _policies(connection: Connection, span: NewsSpan, limit: int) -> Iterator[NewsItem]:
    """Policies that were taken up, unless they are those before them: each start of a process takes them up."""
    before = log_entries.alias()
    revision_before = (
        select(before.c.key)
        .where(before.c.kind == EntryKind.POLICIES, before.c.sequence < log_entries.c.sequence)
        .order_by(before.c.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    picked: Select[Any] = select(
        log_entries.c.sequence,
        log_entries.c.key.label(_SUBJECT),
        null().label(_DEPARTMENT),
        null().label(_VERSION),
    ).where(log_entries.c.kind == EntryKind.POLICIES, revision_before != log_entries.c.key)
    return _items(connection, NewsKind.POLICIES_CHANGED, span.limited(picked, log_entries.c.sequence, limit))


def _of_department(query: Select[Any], column: ColumnElement[str], department: str | None) -> Select[Any]:
    return query if department is None else query.where(column.in_(forms_of(department)))


def _items(connection: Connection, kind: NewsKind, picked: Select[Any]) -> Iterator[NewsItem]:
    """The news of a kind; only of what was picked is the log entry read."""
    rows = connection.execute(picked).all()
    moments = moments_at(connection, [row.sequence for row in rows])
    for row in rows:
        if row.sequence in moments:
            entered_at, leaf = moments[row.sequence]
            at = dt.datetime.fromisoformat(entered_at)
            yield NewsItem(row.sequence, kind, row.subject, at, leaf, row.department, row.version)


_SUBJECT, _DEPARTMENT, _VERSION = "subject", "department", "version"
