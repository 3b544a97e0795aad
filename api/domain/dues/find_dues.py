"""What falls due on a day: for the lists (sections 1 and 2), and for what was agreed to enter a resolution (D5).

Nothing here reads a clock or the ledger. What is past belongs to sections 1 and 2: it is put in order, and is never
called a breach of section 3 (A10).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.domain.cases.case import Case
from api.domain.dues.due import Due, ListOnDay
from api.domain.dues.inclusions import Debt, find_debts
from api.domain.dues.pending_lists import pending_dues
from api.domain.dues.provided_lists import provided_dues
from api.domain.dues.terms import Terms
from api.domain.registers.lists import LegacyList, RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, Standing, standing_on
from engine import COMMITTEE

__all__ = ["Records", "delivered_items", "find_dues"]


@dataclass(frozen=True, slots=True)
class Records:
    """What the ledger holds about lists and cases; the events are in their order."""

    lists: Sequence[RegisterList]
    items: Sequence[RegisterItem]
    events: Sequence[RegisterEvent]
    cases: Sequence[Case]


def find_dues(
    records: Records, terms: Mapping[str, Terms], day: dt.date, contributed: Iterable[Due] = ()
) -> list[Due]:
    """Return what is owed on `day`: for lists, under the terms of their country; agreed inclusions; `contributed`.

    Overdue entries come first, then the nearest day, then what has no day yet. A list of a country without terms
    owes nothing here (A16), nor does any before the directive is in force (A9).
    """
    standing = standing_on(records.events, day)
    debts = (_debt_due(debt, day) for debt in find_debts(records.cases, standing, day))
    return sorted([*_list_dues(records, standing, terms, day), *debts, *contributed], key=_order)


def delivered_items(records: Records, terms: Mapping[str, Terms], day: dt.date) -> frozenset[str]:
    """Return the pending items delivered by `day`; what is owed for them from then on is owed for their list."""
    standing = standing_on(records.events, day)
    return frozenset(
        item.item_no
        for listed in lists_on_day(records, standing, terms, day)
        if listed.terms.in_force and listed.listed.legacy_list is LegacyList.PENDING
        for item in listed.items
        if listed.state(item).delivered
    )


def lists_on_day(
    records: Records, standing: Standing, terms: Mapping[str, Terms], day: dt.date
) -> Iterator[ListOnDay]:
    """Yield the lists that the terms are about, with their items."""
    items: dict[str, list[RegisterItem]] = {found.list_id: [] for found in records.lists}
    for item in records.items:
        items[item.list_id].append(item)
    for listed in records.lists:
        if found := terms.get(listed.country):
            yield ListOnDay(listed, items[listed.list_id], standing, found, day)


def _list_dues(
    records: Records, standing: Standing, terms: Mapping[str, Terms], day: dt.date
) -> Iterator[Due]:
    for listed in lists_on_day(records, standing, terms, day):
        if not listed.terms.in_force:
            continue
        match listed.listed.legacy_list:
            case LegacyList.PENDING:
                yield from pending_dues(listed)
            case LegacyList.PROVIDED:
                yield from provided_dues(listed)
            case LegacyList.CHANNEL_72:
                pass  # it stays with the joint committee (A17)


def _debt_due(debt: Debt, day: dt.date) -> Due:
    due = debt.closed.happened_on if debt.closed else None
    session = "a session that is not recorded" if debt.session is None else f"session {debt.session}"
    project = f"project {debt.project_no}" if debt.project_no else "a project without a recorded number"
    return Due(
        what=f"{project} was agreed to enter the resolution of {session}, and no resolution of it has it"
        + (f"; it closed on {due}" if due else "; due by its close"),
        who=COMMITTEE,
        must=f"put it on the resolution of {session} and follow it until it is adopted",
        clause="D5",
        since=debt.agreed_on,
        due=due,
        overdue=due is not None and due < day,
        subject={
            "case_id": debt.case_id,
            "line": debt.line,
            "department": debt.department,
            "session": debt.session,
            "project_no": debt.project_no,
        },
        evidence="the adopted resolution",
    )


def _order(due: Due) -> tuple[bool, dt.date, str, str, str]:
    subject = due.subject
    about = str(subject.get("list_id") or subject.get("case_id") or subject.get("session") or "")
    return not due.overdue, due.due or dt.date.max, due.clause, about, due.what
