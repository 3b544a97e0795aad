"""Commands on the registers after their import: events, each recorded in one unit of work of the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from api.domain.dues.list_terms import read_list_terms
from api.domain.identity import Author
from api.domain.registers.answers import EventAcknowledgement
from api.domain.registers.event_context import RegisterContents, covered_items
from api.domain.registers.event_rules import find_event_faults
from api.domain.registers.events import (
    STATEMENTS,
    AnyStatement,
    Confirmation,
    EventKind,
    KindStatement,
    Withdrawal,
)
from api.domain.registers.state import state_on
from api.ledger.entries import EVENT, Entry, EntryKind
from api.parsing.fields import is_country
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import MAX_ERRORS, read_model
from api.parsing.stated_texts import form_member
from api.services.context import Context
from api.services.idempotent_commands import record_once
from api.services.required_registers import require_registers
from api.storage.register_events import add_event_rows, load_events
from api.storage.registers import load_items, load_lists
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import PolicySet
from engine.contract.countries import refuse_country

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _matters(kind: EventKind, *, with_session: bool) -> bool:
    """Whether an earlier event of this kind matters to an event with a session, or to one without."""
    match kind:
        case EventKind.SESSION_OPENED | EventKind.SESSION_CLOSED | EventKind.RESOLUTION:
            return with_session
        case EventKind.LIST_SENT | EventKind.CONFIRMATION | EventKind.DELIVERED | EventKind.TRANSFER_RECORDED:
            return not with_session
        case EventKind.LIST_SUBMITTED | EventKind.SUPPLEMENTARY_ASKED | EventKind.MEMORANDUM:
            return False
        case EventKind.WITHDRAWAL:
            return False
        case _:
            assert_never(kind)


_BEFORE: Mapping[bool, frozenset[EventKind]] = {
    with_session: frozenset(kind for kind in EventKind if _matters(kind, with_session=with_session))
    for with_session in (True, False)
}


@dataclass(frozen=True, slots=True)
class EventRecord:
    """The recording of an event: its place in the log, when, by whom, the bytes that state it.

    An event that results from a handover has the handover's key, so that erasure of the handover covers it too.
    """

    place: int
    at: dt.datetime
    author: Author
    body: bytes
    handover_id: str | None = None

    @property
    def key(self) -> str:
        """The key of its entry in the log."""
        return self.handover_id or f"event-{self.place}"


async def record_event(context: Context, call: IdempotentCall) -> StoredResponse:
    """Record an event of the registers. Raises `ProblemError` with every fault of it, and nothing is recorded."""
    stated = _read(call.body)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        record = EventRecord(place, context.clock(), call.caller.author, call.body)
        policies = context.policies.current.policies
        today = policies.day_at(record.at)
        known = load_registers(connection, stated, policies, today)
        _check(find_event_faults(stated, known, require_registers(policies), today))
        entry = add_event(connection, stated, known, record)
        answer = EventAcknowledgement(
            event_id=entry.key,
            sequence=place,
            kind=EventKind(entry.members["event_kind"]),
            recorded_at=record.at,
            covers=entry.members["covers"],
        )
        return [entry], StoredResponse(answer.to_text())

    return await record_once(context, call, unit)


def load_registers(
    connection: Connection,
    stated: AnyStatement,
    policies: PolicySet,
    today: dt.date,
) -> RegisterContents:
    """Return what an event is checked against."""
    kinds = None if isinstance(stated, Withdrawal) else _BEFORE[hasattr(stated, "session")]
    events = load_events(connection, kinds=kinds)
    return RegisterContents(
        lists={found.list_id: found for found in load_lists(connection)},
        items={item.item_no: item for item in load_items(connection)},
        events=events,
        state_by_then=state_on(events, stated.happened_on),
        latest_state=state_on(events, dt.date.max),
        governed=frozenset(read_list_terms(policies, today)),
    )


def add_event(
    connection: Connection, stated: AnyStatement, known: RegisterContents, record: EventRecord
) -> Entry:
    """Add an event without a fault, in a transaction that the caller holds; returns its entry for the log."""
    content = content_of(stated, known, record)
    items = covered_items(stated, known)
    add_event_rows(connection, event_row(content, record), event_item_rows(items, record))
    members = {
        "caller": record.author.name,
        "role": record.author.role,
        "event_kind": content["kind"],
        "happened_on": content["happened_on"],
        "covers": len(items),
        **({"country": content["country"]} if "country" in content else {}),
        **form_member(record.body),
    }
    return Entry(EntryKind.REGISTER_EVENT, record.key, record.at, members, {EVENT: record.body})


def _read(body: bytes) -> AnyStatement:
    kind = read_model(body, KindStatement)
    if isinstance(kind, Problem):
        raise ProblemError(kind)
    stated = read_model(body, STATEMENTS[kind.kind])
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    country = getattr(stated, "country", None)
    if country is not None and not is_country(country):
        refusal = refuse_country(country, "must be an ISO 3166-1 alpha-2 code, such as KP")
        fault = FieldError(pointer="/country", detail=refusal)
        detail = "1 fault was found. Nothing was recorded."
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail, errors=[fault]))
    return stated


def _check(faults: Sequence[FieldError]) -> None:
    if not faults:
        return
    counted = "1 fault was found" if len(faults) == 1 else f"{len(faults)} faults were found"
    listed = f"; the first {MAX_ERRORS} are listed" if len(faults) > MAX_ERRORS else ""
    detail = f"{counted}{listed}. Nothing was recorded."
    raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail, errors=faults[:MAX_ERRORS]))


def content_of(stated: AnyStatement, known: RegisterContents, record: EventRecord) -> dict[str, Any]:
    """Return what was stated, whose session it is about, and the handover it results from."""
    members = stated.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    country = {"country": known.country_of(stated)} if "session" in members else {}
    return {**members, **country, **({"handover_id": record.handover_id} if record.handover_id else {})}


def event_row(content: Mapping[str, Any], record: EventRecord) -> dict[str, Any]:
    """Return the row of an event."""
    lists = content.get("lists", ())
    return {
        "sequence": record.place,
        "kind": content["kind"],
        "list_id": lists[0] if len(lists) == 1 else None,
        "session": content.get("session"),
        "happened_on": content["happened_on"],
        "recorded_at": record.at.isoformat(),
        "recorded_by": record.author.name,
        "role": record.author.role,
        "reference": content["reference"],
        "content": json.dumps(content, ensure_ascii=False),
    }


def event_item_rows(items: Mapping[str, Confirmation | None], record: EventRecord) -> list[dict[str, Any]]:
    """Return the rows of the items an event is about."""
    return [
        {"sequence": record.place, "item_no": item_no, "state": state and state.value}
        for item_no, state in items.items()
    ]
