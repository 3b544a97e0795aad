"""What is wrong with a stated event, given the registers and the events before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import assert_never

from api.domain.registers.event_context import EventContext, RegisterContents, covered_items
from api.domain.registers.events import (
    AnyStatement,
    Confirmation,
    ConfirmationGiven,
    ItemsDelivered,
    ListSent,
    ListSubmitted,
    Memorandum,
    Resolution,
    SessionClosed,
    SessionOpened,
    SupplementaryAsked,
    TransferRecorded,
    Withdrawal,
)
from api.domain.registers.naming_rules import (
    fault_at,
    find_item_faults,
    find_list_faults,
    find_repetitions,
    is_governed_item,
)
from api.domain.registers.state import SessionState
from api.domain.registers.withdrawals import find_withdrawal_faults
from api.parsing.problems import FieldError
from engine import Registers, RegisterStep


def find_event_faults(
    stated: AnyStatement, contents: RegisterContents, registers: Registers, today: dt.date
) -> list[FieldError]:
    """Return every fault of an event."""
    late = [fault_at("/happened_on", "must not lie after today")] if stated.happened_on > today else []
    return [*late, *_faults(stated, EventContext.of(contents, registers))]


def _faults(stated: AnyStatement, context: EventContext) -> Iterator[FieldError]:
    match stated:
        case ListSent():
            yield from _list_sent_faults(stated, context)
        case ConfirmationGiven():
            yield from _confirmation_faults(stated, context)
        case ItemsDelivered():
            yield from _delivered_faults(stated, context)
        case TransferRecorded():
            yield from _transfer_faults(stated, context)
        case ListSubmitted():
            yield from find_list_faults(stated.lists, context, context.registers.to_include)
        case SupplementaryAsked() | Memorandum():
            yield from _regularising_faults(stated, context)
        case SessionOpened() | SessionClosed():
            yield from _session_faults(stated, context)
        case Resolution():
            yield from _resolution_faults(stated, context)
        case Withdrawal():
            yield from find_withdrawal_faults(stated, context.events)
        case _:
            assert_never(stated)


def _list_sent_faults(stated: ListSent, context: EventContext) -> Iterator[FieldError]:
    faults = [
        *find_list_faults(stated.lists, context, context.registers.to_confirm),
        *find_item_faults("/items", stated.items, context, context.registers.to_confirm),
    ]
    yield from faults
    for place, item_no in enumerate(stated.items):
        if context.latest_state.item(item_no).delivered:
            clause = context.clause(RegisterStep.DELIVERED)
            yield fault_at(f"/items/{place}", f"has been delivered, so it is no longer pending ({clause})")
    if not stated.lists and not stated.items:
        yield fault_at("/lists", "name the lists or the items that were sent")
    elif not faults and not covered_items(stated, context):
        yield fault_at(
            "/lists", "every item has been answered for or delivered; name in `items` what was sent again"
        )


def _confirmation_faults(stated: ConfirmationGiven, context: EventContext) -> Iterator[FieldError]:
    if not stated.items and not stated.answers:
        yield fault_at("/items", context.registers.unnamed_items)
    if stated.items and stated.state is None:
        yield fault_at(
            "/state", "`items` share one state; name it, or use `answers` with a state for each item"
        )
    if stated.state is not None and not stated.items:
        yield fault_at("/items", "`state` is the state of `items`; name them, or leave `state` out")
    yield from find_item_faults("/items", stated.items, context, context.registers.to_confirm)
    answered = [answer.item_no for answer in stated.answers]
    for fault in find_item_faults("/answers", answered, context, context.registers.to_confirm):
        yield fault.model_copy(update={"pointer": f"{fault.pointer}/item_no"})
    for place, item_no in enumerate(answered):
        if item_no in stated.items:
            yield fault_at(f"/answers/{place}/item_no", "is among `items` too; an item gets one state")


def _delivered_faults(stated: ItemsDelivered, context: EventContext) -> Iterator[FieldError]:
    yield from find_item_faults("/items", stated.items, context, context.registers.to_confirm)
    for place, item_no in enumerate(stated.items):
        if not is_governed_item(context.items.get(item_no), context, context.registers.to_confirm):
            continue
        if earlier := context.latest_state.item(item_no).delivered:
            yield fault_at(f"/items/{place}", f"was delivered on {earlier.happened_on} already")
        elif context.state_by_then.item(item_no).confirmation is not Confirmation.CONFIRMED:
            found = context.state_by_then.item(item_no).confirmation.replace("_", " ")
            clause = context.clause(RegisterStep.CONFIRMATION)
            yield fault_at(
                f"/items/{place}",
                f"must not be delivered before it is confirmed in writing ({clause}); by that day it was {found}:"
                " record the confirmation first, or, if it has been handed over all the same, the handover",
            )


def _transfer_faults(stated: TransferRecorded, context: EventContext) -> Iterator[FieldError]:
    yield from find_item_faults("/items", stated.items, context, context.registers.to_confirm)
    for place, item_no in enumerate(stated.items):
        if not is_governed_item(context.items.get(item_no), context, context.registers.to_confirm):
            continue
        if earlier := context.latest_state.item(item_no).transferred:
            yield fault_at(f"/items/{place}", f"its transfer was recorded for {earlier.happened_on} already")
        elif context.state_by_then.item(item_no).delivered is None:
            yield fault_at(
                f"/items/{place}",
                f"had not been delivered by that day ({context.clause(RegisterStep.TRANSFER_RECORDED)});"
                " record the delivery first",
            )


def _regularising_faults(
    stated: SupplementaryAsked | Memorandum, context: EventContext
) -> Iterator[FieldError]:
    faults = list(find_list_faults(stated.lists, context, context.registers.to_include))
    yield from faults
    if faults:
        return
    country = context.country_of(stated)
    if country is None:
        yield fault_at("/lists", "are lists of several countries; a session is that of one")
        return
    session = context.state_by_then.session(country, stated.session)
    if isinstance(stated, Memorandum):
        yield from _memorandum_faults(stated, context, session)
    elif session.closed and session.closed.happened_on < stated.happened_on:
        yield fault_at(
            "/session",
            f"closed on {session.closed.happened_on}, before that day; name the next one"
            f" ({context.clause(RegisterStep.SUPPLEMENTARY_ASKED)})",
        )


def _memorandum_faults(
    stated: Memorandum, context: EventContext, session: SessionState
) -> Iterator[FieldError]:
    clause = context.clause(RegisterStep.MEMORANDUM)
    if session.closed is None:
        yield fault_at(
            "/session",
            f"was not closed by that day; a memorandum is about what a closed session left out ({clause}):"
            " record its closing first",
        )
        return
    for place, list_id in enumerate(stated.lists):
        items = context.items_of([list_id])
        if all(context.state_by_then.item(item_no).included for item_no in items):
            yield fault_at(f"/lists/{place}", f"is in a resolution whole, so no memorandum is due ({clause})")


def _session_faults(stated: SessionOpened | SessionClosed, context: EventContext) -> Iterator[FieldError]:
    country = context.country_of(stated)
    if country is None:
        yield fault_at("/country", "is required: it is not settled whose session this is")
        return
    session = context.latest_state.session(country, stated.session)
    opening = isinstance(stated, SessionOpened)
    if earlier := session.opened if opening else session.closed:
        verb = "opened" if opening else "closed"
        yield fault_at("/session", f"is recorded as {verb} on {earlier.happened_on} already")
    if opening and session.closed and session.closed.happened_on < stated.happened_on:
        yield fault_at("/happened_on", f"lies after its closing, which was on {session.closed.happened_on}")
    if not opening and session.opened and stated.happened_on < session.opened.happened_on:
        yield fault_at("/happened_on", f"lies before its opening, which was on {session.opened.happened_on}")


def _resolution_faults(stated: Resolution, context: EventContext) -> Iterator[FieldError]:
    if not stated.lists and not stated.items and not stated.projects:
        yield fault_at("/lists", "name what the resolution includes: `lists`, `items` or `projects`")
    yield from find_list_faults(stated.lists, context, None)
    yield from find_item_faults("/items", stated.items, context, None)
    yield from find_repetitions("/projects", stated.projects)
    country = context.country_of(stated)
    if country is None:
        yield fault_at("/country", "is required: it is not settled whose session this is")
        return
    for place, name in enumerate(stated.lists):
        if name in context.lists and context.lists[name].country != country:
            yield fault_at(
                f"/lists/{place}", f"is a list of another country than the session, which is of {country}"
            )
    for place, name in enumerate(stated.items):
        if name in context.items and context.lists[context.items[name].list_id].country != country:
            yield fault_at(
                f"/items/{place}", f"is of another country than the session, which is of {country}"
            )
