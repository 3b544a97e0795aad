"""A clearance is issued: for a decision that permits, once, signed by the log's key and recorded in the log."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.cases.recordable_facts import earliest_today, marks_of
from api.domain.decision_record import DecisionRecord, UnreadableRequest, read_decided_request
from api.domain.handovers.answers import ClearanceAnswer, ClearanceState, IssuedClearance
from api.domain.handovers.assessment import clause_of
from api.domain.handovers.clearance import Clearance, ClearedItem, sign_clearance
from api.domain.handovers.handover import ClearanceStatement
from api.domain.identity import Caller
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reader import find_decision
from api.ledger.revisions import find_revision
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model
from api.policies.active import ActiveSet
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.handover_decisions import Asked, facts_known_now
from api.storage.handovers import NULL, Issued, add_clearance, find_clearance, find_clearance_of, first_use
from api.storage.stored_responses import Call, Receipt, find_receipt, keep_receipt
from engine import Decision, Item, Outcome, PolicySet, Request, decide, load_recorded_policies

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTE = "note"
"""The name of the payload that holds a clearance, as a text in JSON."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """A decision of the log, taken at `at`, with the request it answered and the policies it was taken under."""

    at: dt.datetime
    record: DecisionRecord
    request: Request
    decision: Decision
    policies: PolicySet


async def issue_clearance(context: Context, call: Call) -> Receipt:
    """Issue the clearance of a decision, or return the one it has. Raises `ProblemError`."""
    stated = read_model(call.body, ClearanceStatement)
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    active = context.policies.current

    def find(connection: Connection) -> Permitted:
        return _find(connection, stated.decision_id, call.caller, active)

    found = await context.store.read(find)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], Receipt]:
        at = context.clock()
        if answered := find_receipt(connection, call):
            return (), answered
        if issued := find_clearance_of(connection, stated.decision_id):
            before = IssuedClearance(**_members(connection, issued, at), already_issued=True)
            return (), keep_receipt(connection, call, Receipt(before.to_text()))
        _check_day(found, stated.planned_on, at, context.settings.takes_old_days)
        _check_now(connection, found, stated.planned_on or _day_of(found, at), active.policies, at)
        clearance = _make(found, stated.planned_on, context.store.signing_key.name, at)
        note = sign_clearance(clearance, context.store.signing_key)
        issued = Issued(note, found.at, call.caller.name, place)
        add_clearance(connection, issued)
        answer = IssuedClearance(**_members(connection, issued, at), already_issued=False)
        entry = _entry(clearance, note, at, call.caller)
        return [entry], keep_receipt(connection, call, Receipt(answer.to_text()))

    return await context.store.work(unit)


async def show_clearance(context: Context, clearance_id: str, caller: Caller) -> bytes:
    """Return a clearance with what has become of it. Raises `ProblemError`: for others it is not there."""

    def show(connection: Connection) -> bytes:
        issued = find_clearance(connection, clearance_id)
        if issued is None or caller.department not in (None, issued.clearance.department):
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No clearance has this id."))
        return ClearanceAnswer(**_members(connection, issued, context.clock())).to_text().encode()

    return await context.store.read(show)


def day_of(issued_from: dt.date, decided_at: dt.datetime, now: dt.datetime) -> dt.date:
    """Return the day it is for a decision: today, but a decision about the past has a calendar of its own.

    A request of 1965 that was decided yesterday stands, today, one day after the day it was asked for.
    """
    if issued_from >= decided_at.date():
        return now.date()
    return issued_from + (now.date() - decided_at.date())


def _find(connection: Connection, decision_id: str, caller: Caller, active: ActiveSet) -> Permitted:
    entry = find_decision(connection, decision_id)
    record = DecisionRecord.from_members(entry.members) if entry else None
    if entry is None or record is None or caller.department not in (None, record.department):
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No decision has this id."))
    try:
        request = read_decided_request(entry.key, entry.payloads[REQUEST])
    except UnreadableRequest as fault:
        raise ProblemError(fault.problem) from fault
    decision = Decision.model_validate_json(entry.payloads[DECISION])
    return Permitted(entry.at, record, request, decision, _policies(connection, decision, active))


def _policies(connection: Connection, decision: Decision, active: ActiveSet) -> PolicySet:
    """The policies a decision was taken under, which may not be in force any more."""
    if decision.policy.revision == active.policies.revision:
        return active.policies
    files = find_revision(connection, decision.policy.revision)
    assert files is not None, "the files of every revision are kept"
    return load_recorded_policies(files.read())


def _day_of(found: Permitted, at: dt.datetime) -> dt.date:
    return day_of(found.decision.as_of, found.decision.evaluated_at, at)


def _check_day(found: Permitted, planned_on: dt.date | None, at: dt.datetime, takes_old_days: bool) -> None:
    """Raise if the decision is about a day that had passed when it was taken: nothing is cleared afterwards."""
    if takes_old_days:
        return
    if found.decision.as_of < earliest_today(found.decision.evaluated_at):
        raise _refused(
            "The decision is about a day that was past. Ask again for today, and hand nothing over."
        )
    if planned_on and planned_on < earliest_today(at):
        raise _refused("The day that is planned is past. What was handed over then had no clearance.")


def _check_now(
    connection: Connection, found: Permitted, day: dt.date, policies: PolicySet, at: dt.datetime
) -> None:
    """Raise unless what the decision permits would be permitted by what is known now and the policies in force."""
    request = found.request.model_copy(update={"as_of": day})
    asked = Asked(request, found.record.department, found.record.claims_withheld)
    facts = facts_known_now(connection, asked, day).facts
    decision_id = found.decision.decision_id
    now = decide(policies, facts.request, decision_id=decision_id, evaluated_at=at, claimed=facts.claimed)
    permitted = {str(line.line) for line in found.decision.lines if line.outcome.permits}
    lost = [line for line in now.lines if str(line.line) in permitted and not line.outcome.permits]
    if lost:
        said = "; ".join(f"line {line.line} {line.outcome} ({', '.join(line.clauses)})" for line in lost)
        raise _refused(f"By what is known now it is no longer permitted: {said}. Hand nothing over.")


def _make(found: Permitted, planned_on: dt.date | None, log: str, at: dt.datetime) -> Clearance:
    """Return the clearance for the lines that may be handed over. Raises `ProblemError` where there can be none."""
    request, decision = found.request, found.decision
    permitted = {str(line.line) for line in decision.lines if line.outcome.permits}
    lines = [
        (place, str(mark), item)
        for place, (mark, item) in enumerate(zip(marks_of(request), request.items, strict=True))
        if str(mark) in permitted
    ]
    if not lines:
        clause = clause_of(decision)
        raise _refused(
            f"The decision is {decision.outcome}, not {Outcome.DELIVER} ({clause}). Hand nothing over."
        )
    last = _valid_until(found)
    day = planned_on or day_of(decision.as_of, decision.evaluated_at, at)
    if day > last:
        raise _refused(f"The decision could be relied on until {last}. Ask again, and hand nothing over.")
    if planned_on and planned_on < decision.as_of:
        raise _refused(f"The decision holds from {decision.as_of}. Ask again for the day that is planned.")
    faults = [*_unbound(found), *(fault for place, _, item in lines for fault in _unnamed(place, item))]
    if faults:
        detail = "A clearance names what may be handed over, by whom and to whom. Ask again and state it."
        raise _refused(detail, faults)
    return _clearance(found, [(mark, item) for _, mark, item in lines], log, at, last)


def _clearance(
    found: Permitted, lines: Sequence[tuple[str, Item]], log: str, at: dt.datetime, last: dt.date
) -> Clearance:
    request, decision = found.request, found.decision
    countries = tuple(sorted(set(request.mission.countries or ()))) if request.mission else ()
    handover: Any = request.handover
    return Clearance(
        clearance_id=new_decision_id(at),
        log=log,
        decision_id=decision.decision_id,
        request_id=request.request_id,
        department=found.record.department,
        countries=countries,
        items=tuple(_cleared(mark, item) for mark, item in lines),
        deliverer=handover.by,
        recipient=handover.to,
        counterparts=tuple(_counterparts(found.policies, countries, decision.as_of)),
        revision=decision.policy.revision,
        issued_at=at,
        valid_from=decision.as_of,
        valid_until=last,
    )


def _valid_until(found: Permitted) -> dt.date:
    """The last day of the permission; where other lines are refused, the decision as a whole may hold for longer."""
    days = found.policies.valid_days[Outcome.DELIVER]
    last = min(found.decision.as_of.toordinal() + days, dt.date.max.toordinal())
    return min(dt.date.fromordinal(last), found.decision.valid_until)


def _unbound(found: Permitted) -> Iterator[FieldError]:
    """Yield what the request leaves open of the handover itself."""
    handover, mission = found.request.handover, found.request.mission
    said = {
        "/handover/by": handover and handover.by,
        "/handover/to": handover and handover.to,
        "/mission/countries": mission and mission.countries,
    }
    for pointer, value in said.items():
        if not value:
            yield FieldError(pointer=pointer, detail="the request does not state it")
    named = {"/request_id": found.request.request_id, "/department/id": found.record.department}
    for pointer, name in named.items():
        if NULL in (name or ""):
            yield FieldError(pointer=pointer, detail="holds a null character, so no clearance can name it")


def _unnamed(place: int, item: Item) -> Iterator[FieldError]:
    """Yield what the request leaves open of an item; without it nobody could tell more from less."""
    said = {"description": item.description, "quantity": item.quantity, "kind": item.kind}
    for name, value in said.items():
        if value is None:
            yield FieldError(pointer=f"/items/{place}/{name}", detail="the request does not state it")


def _cleared(mark: str, item: Item) -> ClearedItem:
    assert item.description is not None
    assert item.quantity is not None
    assert item.kind is not None
    return ClearedItem(mark, item.description, item.quantity, item.unit, item.kind)


def _counterparts(policies: PolicySet, countries: Sequence[str], day: dt.date) -> Iterator[str]:
    for policy in policies.policies:
        if policy.country in countries:
            for value in policy.parameters.get("counterpart", ()):
                if value.period.covers(day) and value.value is not None:
                    yield str(value.value)


def _entry(clearance: Clearance, note: str, at: dt.datetime, caller: Caller) -> Entry:
    members = {
        "caller": caller.name,
        "role": caller.role,
        "decision_id": clearance.decision_id,
        "department": clearance.department,
        "valid_until": clearance.valid_until.isoformat(),
    }
    payload = json.dumps(note, ensure_ascii=False).encode()
    return Entry(EntryKind.CLEARANCE_ISSUED, clearance.clearance_id, at, members, {NOTE: payload})


def _members(connection: Connection, issued: Issued, now: dt.datetime) -> dict[str, Any]:
    clearance = issued.clearance
    used_by = first_use(connection, clearance.clearance_id)
    day = day_of(clearance.valid_from, issued.decided_at, now)
    expired = ClearanceState.EXPIRED if day > clearance.valid_until else ClearanceState.UNUSED
    return {
        "clearance_id": clearance.clearance_id,
        "decision_id": clearance.decision_id,
        "request_id": clearance.request_id,
        "department": clearance.department or None,
        "state": ClearanceState.USED if used_by else expired,
        "used_by": used_by or None,
        "lines": tuple(item.line for item in clearance.items),
        "issued_at": clearance.issued_at,
        "issued_by": issued.issued_by,
        "valid_from": clearance.valid_from,
        "valid_until": clearance.valid_until,
        "note": issued.note,
    }


def _refused(detail: str, faults: Sequence[FieldError] = ()) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.NOT_CLEARED, detail, errors=faults))
