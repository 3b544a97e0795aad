"""What is due for a list of items already provided: to be submitted, and to be included in a resolution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.domain.dues.due import Due, ListOnDay
from api.domain.registers.lists import RegisterItem
from api.domain.registers.state import RegisterEvent
from engine import DueState


def provided_dues(listed: ListOnDay) -> Iterator[Due]:
    """Yield what is due: to hand the list over, to request a resolution, a memorandum.

    An item is closed once a resolution includes it; a memorandum leaves it open.
    """
    open_items = [item for item in listed.items if not listed.state(item).included]
    if not open_items:
        return
    unsubmitted = [item for item in open_items if listed.state(item).submitted is None]
    if unsubmitted:
        yield from listed.dues(DueState.NOT_SUBMITTED, unsubmitted, listed.terms.in_force_from)
    yield from _supplementary_dues(listed, open_items)
    yield from _memorandum_dues(listed)


def left_out(listed: ListOnDay, session: int) -> list[RegisterItem]:
    """Return the items that had to be in a resolution of a closed session and are in none to this day."""
    state = listed.register_state.session(listed.listed.country, session)
    if state.closed is None:
        return []
    open_items = [item for item in listed.items if not listed.state(item).included]
    if listed.terms.next_session_on(state.closed.happened_on) == session:
        return open_items
    return [item for item in open_items if _concerns(listed.state(item).supplementary_requests, session)]


def _supplementary_dues(listed: ListOnDay, open_items: Sequence[RegisterItem]) -> Iterator[Due]:
    since, session = listed.terms.in_force_from, listed.terms.next_session_on(listed.day)
    if session is None:
        yield from listed.dues(DueState.SESSION_UNKNOWN, open_items, since)
        return
    closed = listed.register_state.session(listed.listed.country, session).closed
    if closed:
        yield from listed.dues(DueState.LEFT_OPEN, open_items, closed.happened_on, session=session)
        return
    unrequested = [
        item for item in open_items if not _concerns(listed.state(item).supplementary_requests, session)
    ]
    if unrequested:
        yield from listed.dues(DueState.NOT_ASKED, unrequested, since, session=session)


def _memorandum_dues(listed: ListOnDay) -> Iterator[Due]:
    for (country, session), state in sorted(listed.register_state.sessions.items()):
        if country != listed.listed.country or state.closed is None:
            continue
        items = [
            item for item in left_out(listed, session) if not _concerns(listed.state(item).memoranda, session)
        ]
        if items:
            day = state.closed.happened_on
            yield from listed.dues(DueState.LEFT_OUT, items, day, due=day, session=session)


def _concerns(events: Sequence[RegisterEvent], session: int) -> bool:
    return any(event.session == session for event in events)
