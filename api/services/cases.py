"""Commands on cases: open a case, record facts. Each is one unit of work of the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

from api.domain.cases.answers import CaseAcknowledgement
from api.domain.cases.case import Case
from api.domain.cases.recordable_facts import (
    AGREED_ON,
    COMMITTEES,
    FactStatement,
    FactStatements,
    NewFact,
    as_json,
    find_statement_faults,
    marks_of,
    may_record,
    opening_facts,
)
from api.domain.department import department_of
from api.domain.identity import Caller, Role
from api.ledger.entries import FACT, REQUEST, Entry, EntryKind
from api.parsing.entity_tags import EntityTags
from api.parsing.fields import read_whole_number
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model, read_request
from api.parsing.stated_texts import form_member, with_normal_texts
from api.parsing.strict_json import read_value
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.idempotent_commands import record_once
from api.storage.cases import add_case, add_facts, load_case, load_cases_about
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import COMMITTEE, withhold_claims

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def open_case(context: Context, call: IdempotentCall) -> StoredResponse:
    """Open a case with the facts of a request, as of the day the request names. Raises `ProblemError`."""
    received = read_request(call.body)
    if isinstance(received, Problem):
        raise ProblemError(received)
    request, at = received.request, context.clock()
    today = context.policies.current.policies.day_at(at)
    day = request.as_of or today
    department = department_of(request, call.caller, "A department opens its own cases only.")
    if department is None:
        _refuse("/department/id", "is required, since a case belongs to a department", request.request_id)
    marks = tuple(marks_of(request))
    if day > today:
        _refuse(
            "/as_of", "must not lie after today, since a case records what has happened", request.request_id
        )
    owner = call.caller.role is Role.COMMITTEE
    claims = ((),) * len(request.items) if owner else withhold_claims(request, COMMITTEE)[1]
    stated = opening_facts(request, with_normal_texts(read_value(call.body)), day)
    facts = [fact for fact in stated if may_record(call.caller.role, fact.name)]
    case = Case(
        case_id=new_decision_id(at),
        request_id=request.request_id,
        department=department,
        opened_at=at,
        lines=marks,
        claims=claims,
        version=0,
        facts=(),
    )

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        for other in load_cases_about(connection, {case.request_id}):
            if other.department == department:
                detail = f"See /v1/cases/{other.case_id}. Record facts there, or send another request_id."
                raise ProblemError(make_problem(ProblemKind.CASE_EXISTS, detail))
        add_case(connection, case, place)
        version = add_facts(connection, case, facts, [place] * len(facts), at, call.caller)
        members = {
            **_by(call.caller),
            "department": department,
            "happened_on": day.isoformat(),
            "version": version,
            **form_member(call.body),
        }
        entry = Entry(EntryKind.CASE_OPENED, case.case_id, at, members, {REQUEST: call.body})
        return [entry], _acknowledged(case, version, at)

    return await record_once(context, call, unit)


async def record_facts(
    context: Context, call: IdempotentCall, case_id: str, seen: EntityTags
) -> StoredResponse:
    """Record facts of a case in the version that was `seen`; all of them or none. Raises `ProblemError`."""
    received = read_model(call.body, FactStatements)
    if isinstance(received, Problem):
        raise ProblemError(received)
    statements = received.facts

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at = context.clock()
        case = visible(load_case(connection, case_id), call.caller)
        _check(case, statements, call.caller, context.policies.current.policies.day_at(at))
        _check_seen(case, seen)
        facts = [_fact(stated) for stated in statements]
        sequences = [place + index for index in range(len(facts))]
        after = add_facts(connection, case, facts, sequences, at, call.caller)
        entries = [
            _entry(case_id, fact, position, at, call.caller)
            for position, fact in enumerate(facts, case.version + 1)
        ]
        return entries, _acknowledged(case, after, at)

    return await record_once(context, call, unit)


def visible(case: Case | None, caller: Caller) -> Case:
    """Return the case, if the caller may know of it. Raises `ProblemError`; for others it is not found."""
    if case is None or caller.department not in (None, case.department):
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No case has this id."))
    return case


def _check(case: Case, statements: Sequence[FactStatement], caller: Caller, today: dt.date) -> None:
    """Raise what is wrong with the statements: 400 for their faults, else 403 for facts of another's."""
    faults = find_statement_faults(statements, today) + _faults_in(case, statements)
    if faults:
        raise ProblemError(
            make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=faults[:50])
        )
    others = list(_not_the_callers(case, statements, caller.role))
    if others:
        detail = "Nothing was recorded. Each fact is recorded by its owner or by the Committee."
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, detail, errors=others))


def _check_seen(case: Case, seen: EntityTags) -> None:
    """Raise unless the case has one of the versions that were seen; the problem is true of them."""
    if str(case.version) in seen.strong:
        return
    versions = [read_whole_number(tag, 0, case.version) for tag in seen.strong]
    if any(version is not None for version in versions):
        kind = ProblemKind.VERSION_CHANGED
        detail = "Nothing was recorded. Read the case again, then send its new `ETag` in `If-Match`."
    elif seen.strong:
        kind = ProblemKind.VERSION_UNKNOWN
        detail = "Nothing was recorded. Send the `ETag` of the case as you last read it in `If-Match`."
    else:
        kind = ProblemKind.VERSION_WEAK
        detail = "Nothing was recorded. Send the `ETag` of the case as you read it, without the `W/`."
    raise ProblemError(make_problem(kind, detail))


def _not_the_callers(case: Case, statements: Sequence[FactStatement], role: Role) -> Iterator[FieldError]:
    """Yield the statements that others have to record; the Committee may record everything."""
    if role is Role.COMMITTEE:
        return
    recorders = {fact.position: fact.role for fact in case.facts}
    assessed = {fact.line for fact in case.facts if fact.name in COMMITTEES}
    for index, stated in enumerate(statements):
        if not may_record(role, stated.fact):
            yield FieldError(pointer=f"/facts/{index}/fact", detail="this fact is recorded by somebody else")
        elif recorders.get(stated.supersedes or 0, role) is not role:
            place = f"/facts/{index}/supersedes"
            yield FieldError(
                pointer=place, detail="that was recorded by somebody else, who alone corrects it"
            )
        elif stated.fact in AGREED_ON and (_mark(stated) in assessed or (stated.line is None and assessed)):
            detail = (
                "the Committee has recorded facts about what was asked for; another thing is another request"
            )
            yield FieldError(pointer=f"/facts/{index}/fact", detail=detail)


def _faults_in(case: Case, statements: Sequence[FactStatement]) -> list[FieldError]:
    faults = []
    lines = {str(mark) for mark in case.lines}
    earlier = {fact.position: (fact.line, fact.name) for fact in case.facts}
    corrected = {fact.supersedes for fact in case.facts}
    for index, stated in enumerate(statements):
        if stated.line is not None and str(stated.line) not in lines:
            faults.append(FieldError(pointer=f"/facts/{index}/line", detail="the case has no such line"))
        if stated.supersedes is None:
            continue
        place = f"/facts/{index}/supersedes"
        if earlier.get(stated.supersedes) != (_mark(stated), stated.fact):
            faults.append(
                FieldError(pointer=place, detail="must be the position of an earlier record of this fact")
            )
        elif stated.supersedes in corrected:
            faults.append(FieldError(pointer=place, detail="that record has already been superseded"))
        corrected.add(stated.supersedes)
    return faults


def _mark(stated: FactStatement) -> str | None:
    return None if stated.line is None else str(stated.line)


def _fact(stated: FactStatement) -> NewFact:
    value = as_json(stated.value)
    return NewFact(_mark(stated), stated.fact, value, stated.happened_on, stated.evidence, stated.supersedes)


def _entry(case_id: str, fact: NewFact, position: int, at: dt.datetime, caller: Caller) -> Entry:
    members = {
        "line": fact.line,
        "fact": fact.name,
        "happened_on": fact.happened_on.isoformat(),
        "evidence": fact.evidence,
        "supersedes": fact.supersedes,
    }
    payload = f'{json.dumps(members, ensure_ascii=False)[:-1]}, "value": {fact.value}}}'.encode()
    return Entry(EntryKind.CASE_FACT, case_id, at, {**_by(caller), "position": position}, {FACT: payload})


def _by(caller: Caller) -> dict[str, str]:
    return {"caller": caller.name, "role": caller.role}


def _acknowledged(case: Case, version: int, at: dt.datetime) -> StoredResponse:
    answer = CaseAcknowledgement(
        case_id=case.case_id,
        version=version,
        recorded_at=at,
        positions=tuple(range(case.version + 1, version + 1)),
    )
    return StoredResponse(answer.to_text(), version)


def _refuse(pointer: str, detail: str, request_id: str | None) -> NoReturn:
    fault = FieldError(pointer=pointer, detail=detail)
    raise ProblemError(
        make_problem(ProblemKind.INVALID_REQUEST, "1 fault was found.", request_id=request_id, errors=[fault])
    )
