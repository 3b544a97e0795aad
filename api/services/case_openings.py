"""The command that opens a case, with the facts of a request or of the request of a recorded decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from api.domain.believed_parties import belief_members, believed_of, opening_members
from api.domain.cases.answers import acknowledge
from api.domain.cases.case import Case
from api.domain.cases.recordable_facts import CaseStatement, NewFact, marks_of, opening_of
from api.domain.decision_record import UnreadableRequest, read_decided_request
from api.domain.department import department_of, office_pointer
from api.domain.identity import Caller
from api.ledger.entries import REQUEST, Entry, EntryKind
from api.ledger.erasure import has_erased
from api.parsing.characters import NORMAL_FORM, in_normal_form
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model, read_request
from api.parsing.stated_texts import FORM, as_taken, find_text_faults, form_member, with_normal_texts
from api.parsing.strict_json import NotJsonError, read_value
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.decision_queries import visible_decision
from api.services.idempotent_commands import record_once
from api.services.recorded_words import words_of_entry
from api.storage.cases import add_case, add_facts, find_case_id
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import PolicySet, Request, Vocabulary

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DECISION_ID = "decision_id"


@dataclass(frozen=True, slots=True)
class _Opening:
    """A request to open a case with, its bytes, and the day on which what it states had happened.

    `value` is the JSON of the request, with the texts as they were taken; `members` are those of the entry that say
    how, and name the source, if it was not the body.
    """

    vocabulary: Vocabulary
    request: Request
    body: bytes
    value: Any
    department: str
    day: dt.date
    believed: frozenset[str]
    members: Mapping[str, Any] = field(default_factory=dict)


async def open_case(context: Context, call: IdempotentCall) -> StoredResponse:
    """Open a case with the facts of a request, or of that of a decision, as of its day. Raises `ProblemError`."""
    policies = context.policies.current.policies
    today = policies.day_at(context.clock())
    stated = _read_decision_id(call.body) or _read_stated(policies.vocabulary, call, today)
    return await _open(context, call, stated)


async def open_case_of_decision(context: Context, call: IdempotentCall, decision_id: str) -> StoredResponse:
    """Open the case of a decision, whatever the body of the call says. Raises `ProblemError`."""
    return await _open(context, call, decision_id)


async def _open(context: Context, call: IdempotentCall, stated: str | _Opening) -> StoredResponse:
    at = context.clock()
    active = context.policies.current
    policies = active.policies
    today = policies.day_at(at)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        found = (
            _read_decided(connection, policies, stated, call.caller, today)
            if isinstance(stated, str)
            else stated
        )
        case, facts = _case_of(found, at)
        if other := find_case_id(connection, (case.department, case.request_id)):
            detail = f"See /v1/cases/{other}. Record facts there, or send another request_id."
            raise ProblemError(make_problem(ProblemKind.CASE_EXISTS, detail))
        add_case(connection, case, place)
        version = add_facts(connection, case, facts, [place] * len(facts), at, call.caller.author)
        members = {
            "caller": call.caller.name,
            "role": call.caller.role.name,
            "department": found.department,
            "happened_on": found.day.isoformat(),
            "version": version,
            **found.members,
        }
        entry = Entry(EntryKind.CASE_OPENED, case.case_id, at, members, {REQUEST: found.body})
        return [entry], StoredResponse(acknowledge(case, version, at).to_text(), version)

    return await record_once(context, call, unit, active)


def _case_of(opening: _Opening, at: dt.datetime) -> tuple[Case, Sequence[NewFact]]:
    """The case as it is opened, and the facts that it begins with."""
    request = opening.request
    begun = opening_of(opening.vocabulary, request, opening.value, opening.day, opening.believed)
    case = Case(
        case_id=new_decision_id(at),
        request_id=request.request_id,
        department=opening.department,
        opened_at=at,
        lines=tuple(marks_of(request)),
        claims=begun.claims,
        version=0,
        facts=(),
    )
    return case, begun.facts


def _read_decision_id(body: bytes) -> str | None:
    """Return the decision that a body names; None for one that is to be read as a request. Raises `ProblemError`."""
    try:
        value = read_value(body)
    except NotJsonError:
        return None
    if not (isinstance(value, dict) and _DECISION_ID in value):
        return None
    stated = read_model(body, CaseStatement)
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    return stated.decision_id


def _read_stated(vocabulary: Vocabulary, call: IdempotentCall, today: dt.date) -> _Opening:
    """Read the request of the body. Raises `ProblemError`."""
    received = read_request(call.body, vocabulary)
    if isinstance(received, Problem):
        raise ProblemError(received)
    request = received.request
    day = request.as_of or today
    department = department_of(vocabulary, request, call.caller, "A department opens its own cases only.")
    if department is None and vocabulary.declarations.asking_office is None:
        _refuse(
            "", "names no department, for which the words have no fact; who asks opens it", request.request_id
        )
    if department is None:
        _refuse(
            office_pointer(vocabulary),
            "is required, since a case belongs to a department",
            request.request_id,
        )
    if day > today:
        _refuse(
            "/as_of", "must not lie after today, since a case records what has happened", request.request_id
        )
    value = with_normal_texts(read_value(call.body))
    believed = believed_of(vocabulary, call.caller.role)
    return _Opening(
        vocabulary,
        request,
        call.body,
        value,
        department,
        day,
        believed,
        {**opening_members(vocabulary, believed, call.caller.role.name), **form_member(call.body)},
    )


def _read_decided(
    connection: Connection, policies: PolicySet, decision_id: str, caller: Caller, today: dt.date
) -> _Opening:
    """Read the request of a decision, which the caller may know of. Raises `ProblemError`."""
    entry, record = visible_decision(connection, decision_id, caller)
    if record.department is None:
        _refuse_decision("its request names no department, and a case belongs to one; open it with a request")
    if has_erased(connection, entry):
        _refuse_decision("texts of its request have been erased; open the case with a request")
    # An earlier version may have taken texts that no request about the case could state any more.
    body, members = entry.payloads[REQUEST], {**entry.members, FORM: NORMAL_FORM}
    if any(find_text_faults(read_value(body))):
        _refuse_decision("a text of its request has a character that does not show; open it with a request")
    vocabulary = words_of_entry(connection, entry, policies)
    try:
        request = read_decided_request(entry.key, members, body, vocabulary)
    except UnreadableRequest as fault:
        raise ProblemError(fault.problem) from fault
    # What was stated ahead of its day had been stated by the day of the decision.
    decided_on = record.day_at(entry.at)
    day = min(request.as_of or decided_on, decided_on, today)
    believed = record.believed_in(vocabulary) & believed_of(vocabulary, caller.role)
    source = {_DECISION_ID: entry.key, **belief_members(vocabulary, believed), **form_member(body)}
    department = in_normal_form(record.department)
    return _Opening(
        vocabulary, request, body, as_taken(read_value(body), members), department, day, believed, source
    )


def _refuse_decision(detail: str) -> NoReturn:
    _refuse(f"/{_DECISION_ID}", detail, None)


def _refuse(pointer: str, detail: str, request_id: str | None) -> NoReturn:
    fault = FieldError(pointer=pointer, detail=detail)
    raise ProblemError(
        make_problem(ProblemKind.INVALID_REQUEST, "1 fault was found.", request_id=request_id, errors=[fault])
    )
