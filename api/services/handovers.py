"""Commands on handovers: each handover is recorded, whatever is wrong with it, and so is its transfer procedure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from api.domain.handovers.answers import TransferAcknowledgement
from api.domain.handovers.assessment import assess_handover
from api.domain.handovers.completion import (
    complete,
    describe_taken,
    taken_for_lines,
)
from api.domain.handovers.corrections import Superseded
from api.domain.handovers.handover import (
    HandoverStatement,
    HandoverStatus,
    RecordedHandover,
    Transfer,
    TransferStatement,
)
from api.domain.handovers.handover_models import handover_model
from api.domain.handovers.handover_view import ground_answer, handover_content, transfer_members
from api.domain.identity import Caller
from api.ledger.database import StoreUnavailable
from api.ledger.entries import TRANSFER, Entry, EntryKind
from api.ledger.group_commit import Unit
from api.ledger.revisions import store_revision
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model
from api.parsing.stated_texts import form_member
from api.policies.active_set import ActiveSet
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.handover_corrections import (
    check_clearance_stays,
    check_counts,
    describe_correction,
    find_superseded,
    withdraw_events,
)
from api.services.handover_decisions import basis_of_handover
from api.services.handover_entries import AssessedHandover, handover_entry
from api.services.idempotent_commands import record_once
from api.services.presented_clearances import present_clearance
from api.services.register_deliveries import mark_delivered, mark_transferred
from api.services.register_events import EventRecord
from api.storage.cases import load_case
from api.storage.handover_corrections import add_corrections
from api.storage.handovers import (
    add_handover,
    add_transfer,
    find_handover,
    load_transfers,
)
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import decide

if TYPE_CHECKING:
    from sqlalchemy import Connection

M = TypeVar("M", bound=BaseModel)

log = get_logger()


class FoundOtherwise(Exception):  # an answer to the caller, not a failure
    """By now something else would be found of a handover than was shown."""


def findings_digest(answer: str) -> str:
    """Return the digest of what was found of a handover, by the answer about it: its status and the grounds."""
    found = json.loads(answer)
    return sha256(json.dumps([found["status"], found["grounds"]]).encode()).hexdigest()


async def record_handover(context: Context, call: IdempotentCall, shown: str | None = None) -> StoredResponse:
    """Record a handover and its assessment. Raises `ProblemError`: only what cannot be read is refused.

    `shown` is the digest of what the caller was shown; where that is not what is found, nothing is recorded and
    `FoundOtherwise` is raised. Without it, it is recorded whatever is found.
    """
    active = context.policies.current
    policies = active.policies
    stated: HandoverStatement = _read(call, handover_model(policies.vocabulary))
    department = _department(stated, call.caller)
    if stated.handed_over_on > policies.day_at(context.clock()):
        raise _wrong("/handed_over_on", "must not lie after today")
    breaches: list[RecordedHandover] = []

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at = context.clock()
        record = EventRecord(place, at, call.caller.author, call.body, new_decision_id(at))
        superseded = find_superseded(connection, stated, call.caller, policies)
        withdrawn = withdraw_events(connection, superseded, stated.reason or "", policies, record)
        record = replace(record, place=place + len(withdrawn.entries))
        assessed = _assess(connection, context, stated, department, superseded, active, record, call.caller)
        store_revision(connection, active.files)
        update = mark_delivered(connection, record.place + 1, assessed.handover, policies, record.author)
        handover = assessed.handover.with_notes([*withdrawn.notes, *update.notes])
        answer = json.dumps(handover.content)
        if shown not in (None, findings_digest(answer)):
            raise FoundOtherwise
        add_handover(connection, handover)
        add_corrections(connection, superseded.named, record.key, call.caller.role.name, record.place)
        if handover.status is HandoverStatus.BREACH and not call.dry_run:
            breaches.append(handover)
        entry = handover_entry(replace(assessed, handover=handover), policies.time_zone, call)
        entries = [*withdrawn.entries, entry, *update.entries]
        return entries, StoredResponse(answer)

    response = await _record(context, call, unit, active)
    for handover in breaches:
        codes = [ground["code"] for ground in handover.content["grounds"]]
        log.warning("handover_in_breach", handover_id=handover.handover_id, grounds=codes)
    return response


async def record_transfer(context: Context, call: IdempotentCall, handover_id: str) -> StoredResponse:
    """Record the transfer procedure of a handover, once. Raises `ProblemError`."""
    stated = _read(call, TransferStatement)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at = context.clock()
        handover = visible(find_handover(connection, handover_id), call.caller)
        policies = context.policies.current.policies
        if stated.recorded_on > policies.day_at(at):
            raise _wrong("/recorded_on", "must not lie after today")
        if stated.recorded_on < handover.handed_over_on:
            raise _wrong("/recorded_on", f"must not lie before the handover of {handover.handed_over_on}")
        check_counts(connection, handover)
        if load_transfers(connection, [handover]):
            detail = f"Nothing was recorded. See `transfer` in /v1/handovers/{handover_id}."
            raise ProblemError(make_problem(ProblemKind.TRANSFER_KNOWN, detail))
        transfer = Transfer(handover_id, stated.recorded_on, stated.reference, at, call.caller.name)
        add_transfer(connection, transfer, place)
        update = mark_transferred(connection, place + 1, handover, transfer, policies, call.caller.author)
        members = {"caller": call.caller.name, "role": call.caller.role.name, **form_member(call.body)}
        entry = Entry(EntryKind.TRANSFER_RECORDED, handover_id, at, members, {TRANSFER: call.body})
        answer = TransferAcknowledgement(
            handover_id=handover_id, **transfer_members(transfer), notes=tuple(update.notes)
        )
        return [entry, *update.entries], StoredResponse(answer.to_text())

    return await _record(context, call, unit)


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
    superseded: Superseded,
    active: ActiveSet,
    record: EventRecord,
    caller: Caller,
) -> AssessedHandover:
    handover_id, at = record.key, record.at
    presented = present_clearance(connection, stated, caller)
    if presented.used_by in superseded.all:
        presented = replace(presented, used_by=None)
    bound = presented.binding
    clearance_id = bound.clearance_id if bound else None
    check_clearance_stays(superseded, clearance_id, caller, active.policies)
    taken = taken_for_lines(stated, bound, active.policies.vocabulary)
    stated = complete(stated, taken)
    open_members = ["the department"] if bound and bound.department and department is None else []
    department = bound.department if bound and department is None else department
    basis = basis_of_handover(active.policies, connection, handover_id, stated, department, bound)
    status = context.policies.serving_status(active, at).without_limits()
    decision = decide(
        active.policies,
        basis.facts.request,
        decision_id=handover_id,
        evaluated_at=at,
        claimed=basis.facts.claimed,
        status=status,
    )
    assessment = assess_handover(
        stated,
        department,
        presented,
        decision,
        active.policies,
        takes_old_days=context.settings.takes_old_days,
        corrected_breach=None if caller.role.decides else superseded.breach,
    )
    uses_up = None if presented.used_by else clearance_id
    named = None if presented.other_case else _case_of(connection, stated.case_id, department)
    case_id = named or basis.case_id
    request_id = bound.request_id if bound else stated.request_id
    in_order = assessment.status is HandoverStatus.IN_ORDER
    head = {
        "handover_id": handover_id,
        "status": assessment.status,
        "grounds": tuple(map(ground_answer, assessment.grounds)),
        "notes": (
            *describe_correction(superseded, clearance_id, caller),
            *describe_taken(open_members, taken),
            *assessment.notes,
        ),
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
        sequence=record.place,
    )
    return AssessedHandover(handover, decision, basis.facts, taken, status)


def _case_of(connection: Connection, case_id: str | None, department: str | None) -> str | None:
    """The case that is named, if it is one of the department."""
    case = load_case(connection, case_id) if case_id else None
    return case_id if case and case.department == department else None


def _department(stated: HandoverStatement, caller: Caller) -> str | None:
    if caller.department and stated.department not in (None, caller.department):
        fault = FieldError(pointer="/department", detail="this is not the department of the caller")
        rule = "Nothing was recorded. A department records its own handovers only."
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, rule, errors=[fault]))
    return caller.department or stated.department


async def _record(
    context: Context, call: IdempotentCall, unit: Unit[StoredResponse], active: ActiveSet | None = None
) -> StoredResponse:
    try:
        return await record_once(context, call, unit, active)
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
