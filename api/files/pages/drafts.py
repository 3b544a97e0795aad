"""The content of each printed page, from the records of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from api.domain.dues.due import ListOnDay
from api.domain.dues.find_dues import DueRecords, inclusions_of, lists_on_day
from api.domain.dues.inclusions import PendingInclusion
from api.domain.dues.list_terms import ListTerms
from api.domain.dues.provided_lists import left_out
from api.domain.dues.sessions import is_of, not_included, requested_items
from api.domain.registers.events import Confirmation
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, state_on
from engine import RegisterStep


class NothingToPrint(Exception):  # an answer to the caller, not a failure
    """Why a page cannot be made, and what to do instead."""


@dataclass(frozen=True, slots=True)
class ListedItems:
    """Some items of a list."""

    listed: RegisterList
    items: Sequence[RegisterItem]


@dataclass(frozen=True, slots=True)
class ConfirmationList:
    """The items without an answer; how many more have been answered for or delivered."""

    office: str
    lists: Sequence[ListedItems]
    confirmed: int
    declined: int
    delivered: int


@dataclass(frozen=True, slots=True)
class ToInclude:
    """A list that is to enter a resolution: its items, and how many were submitted and requested."""

    listed: RegisterList
    items: Sequence[RegisterItem]
    submitted: int
    requested: int


@dataclass(frozen=True, slots=True)
class OpenConfirmations:
    """The items of a pending list counted by their state."""

    listed: RegisterList
    not_sent: int
    pending: int
    confirmed: int
    declined: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """What must be put to a session."""

    session: int
    body: str
    to_include: Sequence[ToInclude]
    pending_inclusions: Sequence[PendingInclusion]
    separate: Sequence[ListedItems]
    confirmations: Sequence[OpenConfirmations]


@dataclass(frozen=True, slots=True)
class MemorandumDraft:
    """The lists that a session closed without, and the memoranda that were recorded about it before."""

    session: int
    body: str
    closed: RegisterEvent
    lists: Sequence[ListedItems]
    recorded: Sequence[RegisterEvent]


def draft_confirmation_list(
    records: DueRecords, terms: ListTerms, day: dt.date, list_id: str | None
) -> ConfirmationList:
    """Return the list for who confirms, of one pending list if `list_id` names it. Raises `NothingToPrint`."""
    pending = [found for found in _lists(records, terms, day) if found.is_to_confirm]
    chosen = [found for found in pending if list_id in (None, found.listed.list_id)]
    if list_id is not None and not chosen:
        named = ", ".join(found.listed.list_id for found in pending) or "none is recorded"
        raise NothingToPrint(f"No list of this name is pending. The pending lists: {named}.")
    lists = [ListedItems(found.listed, items) for found in chosen if (items := _unanswered(found))]
    if not lists:
        raise NothingToPrint(
            "No pending item waits for an answer; import a pending list first, or there is none."
        )
    open_states = [
        found.state(item).confirmation
        for found in chosen
        for item in found.items
        if not found.state(item).delivered
    ]
    return ConfirmationList(
        office=terms.confirming_office,
        lists=lists,
        confirmed=open_states.count(Confirmation.CONFIRMED),
        declined=open_states.count(Confirmation.DECLINED),
        delivered=sum(found.state(item).delivered is not None for found in chosen for item in found.items),
    )


def draft_agenda(records: DueRecords, terms: ListTerms, day: dt.date, session: int) -> Agenda:
    """Return what must be put to a session. Raises `NothingToPrint` if it has closed."""
    state = state_on(records.events, day)
    if closed := state.session(terms.country, session).closed:
        raise NothingToPrint(
            f"Session {session} closed on {closed.happened_on}. Print its memorandum, or the agenda of the next one."
        )
    lists = _lists(records, terms, day)
    return Agenda(
        session=session,
        body=terms.session_body,
        to_include=[
            _to_include(found, items, session) for found in lists if (items := not_included(found, session))
        ],
        pending_inclusions=[
            inclusion
            for inclusion in inclusions_of(records, terms.registers, state, day)
            if is_of(inclusion, terms.country, session)
        ],
        separate=[
            ListedItems(found.listed, items)
            for found in lists
            if found.is_separate
            and (items := [item for item in found.items if not found.state(item).included])
        ],
        confirmations=[_confirmations(found) for found in lists if found.is_to_confirm],
    )


def draft_memorandum(records: DueRecords, terms: ListTerms, day: dt.date, session: int) -> MemorandumDraft:
    """Return what a closed session left out. Raises `NothingToPrint` if it has not closed, or left nothing out."""
    closed = state_on(records.events, day).session(terms.country, session).closed
    if closed is None:
        raise NothingToPrint(
            f"Session {session} is not recorded as closed, and a memorandum is about what a closed session left"
            f" out ({terms.registers.clauses[RegisterStep.MEMORANDUM]}). Record its closing first."
        )
    provided = [found for found in _lists(records, terms, day) if found.is_to_include]
    lists = [ListedItems(found.listed, items) for found in provided if (items := left_out(found, session))]
    if not lists:
        raise NothingToPrint(
            f"Session {session} left out no list that had to be in it, so no memorandum is due."
        )
    missing = {item.item_no for listed in lists for item in listed.items}
    return MemorandumDraft(
        session=session,
        body=terms.session_body,
        closed=closed,
        lists=lists,
        recorded=_memoranda(provided, missing, session),
    )


def _lists(records: DueRecords, terms: ListTerms, day: dt.date) -> list[ListOnDay]:
    return list(lists_on_day(records, state_on(records.events, day), {terms.country: terms}, day))


def note_old_words(records: DueRecords, terms: ListTerms, day: dt.date) -> str | None:
    """Name the lists of a country that no page shows, since the policies have no such sort of lists any more."""
    old = [found.listed for found in _lists(records, terms, day) if found.is_in_old_words]
    if not old:
        return None
    named = ", ".join(f"{listed.list_id} (`{listed.legacy_list}`)" for listed in old)
    return f"Left out, since recorded in old words, as sorts that the policies no longer have: {named}."


def _unanswered(found: ListOnDay) -> list[RegisterItem]:
    return [
        item
        for item in found.items
        if not (found.state(item).confirmation.is_answer or found.state(item).delivered)
    ]


def _to_include(found: ListOnDay, items: Sequence[RegisterItem], session: int) -> ToInclude:
    requested = {item.item_no for item in requested_items(found, session)}
    return ToInclude(
        listed=found.listed,
        items=items,
        submitted=sum(found.state(item).submitted is not None for item in items),
        requested=sum(item.item_no in requested for item in items),
    )


def _confirmations(found: ListOnDay) -> OpenConfirmations:
    states = [found.state(item).confirmation for item in found.items if not found.state(item).delivered]
    return OpenConfirmations(
        listed=found.listed,
        not_sent=states.count(Confirmation.NOT_SENT),
        pending=states.count(Confirmation.PENDING),
        confirmed=states.count(Confirmation.CONFIRMED),
        declined=states.count(Confirmation.DECLINED),
    )


def _memoranda(provided: Sequence[ListOnDay], missing: set[str], session: int) -> list[RegisterEvent]:
    found = {
        event.sequence: event
        for one in provided
        for item in one.items
        if item.item_no in missing
        for event in one.state(item).memoranda
        if event.session == session
    }
    return [found[sequence] for sequence in sorted(found)]
