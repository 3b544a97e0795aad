"""The rows of cases and their facts, from the entries that recorded them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.domain.believed_parties import read_opening_belief
from api.domain.cases.case import Case
from api.domain.cases.recordable_facts import NewFact, as_json, marks_of, opening_of
from api.ledger.entries import FACT, REQUEST, EntryKind
from api.ledger.reader import count_entries
from api.parsing.fields import read_day
from api.parsing.problems import Problem
from api.parsing.requests import read_recorded_request
from api.parsing.stated_texts import as_taken
from api.parsing.strict_json import read_value
from api.services.audit.recorded_entries import AuditedEntry
from api.services.recorded_words import words_at
from api.storage.cases import case_row, fact_row
from api.storage.row_comparison import RowsByTable
from api.storage.tables import case_facts, cases

if TYPE_CHECKING:
    from sqlalchemy import Connection


def opened_rows(connection: Connection, recorded: AuditedEntry) -> RowsByTable:
    """Return the rows of a case that was opened: the case as it is by now, and the facts it began with."""
    entry, author = recorded.entry, recorded.author
    body = entry.payloads[REQUEST]
    vocabulary = words_at(connection, recorded.sequence)
    request = read_recorded_request(body, entry.members, vocabulary)
    if isinstance(request, Problem):
        raise ValueError(request.detail)
    believed = read_opening_belief(vocabulary, entry.members, author.role)
    day = read_day(entry.members["happened_on"])
    assert day is not None
    opening = opening_of(vocabulary, request, as_taken(read_value(body), entry.members), day, believed)
    case = Case(
        case_id=entry.key,
        request_id=request.request_id,
        department=str(entry.members["department"]),
        opened_at=entry.at,
        lines=tuple(marks_of(request)),
        claims=opening.claims,
        version=int(entry.members["version"]) + count_entries(connection, EntryKind.CASE_FACT, entry.key),
        facts=(),
    )
    facts = [
        {**fact_row(case.case_id, position, fact, entry.at, author), "sequence": recorded.sequence}
        for position, fact in enumerate(opening.facts, 1)
    ]
    return {cases: [case_row(case, recorded.sequence)], case_facts: facts}


def fact_rows(recorded: AuditedEntry) -> RowsByTable:
    """Return the row of a fact that was recorded of a case."""
    entry = recorded.entry
    members = json.loads(entry.payloads[FACT])
    stated = read_value(entry.payloads[FACT])
    assert isinstance(stated, dict)
    day = read_day(members["happened_on"])
    assert day is not None
    fact = NewFact(
        members["line"],
        members["fact"],
        as_json(stated["value"]),
        day,
        members["evidence"],
        members["supersedes"],
    )
    row = fact_row(entry.key, int(entry.members["position"]), fact, entry.at, recorded.author)
    return {case_facts: [{**row, "sequence": recorded.sequence}]}
