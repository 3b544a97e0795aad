"""What is due for a list of items not yet provided: to be sent, confirmed, delivered and transferred."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from api.domain.dues.due import Due, ListOnDay
from api.domain.registers.events import Confirmation
from api.domain.registers.state import ItemState
from engine import CountsFrom, DueState


def pending_dues(listed: ListOnDay) -> Iterator[Due]:
    """Yield what is due: to send, to obtain answers, to deliver, to transfer."""
    unsent = [item for item in listed.items if _unsent(listed.state(item))]
    if unsent:
        yield from listed.dues(DueState.NOT_SENT, unsent, listed.terms.in_force_from)
    for since, items in listed.grouped(_sent_on):
        yield from listed.dues(DueState.UNANSWERED, items, since)
    for since, items in listed.grouped(_confirmed_on):
        yield from listed.dues(DueState.CONFIRMED, items, since)
    duty = listed.terms.duty(DueState.DELIVERED)
    for since, items in listed.grouped(_delivered_on):
        due = duty.term.falls_due({CountsFrom.DELIVERY: since}) if duty and duty.term else None
        yield from listed.dues(DueState.DELIVERED, items, since, due=due)


def _unsent(state: ItemState) -> bool:
    return state.confirmation is Confirmation.NOT_SENT and state.delivered is None


def _sent_on(state: ItemState) -> dt.date | None:
    if state.confirmation is not Confirmation.PENDING or state.delivered:
        return None
    latest = state.sent or state.answered
    return latest.happened_on if latest else None


def _confirmed_on(state: ItemState) -> dt.date | None:
    if state.confirmation is not Confirmation.CONFIRMED or state.delivered or state.answered is None:
        return None
    return state.answered.happened_on


def _delivered_on(state: ItemState) -> dt.date | None:
    return state.delivered.happened_on if state.delivered and state.transferred is None else None
