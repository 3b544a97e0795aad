"""What happened to lists, items and sessions, read back; and how an item or a session stands on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from api.domain.identity import Role
from api.domain.registers.events import Confirmation, EventKind

SessionKey = tuple[str, int]
"""A country and the number of a session of its joint committee."""


@dataclass(frozen=True, slots=True)
class RegisterEvent:
    """An event with who recorded it and the log entry it is. It is never changed.

    `content` is what was stated; `items` are the items it is about, each with the state it gave them, if any.
    Withdrawn, it stays on record and counts no more.
    """

    sequence: int
    kind: EventKind
    happened_on: dt.date
    recorded_at: dt.datetime
    recorded_by: str
    role: Role
    reference: str
    session: int | None
    content: Mapping[str, Any]
    items: Mapping[str, Confirmation | None]
    withdrawn_by: int | None = None

    @property
    def session_key(self) -> SessionKey | None:
        """The session it is about, if it is about one."""
        return None if self.session is None else (self.content["country"], self.session)


@dataclass(frozen=True, slots=True)
class ItemState:
    """How an item stands on a day; each member is the event that made it so."""

    confirmation: Confirmation = Confirmation.NOT_SENT
    sent: RegisterEvent | None = None
    answered: RegisterEvent | None = None
    delivered: RegisterEvent | None = None
    transferred: RegisterEvent | None = None
    submitted: RegisterEvent | None = None
    asked: tuple[RegisterEvent, ...] = ()
    included: tuple[RegisterEvent, ...] = ()
    memoranda: tuple[RegisterEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionState:
    """How a session stands on a day."""

    opened: RegisterEvent | None = None
    closed: RegisterEvent | None = None
    resolutions: tuple[RegisterEvent, ...] = ()


UNTOUCHED = ItemState()
NOT_MET = SessionState()


@dataclass(frozen=True, slots=True)
class Standing:
    """How items and sessions stand on a day; what nothing has happened to is left out."""

    items: Mapping[str, ItemState] = field(default_factory=dict)
    sessions: Mapping[SessionKey, SessionState] = field(default_factory=dict)

    def item(self, item_no: str) -> ItemState:
        """Return how the item stands."""
        return self.items.get(item_no, UNTOUCHED)

    def session(self, country: str, number: int) -> SessionState:
        """Return how the session stands."""
        return self.sessions.get((country, number), NOT_MET)


def in_order(events: Iterable[RegisterEvent]) -> list[RegisterEvent]:
    """Return events in the order they happened; of one day, in the order they were recorded."""
    return sorted(events, key=lambda event: (event.happened_on, event.sequence))


def standing_on(events: Iterable[RegisterEvent], day: dt.date) -> Standing:
    """Return how items and sessions stand on `day`, of events in their order; of two answers the later holds."""
    items: dict[str, ItemState] = {}
    sessions: dict[SessionKey, SessionState] = {}
    for event in events:
        if event.happened_on > day:
            break
        if event.withdrawn_by is not None:
            continue
        for item_no, state in event.items.items():
            items[item_no] = _item_after(items.get(item_no, UNTOUCHED), event, state)
        if key := event.session_key:
            sessions[key] = _session_after(sessions.get(key, NOT_MET), event)
    return Standing(items, sessions)


def _item_after(item: ItemState, event: RegisterEvent, state: Confirmation | None) -> ItemState:
    match event.kind:
        case EventKind.LIST_SENT:
            kept = item.confirmation is Confirmation.CONFIRMED
            return replace(item, sent=event, confirmation=item.confirmation if kept else Confirmation.PENDING)
        case EventKind.CONFIRMATION:
            return replace(item, answered=event, confirmation=state or item.confirmation)
        case EventKind.DELIVERED:
            return replace(item, delivered=event)
        case EventKind.TRANSFER_RECORDED:
            return replace(item, transferred=event)
        case EventKind.LIST_SUBMITTED:
            return replace(item, submitted=event)
        case EventKind.SUPPLEMENTARY_ASKED:
            return replace(item, asked=(*item.asked, event))
        case EventKind.RESOLUTION:
            return replace(item, included=(*item.included, event))
        case EventKind.MEMORANDUM:
            return replace(item, memoranda=(*item.memoranda, event))
        case EventKind.SESSION_OPENED | EventKind.SESSION_CLOSED | EventKind.WITHDRAWAL:
            return item
        case _:
            assert_never(event.kind)


def _session_after(session: SessionState, event: RegisterEvent) -> SessionState:
    match event.kind:
        case EventKind.SESSION_OPENED:
            return replace(session, opened=event)
        case EventKind.SESSION_CLOSED:
            return replace(session, closed=event)
        case EventKind.RESOLUTION:
            return replace(session, resolutions=(*session.resolutions, event))
        case EventKind.LIST_SENT | EventKind.CONFIRMATION | EventKind.DELIVERED | EventKind.TRANSFER_RECORDED:
            return session
        case EventKind.LIST_SUBMITTED | EventKind.SUPPLEMENTARY_ASKED | EventKind.MEMORANDUM:
            return session
        case EventKind.WITHDRAWAL:
            return session
        case _:
            assert_never(event.kind)


def event_to_json(event: RegisterEvent, item_no: str | None = None) -> dict[str, Any]:
    """Return an event as plain data: what was stated, and how many items it is about.

    With `item_no` the items it names are left out, and the state it gave that one is said.
    """
    stated = dict(event.content)
    if item_no is not None:
        stated = {name: value for name, value in stated.items() if name not in ("items", "answers", "state")}
        if state := event.items.get(item_no):
            stated["state"] = state.value
    return {
        "sequence": event.sequence,
        **stated,
        "covers": len(event.items),
        "recorded_at": event.recorded_at.isoformat(),
        "recorded_by": event.recorded_by,
        "role": event.role.value,
        **({} if event.withdrawn_by is None else {"withdrawn_by": event.withdrawn_by}),
    }
