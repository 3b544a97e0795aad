"""The facts by which a handover is decided as it happened: those of the cleared request, or the handover's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.believed_parties import everybody, nobody_else
from api.domain.cases.case import Moment, state_at
from api.domain.cases.recordable_facts import COUNTRIES, marks_of, nested, owned_facts
from api.domain.decision_record import DecisionRecord, UnreadableRequest, read_decided_request
from api.domain.handovers.clearance import Clearance
from api.domain.handovers.handover import HandoverStatement
from api.domain.handovers.handover_models import STATED_ALONE
from api.domain.known_facts import (
    EstablishedFacts,
    KnownFacts,
    establish_facts,
    known_of,
    listed_facts,
)
from api.ledger.entries import REQUEST
from api.ledger.reader import find_decision
from api.parsing.characters import NORMAL_FORM, in_normal_form
from api.parsing.stated_texts import FORM
from api.storage.case_records import find_case_records
from engine import Item, PolicySet, Request, Vocabulary

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class DecisionBasis:
    """The facts to decide by, the case about the request, if there is one, and the lines that are pending items."""

    facts: EstablishedFacts
    case_id: str | None
    pending_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DepartmentRequest:
    """A request and its department, and the parties whose statements in it count."""

    request: Request
    department: str | None
    believed: frozenset[str]


def basis_of_handover(
    policies: PolicySet,
    connection: Connection,
    handover_id: str,
    stated: HandoverStatement,
    department: str | None,
    clearance: Clearance | None,
) -> DecisionBasis:
    """Return the facts to decide by: the handover as it happened, with the owners' facts as known now.

    Under a clearance these are the facts of its request, for the lines that were handed over; without one, or where
    no line is of the clearance or its request is in words that are no longer in force, the handover's own.
    """
    about = _cleared_request(policies, connection, stated, clearance) if clearance else None
    about = about or _stated_request(policies.vocabulary, connection, handover_id, stated, department)
    return current_basis(policies, connection, about, stated.handed_over_on)


def current_basis(
    policies: PolicySet, connection: Connection, about: DepartmentRequest, day: dt.date
) -> DecisionBasis:
    """Return the facts to decide by: the case ledger, as known now, replaces what owners themselves stated."""
    key = (about.department, about.request.request_id) if about.department else None
    marks = set(map(str, marks_of(about.request)))
    records = find_case_records(connection, {key} if key else set(), marks)
    vocabulary, registers = policies.vocabulary, policies.registers
    known = known_of(policies, about.request, about.department, records, day)
    facts = establish_facts(vocabulary, about.request, known, nobody_else(vocabulary))
    case_id = records.cases[key].case_id if key and key in records.cases else None
    listed = listed_facts(registers, about.request, records, day)
    pending = tuple(
        mark
        for mark, of in listed.items()
        if registers and of[registers.entry_fact] == registers.to_confirm.name
    )
    if not about.believed & vocabulary.owners:
        return DecisionBasis(facts, case_id, pending)
    return DecisionBasis(_with_stated(vocabulary, facts, about), case_id, pending)


def for_handover_on(day: dt.date, request: Request) -> Request:
    """The request as one about a handover on this day, in the place of the day for which it was planned."""
    handover = request.handover
    if handover and handover.planned_on is not None:
        handover = handover.model_copy(update={"planned_on": day})
    return request.model_copy(update={"as_of": day, "handover": handover} if handover else {"as_of": day})


def _with_stated(
    vocabulary: Vocabulary, facts: EstablishedFacts, about: DepartmentRequest
) -> EstablishedFacts:
    """The facts, and where nothing is known of one what its owner itself stated."""
    counted = owned_facts(vocabulary).difference(vocabulary.owned_by_others(about.believed))
    stated = KnownFacts(
        {str(mark): _only(counted, vocabulary.stated_of(item)) for mark, item in _lines(about.request)},
        whole=_only(counted, vocabulary.stated_in_whole(about.request)),
    )
    filled = establish_facts(vocabulary, facts.request, stated, everybody(vocabulary)).request
    if vocabulary.owners <= about.believed:
        return EstablishedFacts(filled, ())
    return EstablishedFacts(
        filled, tuple(tuple(name for name in names if name not in counted) for names in facts.claimed)
    )


def _only(names: Set[str], stated: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in stated.items() if name in names}


def _cleared_request(
    policies: PolicySet, connection: Connection, stated: HandoverStatement, clearance: Clearance
) -> DepartmentRequest | None:
    entry = find_decision(connection, clearance.decision_id)
    assert entry is not None, "a clearance is issued for a decision of the log"
    record = DecisionRecord.from_members(entry.members)
    # An earlier version may have taken it in another form than the handover, which is about the same thing.
    members = {**entry.members, FORM: NORMAL_FORM}
    try:
        request = read_decided_request(entry.key, members, entry.payloads[REQUEST], policies.vocabulary)
    except UnreadableRequest:  # the policies in force have other words than the request that was cleared
        return None
    cleared = {item.line for item in clearance.items} & {str(item.line) for item in stated.items}
    items = [item.model_copy(update={"line": mark}) for mark, item in _lines(request) if str(mark) in cleared]
    if not items:
        return None
    happened = policies.vocabulary.request.model_validate(_request_members(stated))
    assert happened.mission is not None
    assert happened.handover is not None
    handover = happened.handover.model_dump(exclude_unset=True)
    update = {
        "items": items,
        "mission": request.mission.model_copy(update={"countries": happened.mission.countries})
        if request.mission
        else happened.mission,
        "handover": request.handover.model_copy(update=handover) if request.handover else happened.handover,
    }
    about_handover = for_handover_on(stated.handed_over_on, request.model_copy(update=update))
    department = record.department and in_normal_form(record.department)
    return DepartmentRequest(about_handover, department, record.believed_in(policies.vocabulary))


def _stated_request(
    vocabulary: Vocabulary,
    connection: Connection,
    handover_id: str,
    stated: HandoverStatement,
    department: str | None,
) -> DepartmentRequest:
    """The handover as a request of its own; where it names no request, no case is about it.

    The countries of the case's mission count besides those stated, so that naming other ones avoids no rule.
    """
    countries = {*stated.countries, *_countries_of_case(connection, stated, department)}
    request = {
        **_request_members(stated),
        "mission": {"countries": sorted(countries)},
        "request_id": stated.request_id or handover_id,
    }
    facts = {fact: stated.__dict__.get(name) for name, fact in STATED_ALONE.items()}
    facts[vocabulary.declarations.asking_office or ""] = department
    for fact, value in facts.items():
        if fact and value:
            nested(fact, value, request)
    about = department if stated.request_id else None
    return DepartmentRequest(vocabulary.request.model_validate(request), about, nobody_else(vocabulary))


def _countries_of_case(
    connection: Connection, stated: HandoverStatement, department: str | None
) -> Iterable[str]:
    key = (department, stated.request_id) if department and stated.request_id else None
    case = find_case_records(connection, {key}, set()).cases.get(key) if key else None
    facts = state_at(case, Moment(stated.handed_over_on, None)).facts if case else ()
    return next((fact.value for fact in facts if fact.name == COUNTRIES and fact.value), ())


def _request_members(stated: HandoverStatement) -> dict[str, Any]:
    """The members of a request about the handover."""
    return {
        "request_id": "x",
        "as_of": stated.handed_over_on,
        "mission": {"countries": stated.countries},
        "handover": {
            name: value for name in ("by", "to", "mode") if (value := stated.__dict__.get(name)) is not None
        },
        "items": [item.model_dump(exclude_none=True) for item in stated.items],
    }


def _lines(request: Request) -> list[tuple[int | str, Item]]:
    return list(zip(marks_of(request), request.items, strict=True))
