"""What is due for a list of items not yet provided: section 1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from api.domain.dues.due import Due, ListOnDay, counted
from api.domain.registers.events import Confirmation
from api.domain.registers.state import ItemState
from engine import CountsFrom


def pending_dues(listed: ListOnDay) -> Iterator[Due]:
    """Yield what is due: to send (S1.2), to obtain answers (S1.3), to deliver (S1.4), to transfer (S1.5)."""
    title, terms = listed.listed.title, listed.terms
    unsent = [item for item in listed.items if _unsent(listed.state(item))]
    if unsent:
        what = f"{counted(len(unsent))} of “{title}” not sent for confirmation"
        yield listed.entry("S1.2", what, unsent, terms.in_force_from)
    office = terms.confirming_office or "the other side"
    for since, items in listed.grouped(_sent_on):
        what = f"no answer yet for {counted(len(items))} of “{title}”, before {office}"
        yield listed.entry(
            "S1.3", what, items, since, must=f"obtain the written answer of {office}, item by item"
        )
    for since, items in listed.grouped(_confirmed_on):
        what = f"{counted(len(items))} of “{title}” confirmed, not delivered"
        yield listed.entry("S1.4", what, items, since)
    duty = terms.duties.get("S1.5")
    for since, items in listed.grouped(_delivered_on):
        due = duty.term.falls_due({CountsFrom.DELIVERY: since}) if duty and duty.term else None
        what = f"transfer procedures of {counted(len(items))} of “{title}” not carried out"
        yield listed.entry("S1.5", what, items, since, due=due)


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
