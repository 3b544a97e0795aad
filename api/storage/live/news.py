"""News from the log and the tables beside it: by ranges of its places, each over an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from api.domain.live.news import NewsItem, NewsKind
from api.ledger.entries import EntryKind
from api.ledger.log import NOTHING
from api.ledger.reader import newest_entry
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
    query = select(log_entries.c.leaf, log_entries.c.recorded_at).where(log_entries.c.sequence == 0)
    row = connection.execute(query).one_or_none()
    return None if row is None else (bytes(row.leaf), dt.datetime.fromisoformat(row.recorded_at))


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
    about_it = (cases.c.request_id == urgencies.c.request_id, cases.c.department == urgencies.c.department)
    had_case = select(cases.c.case_id).where(*about_it, cases.c.sequence < urgencies.c.sequence).exists()
    query = _with_entry(urgencies).add_columns(urgencies.c.decision_id, urgencies.c.department)
    query = query.where(urgencies.c.waiting_for.is_not(None), waited_before.is_(None), ~had_case)
    for row in _rows(connection, query, urgencies, span, limit, department):
        yield _item(row, NewsKind.URGENT_REQUEST, row.decision_id, row.department)


def _opened(connection: Connection, span: NewsSpan, limit: int, department: str | None) -> Iterator[NewsItem]:
    of_it = (case_facts.c.case_id == cases.c.case_id, case_facts.c.sequence == cases.c.sequence)
    version = select(func.count()).select_from(case_facts).where(*of_it).scalar_subquery()
    query = _with_entry(cases).add_columns(cases.c.case_id, cases.c.department, version.label("version"))
    for row in _rows(connection, query, cases, span, limit, department):
        yield _item(row, NewsKind.CASE_OPENED, row.case_id, row.department, row.version)


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
    query = _with_entry(case_facts).add_columns(
        case_facts.c.case_id, cases.c.department, case_facts.c.position
    )
    query = query.join(cases, cases.c.case_id == case_facts.c.case_id)
    query = query.where(case_facts.c.sequence > cases.c.sequence, ~goes_on)
    if department is not None:
        query = query.where(cases.c.department.in_(forms_of(department)))
    for row in connection.execute(span.limited(query, case_facts.c.sequence, limit)):
        yield _item(row, NewsKind.CASE_CHANGED, row.case_id, row.department, row.position)


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
    query = select(
        log_entries.c.sequence,
        log_entries.c.recorded_at.label("entered_at"),
        log_entries.c.leaf,
        log_entries.c.key,
    ).where(log_entries.c.kind == EntryKind.POLICIES, revision_before != log_entries.c.key)
    for row in connection.execute(span.limited(query, log_entries.c.sequence, limit)):
        yield _item(row, NewsKind.POLICIES_CHANGED, row.key, None)


def _with_entry(table: Table) -> Select[Any]:
    """The places of a table, each with its log entry."""
    entry = select(table.c.sequence, log_entries.c.recorded_at.label("entered_at"), log_entries.c.leaf)
    return entry.join(log_entries, log_entries.c.sequence == table.c.sequence)


def _rows(
    connection: Connection,
    query: Select[Any],
    table: Table,
    span: NewsSpan,
    limit: int,
    department: str | None,
) -> Sequence[Row[Any]]:
    if department is not None:
        query = query.where(table.c.department.in_(forms_of(department)))
    return connection.execute(span.limited(query, table.c.sequence, limit)).all()


def _item(
    row: Row[Any], kind: NewsKind, subject: str, department: str | None, version: int | None = None
) -> NewsItem:
    at = dt.datetime.fromisoformat(row.entered_at)
    return NewsItem(row.sequence, kind, subject, at, bytes(row.leaf), department, version)
