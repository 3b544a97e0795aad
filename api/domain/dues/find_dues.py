"""What falls due on a day: for the lists, and for what was agreed to enter a resolution.

Nothing here reads a clock or the ledger. What is on the lists is put in order, and is never reported as a breach.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.domain.cases.case import Case
from api.domain.dues.due import Due, ListOnDay, session_in_words
from api.domain.dues.inclusions import PendingInclusion, find_pending_inclusions
from api.domain.dues.list_terms import ListTerms
from api.domain.dues.pending_lists import pending_dues
from api.domain.dues.provided_lists import provided_dues
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, RegisterState, state_on
from engine import DueState, Registers, fill_in

__all__ = ["DueRecords", "delivered_items", "find_dues"]


@dataclass(frozen=True, slots=True)
class DueRecords:
    """The records about lists and cases from which dues follow; the events are in their order."""

    lists: Sequence[RegisterList]
    items: Sequence[RegisterItem]
    events: Sequence[RegisterEvent]
    cases: Sequence[Case]


def find_dues(
    records: DueRecords,
    registers: Registers | None,
    terms: Mapping[str, ListTerms],
    day: dt.date,
    contributed: Iterable[Due] = (),
    state: RegisterState | None = None,
) -> list[Due]:
    """Return what is due on `day`: for lists, under the terms of their country; agreed inclusions; `contributed`.

    Overdue entries come first, then the nearest day, then what has no day yet. Nothing is due for a list of
    a country without terms, nor for any list before the directive is in force; nor where there are no `registers`.
    `state` is the state of that day, where it is known already.
    """
    state = state_on(records.events, day) if state is None else state
    found = [*_list_dues(records, state, terms, day), *contributed]
    if registers:
        for inclusion in inclusions_of(records, registers, state, day):
            found += _inclusion_due(inclusion, registers, day)
    return sorted(found, key=_order)


def delivered_items(
    records: DueRecords, terms: Mapping[str, ListTerms], day: dt.date, state: RegisterState | None = None
) -> frozenset[str]:
    """Return the pending items delivered by `day`; what is due for them from then on is due for their list.

    `state` is the state of that day, where it is known already.
    """
    state = state_on(records.events, day) if state is None else state
    return frozenset(
        item.item_no
        for listed in lists_on_day(records, state, terms, day)
        if listed.terms.in_force and listed.is_to_confirm
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
        if listed.is_to_confirm:
            yield from pending_dues(listed)
        elif listed.is_to_include:
            yield from provided_dues(listed)
        elif listed.is_in_old_words and listed.items:
            yield listed.due_in_old_words()


def inclusions_of(
    records: DueRecords, registers: Registers, state: RegisterState, day: dt.date
) -> Iterator[PendingInclusion]:
    """Yield the agreed inclusions that are pending on `day`, if the directive has facts for them."""
    if registers.inclusions:
        yield from find_pending_inclusions(records.cases, registers.inclusions, state, day)


def _inclusion_due(inclusion: PendingInclusion, registers: Registers, day: dt.date) -> Iterator[Due]:
    due = inclusion.closed.happened_on if inclusion.closed else None
    rule = registers.dues.get(DueState.NOT_CARRIED_OUT if due else DueState.AGREED)
    if rule is None:
        return
    words = {
        "project": f"project {inclusion.project_no}"
        if inclusion.project_no
        else "a project without a recorded number",
        "session": session_in_words(inclusion.session),
        "closed_on": str(due),
    }
    yield Due(
        what=fill_in(rule.what, words),
        who=registers.due_from,
        must=fill_in(rule.must or rule.what, words),
        clause=rule.clause,
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
        evidence=rule.evidence and fill_in(rule.evidence, words),
    )


def _order(due: Due) -> tuple[bool, dt.date, str, str, str]:
    subject = due.subject
    about = str(subject.get("list_id") or subject.get("case_id") or subject.get("session") or "")
    return not due.overdue, due.due or dt.date.max, due.clause, about, due.what
