"""What falls due on a day: for the lists (sections 1 and 2), and for what was agreed to enter a resolution (D5).

Nothing here reads a clock or the ledger. What is past belongs to sections 1 and 2: it is put in order, and is never
reported as a breach of section 3 (A10).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.domain.cases.case import Case
from api.domain.dues.due import Due, ListOnDay
from api.domain.dues.inclusions import PendingInclusion, find_pending_inclusions
from api.domain.dues.list_terms import ListTerms
from api.domain.dues.pending_lists import pending_dues
from api.domain.dues.provided_lists import provided_dues
from api.domain.registers.lists import LegacyList, RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, RegisterState, state_on
from api.domain.shipped_words import COMMITTEE

__all__ = ["DueRecords", "delivered_items", "find_dues"]


@dataclass(frozen=True, slots=True)
class DueRecords:
    """The records about lists and cases from which dues follow; the events are in their order."""

    lists: Sequence[RegisterList]
    items: Sequence[RegisterItem]
    events: Sequence[RegisterEvent]
    cases: Sequence[Case]


def find_dues(
    records: DueRecords, terms: Mapping[str, ListTerms], day: dt.date, contributed: Iterable[Due] = ()
) -> list[Due]:
    """Return what is due on `day`: for lists, under the terms of their country; agreed inclusions; `contributed`.

    Overdue entries come first, then the nearest day, then what has no day yet. Nothing is due for a list of
    a country without terms (A16), nor for any list before the directive is in force (A9).
    """
    state = state_on(records.events, day)
    inclusions = (
        _inclusion_due(inclusion, day) for inclusion in find_pending_inclusions(records.cases, state, day)
    )
    return sorted([*_list_dues(records, state, terms, day), *inclusions, *contributed], key=_order)


def delivered_items(records: DueRecords, terms: Mapping[str, ListTerms], day: dt.date) -> frozenset[str]:
    """Return the pending items delivered by `day`; what is due for them from then on is due for their list."""
    state = state_on(records.events, day)
    return frozenset(
        item.item_no
        for listed in lists_on_day(records, state, terms, day)
        if listed.terms.in_force and listed.listed.legacy_list is LegacyList.PENDING
        for item in listed.items
        if listed.state(item).delivered
    )


def lists_on_day(
    records: DueRecords, state: RegisterState, terms: Mapping[str, ListTerms], day: dt.date
) -> Iterator[ListOnDay]:
    """Yield the lists that the terms are about, with their items."""
    items: dict[str, list[RegisterItem]] = {found.list_id: [] for found in records.lists}
    for item in records.items:
        items[item.list_id].append(item)
    for listed in records.lists:
        if found := terms.get(listed.country):
            yield ListOnDay(listed, items[listed.list_id], state, found, day)


def _list_dues(
    records: DueRecords, state: RegisterState, terms: Mapping[str, ListTerms], day: dt.date
) -> Iterator[Due]:
    for listed in lists_on_day(records, state, terms, day):
        if not listed.terms.in_force:
            continue
        match listed.listed.legacy_list:
            case LegacyList.PENDING:
                yield from pending_dues(listed)
            case LegacyList.PROVIDED:
                yield from provided_dues(listed)
            case LegacyList.CHANNEL_72:
                pass  # it stays with the joint committee (A17)


def _inclusion_due(inclusion: PendingInclusion, day: dt.date) -> Due:
    due = inclusion.closed.happened_on if inclusion.closed else None
    session = (
        "a session that is not recorded" if inclusion.session is None else f"session {inclusion.session}"
    )
    project = (
        f"project {inclusion.project_no}" if inclusion.project_no else "a project without a recorded number"
    )
    return Due(
        what=f"{project} was agreed to enter the resolution of {session}, and no resolution of it has it"
        + (f"; it closed on {due}" if due else "; due by its close"),
        who=COMMITTEE,
        must=f"put it on the resolution of {session} and follow it until it is adopted",
        clause="D5",
        since=inclusion.agreed_on,
        due=due,
        overdue=due is not None and due < day,
        subject={
            "case_id": inclusion.case_id,
            "line": inclusion.line,
            "department": inclusion.department,
            "session": inclusion.session,
            "project_no": inclusion.project_no,
        },
        evidence="the adopted resolution",
    )


def _order(due: Due) -> tuple[bool, dt.date, str, str, str]:
    subject = due.subject
    about = str(subject.get("list_id") or subject.get("case_id") or subject.get("session") or "")
    return not due.overdue, due.due or dt.date.max, due.clause, about, due.what
