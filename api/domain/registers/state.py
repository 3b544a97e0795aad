"""Recorded events of lists, items and sessions; and the state of items and sessions on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from api.domain.registers.events import Confirmation, EventKind

SessionKey = tuple[str, int]
"""A country and the number of one of its sessions."""


@dataclass(frozen=True, slots=True)
class RegisterEvent:
    """An event with who recorded it and the log entry it is. It is never changed.

    `content` is what was stated; `items` are the items it is about, each with the state it gave them, if any.
    A withdrawn one stays on record and does not count.
    """

    sequence: int
    kind: EventKind
    happened_on: dt.date
    recorded_at: dt.datetime
    recorded_by: str
    role: str
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
    """The state of an item on a day; each member is the event that brought it about."""

    confirmation: Confirmation = Confirmation.NOT_SENT
    sent: RegisterEvent | None = None
    answered: RegisterEvent | None = None
    delivered: RegisterEvent | None = None
    transferred: RegisterEvent | None = None
    submitted: RegisterEvent | None = None
    supplementary_requests: tuple[RegisterEvent, ...] = ()
    included: tuple[RegisterEvent, ...] = ()
    memoranda: tuple[RegisterEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state of a session on a day."""

    opened: RegisterEvent | None = None
    closed: RegisterEvent | None = None
    resolutions: tuple[RegisterEvent, ...] = ()


UNTOUCHED = ItemState()
NOT_MET = SessionState()


@dataclass(frozen=True, slots=True)
class RegisterState:
    """The state of items and sessions on a day; what has no event is left out."""

    items: Mapping[str, ItemState] = field(default_factory=dict)
    sessions: Mapping[SessionKey, SessionState] = field(default_factory=dict)

    def item(self, item_no: str) -> ItemState:
        """Return the state of the item."""
        return self.items.get(item_no, UNTOUCHED)

    def session(self, country: str, number: int) -> SessionState:
        """Return the state of the session."""
        return self.sessions.get((country, number), NOT_MET)


def in_order(events: Iterable[RegisterEvent]) -> list[RegisterEvent]:
    """Return events in the order they happened; of one day, in the order they were recorded."""
    return sorted(events, key=lambda event: (event.happened_on, event.sequence))


def state_on(events: Iterable[RegisterEvent], day: dt.date) -> RegisterState:
    """Return the state on `day` that events in their order lead to; of two answers the later holds."""
    items: dict[str, ItemState] = {}
    sessions: dict[SessionKey, SessionState] = {}
    for event in events:
        if event.happened_on > day:
            break
        if event.withdrawn_by is not None:
            continue
        for item_no, state in event.items.items():
            items[item_no] = _apply_to_item(items.get(item_no, UNTOUCHED), event, state)
        if key := event.session_key:
            sessions[key] = _apply_to_session(sessions.get(key, NOT_MET), event)
    return RegisterState(items, sessions)


def renewed_state(before: RegisterState, events: Iterable[RegisterEvent], changed: Set[str]) -> RegisterState:
    """Return the state that events in their order lead to, where only the items `changed` differ from `before`."""
    items = {item_no: state for item_no, state in before.items.items() if item_no not in changed}
    sessions: dict[SessionKey, SessionState] = {}
    for event in events:
        if event.withdrawn_by is not None:
            continue
        for item_no in event.items.keys() & changed:
            items[item_no] = _apply_to_item(items.get(item_no, UNTOUCHED), event, event.items[item_no])
        if key := event.session_key:
            sessions[key] = _apply_to_session(sessions.get(key, NOT_MET), event)
    return RegisterState(items, sessions)


def _apply_to_item(item: ItemState, event: RegisterEvent, state: Confirmation | None) -> ItemState:
    match event.kind:
        case EventKind.LIST_SENT:
            stays_confirmed = item.confirmation is Confirmation.CONFIRMED
            return replace(
                item, sent=event, confirmation=item.confirmation if stays_confirmed else Confirmation.PENDING
            )
        case EventKind.CONFIRMATION:
            return replace(item, answered=event, confirmation=state or item.confirmation)
        case EventKind.DELIVERED:
            return replace(item, delivered=event)
        case EventKind.TRANSFER_RECORDED:
            return replace(item, transferred=event)
        case EventKind.LIST_SUBMITTED:
            return replace(item, submitted=event)
        case EventKind.SUPPLEMENTARY_ASKED:
            return replace(item, supplementary_requests=(*item.supplementary_requests, event))
        case EventKind.RESOLUTION:
            return replace(item, included=(*item.included, event))
        case EventKind.MEMORANDUM:
            return replace(item, memoranda=(*item.memoranda, event))
        case EventKind.SESSION_OPENED | EventKind.SESSION_CLOSED | EventKind.WITHDRAWAL:
            return item
        case _:
            assert_never(event.kind)


def _apply_to_session(session: SessionState, event: RegisterEvent) -> SessionState:
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

    With `item_no` the items it names are left out, and the state it gave that one is included.
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
        "role": event.role,
        **({} if event.withdrawn_by is None else {"withdrawn_by": event.withdrawn_by}),
    }
