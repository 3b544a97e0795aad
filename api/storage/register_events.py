"""The repository of register events: events of lists, items and sessions, read and added."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection, insert, select

from api.domain.registers.events import Confirmation, EventKind
from api.domain.registers.state import RegisterEvent, event_to_json, in_order, state_on
from api.storage.tables import register_event_items, register_events, register_items


def load_events(
    connection: Connection,
    *,
    kinds: Set[EventKind] | None = None,
    session: int | None = None,
    list_id: str | None = None,
    item_no: str | None = None,
    after: int | None = None,
) -> list[RegisterEvent]:
    """Return the events, or those of some kinds, a session, a list or an item, in the order they happened.

    With `after` only those that were recorded behind an entry of the log.
    """
    chosen = select(register_events)
    about = select(register_event_items.c.sequence)
    if kinds is not None:
        chosen = chosen.where(register_events.c.kind.in_(sorted(kind.value for kind in kinds)))
    if after is not None:
        chosen = chosen.where(register_events.c.sequence > after)
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
    sequences = chosen.with_only_columns(register_events.c.sequence)
    items: dict[int, dict[str, Confirmation | None]] = {row.sequence: {} for row in rows}
    query = select(register_event_items).where(register_event_items.c.sequence.in_(sequences))
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
            role=row.role,
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


def item_history(connection: Connection, item_no: str) -> dict[str, Any]:
    """Return, as plain data, the state of an item and its events."""
    events = load_events(connection, item_no=item_no)
    state = state_on(events, dt.date.max).item(item_no)
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


def add_event_rows(
    connection: Connection, event: Mapping[str, Any], items: Sequence[Mapping[str, Any]]
) -> None:
    """Add the row of an event, and those of the items it is about."""
    connection.execute(insert(register_events), event)
    if items:
        connection.execute(insert(register_event_items), items)
