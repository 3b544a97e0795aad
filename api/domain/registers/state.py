"""What happened to lists, items and sessions, read back; and how an item or a session stands on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from sqlalchemy import Connection, select

from api.domain.identity import Role
from api.domain.registers.events import Confirmation, EventKind
from api.domain.registers.lists import LegacyList, RegisterItem
from api.ledger.tables import register_event_items, register_events, register_items
from api.storage.registers import load_items, load_lists

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


def load_events(
    connection: Connection,
    *,
    kinds: Set[EventKind] | None = None,
    session: int | None = None,
    list_id: str | None = None,
    item_no: str | None = None,
) -> list[RegisterEvent]:
    """Return the events, or those of some kinds, a session, a list or an item, in the order they happened."""
    chosen = select(register_events)
    about = select(register_event_items.c.sequence)
    if kinds is not None:
        chosen = chosen.where(register_events.c.kind.in_(sorted(kind.value for kind in kinds)))
    if session is not None:
        chosen = chosen.where(register_events.c.session == session)
    if item_no is not None:
        chosen = chosen.where(
            register_events.c.sequence.in_(about.where(register_event_items.c.item_no == item_no))
        )
    if list_id is not None:
        of_list = select(register_items.c.item_no).where(register_items.c.list_id == list_id)
        chosen = chosen.where(
            register_events.c.sequence.in_(about.where(register_event_items.c.item_no.in_(of_list)))
        )
    rows = connection.execute(chosen).all()
    wanted = chosen.with_only_columns(register_events.c.sequence)
    items: dict[int, dict[str, Confirmation | None]] = {row.sequence: {} for row in rows}
    query = select(register_event_items).where(register_event_items.c.sequence.in_(wanted))
    for row in connection.execute(query.order_by(register_event_items.c.item_no)):
        if row.sequence in items:
            items[row.sequence][row.item_no] = Confirmation(row.state) if row.state else None
    withdrawn = _withdrawals(connection)
    return in_order(
        RegisterEvent(
            sequence=row.sequence,
            kind=EventKind(row.kind),
            happened_on=dt.date.fromisoformat(row.happened_on),
            recorded_at=dt.datetime.fromisoformat(row.recorded_at),
            recorded_by=row.recorded_by,
            role=Role(row.role),
            reference=row.reference,
            session=row.session,
            content=json.loads(row.content),
            items=items[row.sequence],
            withdrawn_by=withdrawn.get(row.sequence),
        )
        for row in rows
    )


def _withdrawals(connection: Connection) -> dict[int, int]:
    """The withdrawn events, each with the event that withdrew it."""
    query = select(register_events.c.sequence, register_events.c.content)
    rows = connection.execute(query.where(register_events.c.kind == EventKind.WITHDRAWAL.value))
    return {json.loads(row.content)["event"]: row.sequence for row in rows}


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


def pending_items(connection: Connection, day: dt.date | None = None) -> list[RegisterItem]:
    """Return the items of the pending lists that have not been delivered, or had not been by `day`."""
    pending = {found.list_id for found in load_lists(connection) if found.legacy_list is LegacyList.PENDING}
    standing = standing_on(load_events(connection, kinds={EventKind.DELIVERED}), day or dt.date.max)
    return [
        item
        for item in load_items(connection)
        if item.list_id in pending and standing.item(item.item_no).delivered is None
    ]


def item_history(connection: Connection, item_no: str) -> dict[str, Any]:
    """Return, as plain data, how an item stands and the events it has come through."""
    events = load_events(connection, item_no=item_no)
    state = standing_on(events, dt.date.max).item(item_no)
    days = {
        "sent_on": state.sent,
        "answered_on": state.answered,
        "delivered_on": state.delivered,
        "transferred_on": state.transferred,
        "submitted_on": state.submitted,
    }
    return {
        "confirmation": state.confirmation.value,
        **{name: event.happened_on.isoformat() for name, event in days.items() if event},
        "events": [event_to_json(event, item_no) for event in events],
    }


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
