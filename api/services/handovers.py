"""Commands on handovers: each handover is recorded, whatever is wrong with it, and so is its transfer procedure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import structlog
from pydantic import BaseModel

from api.domain.handovers.answers import TransferAcknowledgement
from api.domain.handovers.assessment import PresentedClearance, assess_handover
from api.domain.handovers.clearance import FORMAT, as_printed, parse_clearance
from api.domain.handovers.handover import (
    HandoverStatement,
    HandoverStatus,
    RecordedHandover,
    Transfer,
    TransferStatement,
)
from api.domain.handovers.handover_view import ground_answer, handover_content, transfer_members
from api.domain.identity import Caller
from api.domain.known_facts import EstablishedFacts, request_to_json
from api.ledger.database import StoreUnavailable
from api.ledger.entries import DECISION, HANDOVER, JUDGEMENT, REQUEST, TRANSFER, Entry, EntryKind
from api.ledger.group_commit import Unit
from api.ledger.revisions import store_revision
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model
from api.policies.active import ActiveSet
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.handover_decisions import basis_of_handover
from api.services.register_deliveries import mark_delivered, mark_transferred
from api.signing.faults import SigningFault
from api.signing.notes import parse_note
from api.storage.cases import load_case
from api.storage.handovers import (
    add_handover,
    add_transfer,
    find_clearance,
    find_handover,
    first_use,
    load_transfers,
)
from api.storage.stored_responses import IdempotentCall, StoredResponse, find_stored_response, store_response
from engine import Decision, decide

if TYPE_CHECKING:
    from sqlalchemy import Connection

M = TypeVar("M", bound=BaseModel)

log = structlog.get_logger()


async def record_handover(context: Context, call: IdempotentCall) -> StoredResponse:
    """Record a handover and its assessment. Raises `ProblemError`: only what cannot be read is refused."""
    stated = _read(call, HandoverStatement)
    department = _department(stated, call.caller)
    active = context.policies.current
    if stated.handed_over_on > active.policies.day_at(context.clock()):
        raise _wrong("/handed_over_on", "must not lie after today")
    breaches: list[RecordedHandover] = []

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        if answered := find_stored_response(connection, call):
            return (), answered
        handover, decision, facts = _assess(
            connection, context, stated, department, call.caller, active, place
        )
        store_revision(connection, active.files)
        update = mark_delivered(connection, place + 1, handover, active.policies, call.caller)
        handover = handover.with_notes(update.notes)
        add_handover(connection, handover)
        if handover.status is HandoverStatus.BREACH:
            breaches.append(handover)
        response = StoredResponse(json.dumps(handover.content))
        entries = [_entry(handover, decision, facts, active.policies.time_zone, call), *update.entries]
        return entries, store_response(connection, call, response)

    response = await _work(context, unit)
    for handover in breaches:
        codes = [ground["code"] for ground in handover.content["grounds"]]
        log.warning("handover_in_breach", handover_id=handover.handover_id, grounds=codes)
    return response


async def record_transfer(context: Context, call: IdempotentCall, handover_id: str) -> StoredResponse:
    """Record the transfer procedure of a handover, once. Raises `ProblemError`."""
    stated = _read(call, TransferStatement)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at = context.clock()
        if answered := find_stored_response(connection, call):
            return (), answered
        handover = visible(find_handover(connection, handover_id), call.caller)
        policies = context.policies.current.policies
        if stated.recorded_on > policies.day_at(at):
            raise _wrong("/recorded_on", "must not lie after today")
        if stated.recorded_on < handover.handed_over_on:
            raise _wrong("/recorded_on", f"must not lie before the handover of {handover.handed_over_on}")
        if load_transfers(connection, [handover]):
            detail = "Nothing was recorded. Read the handover to see its transfer."
            raise ProblemError(make_problem(ProblemKind.TRANSFER_KNOWN, detail))
        transfer = Transfer(handover_id, stated.recorded_on, stated.reference, at, call.caller.name)
        add_transfer(connection, transfer, place)
        update = mark_transferred(connection, place + 1, handover, transfer, policies, call.caller)
        members = {"caller": call.caller.name, "role": call.caller.role}
        entry = Entry(EntryKind.TRANSFER_RECORDED, handover_id, at, members, {TRANSFER: call.body})
        answer = TransferAcknowledgement(
            handover_id=handover_id, **transfer_members(transfer), notes=tuple(update.notes)
        )
        return [entry, *update.entries], store_response(connection, call, StoredResponse(answer.to_text()))

    return await _work(context, unit)


def is_late(stated: HandoverStatement, recorded_on: dt.date) -> bool:
    """Whether a handover was recorded later than on the day after it."""
    return (recorded_on - stated.handed_over_on).days > 1


def visible(handover: RecordedHandover | None, caller: Caller) -> RecordedHandover:
    """Return the handover, if the caller may know of it. Raises `ProblemError`; for others it is not found."""
    if handover is None or caller.department not in (None, handover.department):
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No handover has this id."))
    return handover


def _assess(
    connection: Connection,
    context: Context,
    stated: HandoverStatement,
    department: str | None,
    caller: Caller,
    active: ActiveSet,
    place: int,
) -> tuple[RecordedHandover, Decision, EstablishedFacts]:
    at = context.clock()
    handover_id = new_decision_id(at)
    presented = _present(connection, stated.clearance, caller)
    basis = basis_of_handover(connection, handover_id, stated, department, presented.binding)
    decision = decide(
        active.policies,
        basis.facts.request,
        decision_id=handover_id,
        evaluated_at=at,
        claimed=basis.facts.claimed,
    )
    bound = presented.binding
    presented = replace(presented, case_id=basis.case_id)
    old = context.settings.takes_old_days
    assessment = assess_handover(stated, department, presented, decision, active.policies, takes_old_days=old)
    clearance_id = bound.clearance_id if bound else None
    uses_up = None if presented.used_by else clearance_id
    case_id = basis.case_id if bound else _case_of(connection, stated.case_id, department) or basis.case_id
    request_id = bound.request_id if bound else stated.request_id
    in_order = assessment.status is HandoverStatus.IN_ORDER
    head = {
        "handover_id": handover_id,
        "status": assessment.status,
        "grounds": tuple(map(ground_answer, assessment.grounds)),
        "notes": assessment.notes,
        "recorded_at": at,
        "recorded_by": caller.name,
        "recorded_late": is_late(stated, active.policies.day_at(at)),
        "clearance_id": clearance_id,
        "clearance_used_up": uses_up is not None,
        "department": department,
        "request_id": request_id,
        "case_id": case_id,
        "listed_items": basis.pending_items if in_order and basis.pending_items else None,
    }
    handover = RecordedHandover(
        handover_id=handover_id,
        clearance_id=clearance_id,
        uses_up=uses_up,
        department=department,
        request_id=request_id,
        case_id=case_id,
        handed_over_on=stated.handed_over_on,
        recorded_at=at,
        recorded_by=caller.name,
        status=assessment.status,
        content=handover_content(head, stated, json.loads(decision.to_json())),
        sequence=place,
    )
    return handover, decision, basis.facts


def _case_of(connection: Connection, case_id: str | None, department: str | None) -> str | None:
    """The case that is named, if it is one of the department."""
    case = load_case(connection, case_id) if case_id else None
    return case_id if case and case.department == department else None


def _present(connection: Connection, text: str | None, caller: Caller) -> PresentedClearance:
    """Return what `text` presents: the id of a clearance, or the clearance itself, whole and unaltered."""
    if text is None:
        return PresentedClearance()
    clearance_id, note = text.strip(), None
    if clearance_id.startswith(FORMAT):
        note = as_printed(text)
        try:
            clearance_id = parse_clearance(parse_note(note, "clearance")).clearance_id
        except SigningFault as fault:
            return PresentedClearance(wrong=f"The text of the clearance cannot be read: {fault.fact}.")
    issued = find_clearance(connection, clearance_id)
    if issued is None:
        return PresentedClearance(wrong="The service has issued no such clearance.")
    if note is not None and note != issued.note:
        return PresentedClearance(
            wrong="The text is not that of the clearance the service issued: it was altered."
        )
    clearance = issued.clearance
    of_caller = caller.department in (None, clearance.department)
    return PresentedClearance(clearance, first_use(connection, clearance.clearance_id), of_caller)


def _department(stated: HandoverStatement, caller: Caller) -> str | None:
    if caller.department and stated.department not in (None, caller.department):
        fault = FieldError(pointer="/department", detail="this is not the department of the caller")
        rule = "Nothing was recorded. A department records its own handovers only."
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, rule, errors=[fault]))
    return caller.department or stated.department


def _entry(
    handover: RecordedHandover,
    decision: Decision,
    facts: EstablishedFacts,
    time_zone: str,
    call: IdempotentCall,
) -> Entry:
    members = {
        "caller": call.caller.name,
        "role": call.caller.role,
        "department": handover.department,
        "status": handover.status,
        "clearance_id": handover.clearance_id,
        "used_up": handover.uses_up is not None,
        "revision": decision.policy.revision,
        "time_zone": time_zone,
        **{name: handover.content.get(name) for name in ("request_id", "case_id", "listed_items")},
        "claimed": facts.claimed,
    }
    found = {name: handover.content.get(name, []) for name in ("grounds", "notes")}
    payloads = {
        HANDOVER: call.body,
        JUDGEMENT: json.dumps(found, ensure_ascii=False).encode(),
        REQUEST: request_to_json(facts.request),
        DECISION: decision.to_json(),
    }
    return Entry(EntryKind.HANDOVER, handover.handover_id, handover.recorded_at, members, payloads)


async def _work(context: Context, unit: Unit[StoredResponse]) -> StoredResponse:
    try:
        return await context.store.work(unit)
    except StoreUnavailable as error:
        log.error("decision_log_unavailable", reason=str(error))
        detail = "Nothing was recorded. Write it down on paper, and record it again when the service is back."
        raise ProblemError(make_problem(ProblemKind.NOT_RECORDED, detail)) from error


def _read(call: IdempotentCall, model: type[M]) -> M:
    stated = read_model(call.body, model)
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    return stated


def _wrong(pointer: str, detail: str) -> ProblemError:
    fault = FieldError(pointer=pointer, detail=detail)
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=[fault]))
