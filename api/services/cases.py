"""The command that records facts of a case, as one unit of work of the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from api.domain.cases.answers import acknowledge
from api.domain.cases.case import Case
from api.domain.cases.recordable_facts import (
    AGREED_ON,
    FactStatement,
    FactStatements,
    NewFact,
    as_json,
    find_statement_faults,
    owned_facts,
)
from api.domain.deciders import deciders_in_words
from api.domain.identity import Author, Caller
from api.ledger.entries import FACT, Entry, EntryKind
from api.parsing.entity_tags import EntityTags
from api.parsing.fields import read_whole_number
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model
from api.services.context import Context
from api.services.idempotent_commands import record_once
from api.storage.cases import add_facts, load_case
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import PolicySet, Role

if TYPE_CHECKING:
    from sqlalchemy import Connection


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
        policies = context.policies.current.policies
        _check(policies, case, statements, call.caller, policies.day_at(at))
        _check_seen(case, seen)
        facts = [_fact(stated) for stated in statements]
        sequences = [place + index for index in range(len(facts))]
        after = add_facts(connection, case, facts, sequences, at, call.caller.author)
        entries = [
            _entry(case_id, fact, position, at, call.caller.author)
            for position, fact in enumerate(facts, case.version + 1)
        ]
        return entries, StoredResponse(acknowledge(case, after, at).to_text(), after)

    return await record_once(context, call, unit)


def visible(case: Case | None, caller: Caller) -> Case:
    """Return the case, if the caller may know of it. Raises `ProblemError`; for others it is not found."""
    if case is None or caller.department not in (None, case.department):
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No case has this id."))
    return case


def _check(
    policies: PolicySet,
    case: Case,
    statements: Sequence[FactStatement],
    caller: Caller,
    today: dt.date,
) -> None:
    """Raise what is wrong with the statements: 400 for their faults, else 403 for facts of another's."""
    faults = find_statement_faults(policies.vocabulary, statements, today) + _faults_in(case, statements)
    if faults:
        raise ProblemError(
            make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=faults[:50])
        )
    others = list(_not_the_callers(policies, case, statements, caller.role))
    if others:
        who = deciders_in_words(policies)
        detail = f"Nothing was recorded. Each fact is recorded by its owner or by {who}."
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


def _not_the_callers(
    policies: PolicySet, case: Case, statements: Sequence[FactStatement], role: Role
) -> Iterator[FieldError]:
    """Yield the statements that others have to record; who decides may correct what others recorded."""
    owned = owned_facts(policies.vocabulary)
    recorders = {fact.position: fact.role for fact in case.facts}
    assessed = {fact.line for fact in case.facts if fact.name in owned}
    for index, stated in enumerate(statements):
        if stated.fact not in role.records:
            yield FieldError(pointer=f"/facts/{index}/fact", detail="this fact is recorded by somebody else")
        elif role.decides:
            continue
        elif recorders.get(stated.supersedes or 0, role.name) != role.name:
            place = f"/facts/{index}/supersedes"
            yield FieldError(
                pointer=place, detail="that was recorded by somebody else, who alone corrects it"
            )
        elif stated.fact in AGREED_ON and (_mark(stated) in assessed or (stated.line is None and assessed)):
            who = deciders_in_words(policies)
            detail = f"{who} has recorded facts about what was asked for; another thing is another request"
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


def _entry(case_id: str, fact: NewFact, position: int, at: dt.datetime, author: Author) -> Entry:
    members = {
        "line": fact.line,
        "fact": fact.name,
        "happened_on": fact.happened_on.isoformat(),
        "evidence": fact.evidence,
        "supersedes": fact.supersedes,
    }
    payload = f'{json.dumps(members, ensure_ascii=False)[:-1]}, "value": {fact.value}}}'.encode()
    return Entry(
        EntryKind.CASE_FACT,
        case_id,
        at,
        {"caller": author.name, "role": author.role, "position": position},
        {FACT: payload},
    )
