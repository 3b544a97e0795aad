"""What is written about the registers after they were imported: events, each one unit of work of the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

from api.calls import Call, Receipt, find_receipt, keep_receipt
from api.ledger.entries import Entry, EntryKind
from api.ledger.schema import register_event_items, register_events
from api.problems import Problem, ProblemError, ProblemKind, make_problem
from api.reading import MAX_ERRORS, read_model
from api.registers.event_faults import Registers, covered_items, find_event_faults
from api.registers.events import (
    STATEMENTS,
    Confirmation,
    EventKind,
    EventStatement,
    KindStatement,
    Withdrawal,
)
from api.registers.history import load_events, standing_on
from api.registers.shelf import load_items, load_lists
from api.registers.terms import read_terms
from api.service import Service

EVENT = "event"
"""The name of the payload: the event as it was stated."""

_BEFORE: Mapping[bool, frozenset[EventKind]] = {
    True: frozenset({EventKind.SESSION_OPENED, EventKind.SESSION_CLOSED, EventKind.RESOLUTION}),
    False: frozenset(
        {EventKind.LIST_SENT, EventKind.CONFIRMATION, EventKind.DELIVERED, EventKind.TRANSFER_RECORDED}
    ),
}
"""The earlier events that matter to an event with a session, and to one without."""


async def record_event(service: Service, call: Call) -> Receipt:
    """Record an event of the registers. Raises `ProblemError` with every fault of it, and nothing is recorded."""
    stated = _read(call.body)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], Receipt]:
        if answered := find_receipt(connection, call):
            return (), answered
        at = service.clock()
        governed = read_terms(service.policies.current.policies, at.date()).keys()
        known = _load_registers(connection, stated, frozenset(governed))
        _check(stated, known, at.date())
        content = _content(stated, known)
        items = covered_items(stated, known)
        _add(connection, place, content, items, at, call)
        kind = str(content["kind"])
        members = {
            "caller": call.caller.name,
            "role": call.caller.role,
            "happened_on": content["happened_on"],
            "covers": len(items),
            **({"country": content["country"]} if "country" in content else {}),
        }
        said = {"sequence": place, "kind": kind, "recorded_at": at.isoformat(), "covers": len(items)}
        entry = Entry(EntryKind.REGISTER_EVENT, kind, at, members, {EVENT: call.body})
        return [entry], keep_receipt(connection, call, Receipt(json.dumps(said)))

    return await service.store.work(unit)


def _read(body: bytes) -> EventStatement:
    kind = read_model(body, KindStatement)
    if isinstance(kind, Problem):
        raise ProblemError(kind)
    stated = read_model(body, STATEMENTS[kind.kind])
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    return stated


def _load_registers(connection: Connection, stated: EventStatement, governed: frozenset[str]) -> Registers:
    kinds = None if isinstance(stated, Withdrawal) else _BEFORE[hasattr(stated, "session")]
    events = load_events(connection, kinds=kinds)
    return Registers(
        lists={found.list_id: found for found in load_lists(connection)},
        items={item.item_no: item for item in load_items(connection)},
        events=events,
        by_then=standing_on(events, stated.happened_on),
        ever=standing_on(events, dt.date.max),
        governed=governed,
    )


def _check(stated: EventStatement, known: Registers, today: dt.date) -> None:
    faults = find_event_faults(stated, known, today)
    if not faults:
        return
    counted = "1 fault was found" if len(faults) == 1 else f"{len(faults)} faults were found"
    listed = f"; the first {MAX_ERRORS} are listed" if len(faults) > MAX_ERRORS else ""
    detail = f"{counted}{listed}. Nothing was recorded."
    raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail, errors=faults[:MAX_ERRORS]))


def _content(stated: EventStatement, known: Registers) -> dict[str, Any]:
    """What was stated, and whose session it is about."""
    said = stated.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {**said, "country": known.country_of(stated)} if "session" in said else said


def _add(
    connection: Connection,
    place: int,
    content: Mapping[str, Any],
    items: Mapping[str, Confirmation | None],
    at: dt.datetime,
    call: Call,
) -> None:
    lists = content.get("lists", ())
    row = {
        "sequence": place,
        "kind": content["kind"],
        "list_id": lists[0] if len(lists) == 1 else None,
        "session": content.get("session"),
        "happened_on": content["happened_on"],
        "recorded_at": at.isoformat(),
        "recorded_by": call.caller.name,
        "role": call.caller.role.value,
        "reference": content["reference"],
        "content": json.dumps(content, ensure_ascii=False),
    }
    connection.execute(insert(register_events), row)
    rows = [
        {"sequence": place, "item_no": item_no, "state": state and state.value}
        for item_no, state in items.items()
    ]
    if rows:
        connection.execute(insert(register_event_items), rows)
