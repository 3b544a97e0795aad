"""Clearances: issued once for a decision that permits, signed by the log's key and recorded in the log; and read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.domain.cases.case import stated_request
from api.domain.decision_moment import DecisionMoment
from api.domain.decision_record import DecisionRecord, UnreadableRequest, read_decided_request
from api.domain.handovers.answers import ClearanceAnswer, ClearanceState, IssuedClearance
from api.domain.handovers.clearance import Clearance, sign_clearance
from api.domain.handovers.deliveries import Delivered
from api.domain.handovers.handover import ClearanceStatement
from api.domain.identity import Caller
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.revisions import find_revision, store_revision
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model, read_request
from api.policies.active_set import ActiveSet
from api.services.cases import visible
from api.services.clearance_drafts import Permitted, check_day, day_of, draft_clearance, not_cleared
from api.services.context import Context
from api.services.decision_queries import visible_decision
from api.services.handover_decisions import DepartmentRequest, current_basis, for_handover_on
from api.services.idempotent_commands import record_once
from api.services.pre_checks import decide_one
from api.services.recorded_words import words_of_entry
from api.storage.case_records import find_case_records
from api.storage.cases import load_case
from api.storage.handovers import (
    StoredClearance,
    add_clearance,
    find_clearance,
    find_clearance_of,
    first_use,
    load_deliveries,
)
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import Decision, PolicySet, Request, Vocabulary, decide, load_recorded_policies

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTE = "note"
"""The name of the payload that holds a clearance, as a text in JSON."""


async def issue_clearance(context: Context, call: IdempotentCall) -> StoredResponse:
    """Issue the clearance of a decision, or return the one it has; or decide a case, and issue that of the decision.

    Raises `ProblemError`.
    """
    stated = read_model(call.body, ClearanceStatement)
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    active, key, planned_on = context.policies.current, context.store.signing_key, stated.planned_on

    def find(connection: Connection) -> Permitted | None:
        if stated.decision_id is None:
            return None
        entry, _ = visible_decision(connection, stated.decision_id, call.caller)
        return _permitted(connection, entry, active)

    before = await context.store.read(find)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at, _ = moment = context.moment(active)
        today = active.policies.day_at(at)
        decided: Sequence[Entry] = ()
        if before is None:
            decided = [
                _decide_case(
                    connection, str(stated.case_id), planned_on or today, active, moment, call.caller
                )
            ]
        elif issued := find_clearance_of(connection, before.decision.decision_id):
            again = IssuedClearance(**_members(connection, issued, today), already_issued=True)
            return (), StoredResponse(again.to_text())
        found = before or _permitted(connection, decided[0], active)
        check_day(found, planned_on, today, context.settings.takes_old_days)
        _check_now(connection, found, planned_on or found.day_on(today), active.policies, moment)
        clearance = draft_clearance(found, planned_on, key.name, at, today)
        note = sign_clearance(clearance, key)
        issued = StoredClearance(note, found.at, call.caller.name, place + len(decided))
        add_clearance(connection, issued)
        members = _members(connection, issued, today)
        if call.dry_run:  # a signed one would hold at a desk, which sees the signature and not the log
            members["note"] = clearance.to_text()
        answer = IssuedClearance(**members, already_issued=False)
        return [*decided, _entry(clearance, note, at, call.caller)], StoredResponse(answer.to_text())

    return await record_once(context, call, unit, active)


def _decide_case(
    connection: Connection,
    case_id: str,
    day: dt.date,
    active: ActiveSet,
    moment: DecisionMoment,
    caller: Caller,
) -> Entry:
    """Return the decision that the department of a case would get for a request of what it records, as of `day`."""
    case = visible(load_case(connection, case_id), caller)
    if delivered := load_deliveries(connection, [case_id]).get(case_id):
        raise not_cleared(_another_copy(delivered, active.policies))
    vocabulary = active.policies.vocabulary
    received = read_request(stated_request(vocabulary, case, day), vocabulary)
    if isinstance(received, Problem):
        raise ProblemError(received)
    marks = set(map(str, case.lines))
    records = find_case_records(connection, {(case.department, case.request_id)}, marks)
    store_revision(connection, active.files)
    return decide_one(received, case.department, records, active, moment, caller)


def _another_copy(delivered: Mapping[str, Delivered], policies: PolicySet) -> str:
    """Say which line was delivered first, when, and by which handover."""
    line, first = min(delivered.items(), key=lambda found: found[1].handover.sequence)
    handover = first.handover
    cited = policies.registers.handovers.another_copy if policies.registers else None
    clause = f" ({cited})" if cited else ""
    return (
        f"Line {line} of the case was handed over in order on {handover.handed_over_on} ({handover.handover_id})."
        f" A second copy is a new request{clause}; what is left of the case is cleared by a pre-check of its own."
    )


async def show_clearance(context: Context, clearance_id: str, caller: Caller) -> bytes:
    """Return a clearance with its state. Raises `ProblemError`; for another department it is not found."""
    answer, _ = await read_clearance(context, clearance_id, caller)
    return answer.to_text().encode()


async def read_clearance(
    context: Context, clearance_id: str, caller: Caller
) -> tuple[ClearanceAnswer, Clearance]:
    """Return the answer about a clearance, and what it allows. Raises `ProblemError` as `show_clearance` does."""

    def read(connection: Connection) -> tuple[ClearanceAnswer, Clearance]:
        issued = find_clearance(connection, clearance_id)
        if issued is None or caller.department not in (None, issued.clearance.department):
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No clearance has this id."))
        today = context.policies.current.policies.day_at(context.clock())
        return ClearanceAnswer(**_members(connection, issued, today)), issued.clearance

    return await context.store.read(read)


def _permitted(connection: Connection, entry: Entry, active: ActiveSet) -> Permitted:
    """Return a decision with its request and its policies. Raises `ProblemError` if the request cannot be read."""
    vocabulary = words_of_entry(connection, entry, active.policies)
    try:
        request = read_decided_request(entry.key, entry.members, entry.payloads[REQUEST], vocabulary)
    except UnreadableRequest as fault:
        raise ProblemError(fault.problem) from fault
    if vocabulary is not active.policies.vocabulary:
        request = _in_words_now(entry, active.policies.vocabulary)
    decision = Decision.model_validate_json(entry.payloads[DECISION])
    record = DecisionRecord.from_members(entry.members)
    return Permitted(entry.at, record, request, decision, _policies(connection, decision, active))


def _in_words_now(entry: Entry, vocabulary: Vocabulary) -> Request:
    """Return the request in the words in force, by which the handover is decided. Raises `ProblemError`."""
    try:
        return read_decided_request(entry.key, entry.members, entry.payloads[REQUEST], vocabulary)
    except UnreadableRequest as fault:
        raise not_cleared(
            "The policies in force have other words than the request. Ask again, and hand nothing over."
        ) from fault


def _policies(connection: Connection, decision: Decision, active: ActiveSet) -> PolicySet:
    """The policies a decision was taken under, which may not be in force any more."""
    if decision.policy.revision == active.policies.revision:
        return active.policies
    files = find_revision(connection, decision.policy.revision)
    assert files is not None, "the files of every revision are stored"
    return load_recorded_policies(files.read())


def _check_now(
    connection: Connection, found: Permitted, day: dt.date, policies: PolicySet, moment: DecisionMoment
) -> None:
    """Raise unless what the decision permits would be permitted by what is known now and the policies in force."""
    request = for_handover_on(day, found.request)
    about = DepartmentRequest(request, found.record.department, found.record.believed_in(policies.vocabulary))
    facts = current_basis(policies, connection, about, day).facts
    decision_id = found.decision.decision_id
    now = decide(
        policies,
        facts.request,
        decision_id=decision_id,
        evaluated_at=moment.at,
        claimed=facts.claimed,
        status=moment.status,
    )
    permitted = {str(line.line) for line in found.decision.lines if line.outcome.permits}
    lost = [line for line in now.lines if str(line.line) in permitted and not line.outcome.permits]
    if lost:
        listed = "; ".join(f"line {line.line} {line.outcome} ({', '.join(line.clauses)})" for line in lost)
        too_old = "".join(f" Of the policies in force, {past.fact}." for past in moment.status.too_old)
        raise not_cleared(
            f"By what is known now it is no longer permitted: {listed}.{too_old} Hand nothing over."
        )


def _entry(clearance: Clearance, note: str, at: dt.datetime, caller: Caller) -> Entry:
    members = {
        "caller": caller.name,
        "role": caller.role.name,
        "decision_id": clearance.decision_id,
        "department": clearance.department,
        "valid_until": clearance.valid_until.isoformat(),
    }
    payload = json.dumps(note, ensure_ascii=False).encode()
    return Entry(EntryKind.CLEARANCE_ISSUED, clearance.clearance_id, at, members, {NOTE: payload})


def _members(connection: Connection, issued: StoredClearance, today: dt.date) -> dict[str, Any]:
    clearance = issued.clearance
    used_by = first_use(connection, clearance.clearance_id)
    decided_on = clearance.day_at(issued.decided_at)
    day = day_of(clearance.valid_from, decided_on, today)
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
