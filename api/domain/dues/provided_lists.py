"""What is due for a list of items already provided: section 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.domain.dues.due import Due, ListOnDay, counted
from api.domain.registers.lists import RegisterItem
from api.domain.registers.state import RegisterEvent


def provided_dues(listed: ListOnDay) -> Iterator[Due]:
    """Yield what is due: to hand the list over (S2.2), to request a resolution (S2.3), a memorandum (S2.4).

    An item is closed once a resolution includes it; a memorandum leaves it open (A15).
    """
    open_items = [item for item in listed.items if not listed.state(item).included]
    if not open_items:
        return
    unsubmitted = [item for item in open_items if listed.state(item).submitted is None]
    if unsubmitted:
        what = f"{counted(len(unsubmitted))} of “{listed.listed.title}” not submitted to {listed.terms.country_name}"
        yield listed.entry("S2.2", what, unsubmitted, listed.terms.in_force_from)
    yield from _supplementary_dues(listed, open_items)
    yield from _memorandum_dues(listed, open_items)


def left_out(listed: ListOnDay, session: int) -> list[RegisterItem]:
    """Return the items that had to be in a resolution of a closed session and are in none to this day (A15)."""
    state = listed.register_state.session(listed.listed.country, session)
    if state.closed is None:
        return []
    open_items = [item for item in listed.items if not listed.state(item).included]
    if listed.terms.next_session_on(state.closed.happened_on) == session:
        return open_items
    return [item for item in open_items if _concerns(listed.state(item).supplementary_requests, session)]


def _supplementary_dues(listed: ListOnDay, open_items: Sequence[RegisterItem]) -> Iterator[Due]:
    title, since = listed.listed.title, listed.terms.in_force_from
    session = listed.terms.next_session_on(listed.day)
    if session is None:
        what = f"{counted(len(open_items))} of “{title}” in no resolution; the next session is not known"
        must = "ask that the list enter a supplementary resolution, once the next session has a number"
        yield listed.entry("S2.3", what, open_items, since, must=must)
        return
    closed = listed.register_state.session(listed.listed.country, session).closed
    if closed:
        what = f"{counted(len(open_items))} of “{title}” stay open: session {session} closed without them"
        must = f"ask for them again at the session after session {session} (A15)"
        yield listed.entry("S2.3", what, open_items, closed.happened_on, must=must, session=session)
        return
    unrequested = [
        item for item in open_items if not _concerns(listed.state(item).supplementary_requests, session)
    ]
    if unrequested:
        what = (
            f"{counted(len(unrequested))} of “{title}” not asked for at session {session}; due by its close"
        )
        yield listed.entry("S2.3", what, unrequested, since, session=session)


def _memorandum_dues(listed: ListOnDay, open_items: Sequence[RegisterItem]) -> Iterator[Due]:
    for (country, session), state in sorted(listed.register_state.sessions.items()):
        if country != listed.listed.country or state.closed is None:
            continue
        items = [
            item for item in left_out(listed, session) if not _concerns(listed.state(item).memoranda, session)
        ]
        if items:
            day = state.closed.happened_on
            what = (
                f"session {session} closed on {day} without {counted(len(items))} of “{listed.listed.title}”"
            )
            yield listed.entry("S2.4", what, items, day, due=day, session=session)


def _concerns(events: Sequence[RegisterEvent], session: int) -> bool:
    return any(event.session == session for event in events)
