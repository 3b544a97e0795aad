"""The repository of cases: rows read and added, inside the transaction of the caller."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, insert, select, update

from api.domain.cases.case import Case, CaseKey, RecordedFact
from api.domain.cases.recordable_facts import NewFact
from api.domain.identity import Author
from api.ledger.commitments import EVIDENCE
from api.ledger.erasure import ErasableText
from api.parsing.characters import forms_of, in_normal_form
from api.parsing.stated_texts import with_normal_texts
from api.parsing.strict_json import read_value
from api.storage.tables import case_facts, cases

MAX_IDS = 500
"""The most ids of one query; a database takes only so many parameters."""


def load_case(connection: Connection, case_id: str) -> Case | None:
    """Return a case with every fact of its version; none has an id with a null character."""
    if "\0" in case_id:
        return None
    found = _load(connection, select(cases).where(cases.c.case_id == case_id))
    return found[0] if found else None


def load_cases(connection: Connection, department: str | None) -> list[Case]:
    """Return the cases of a department, or all of them, in the order in which they were opened."""
    query = select(cases).order_by(cases.c.opened_at, cases.c.case_id)
    return _load(
        connection, query.where(cases.c.department.in_(forms_of(department))) if department else query
    )


def load_cases_among(connection: Connection, case_ids: Collection[str]) -> list[Case]:
    """Return those of the cases that there are, in the order in which they were opened."""
    ids, found = [case_id for case_id in case_ids if "\0" not in case_id], list[Case]()
    for start in range(0, len(ids), MAX_IDS):
        found += _load(connection, select(cases).where(cases.c.case_id.in_(ids[start : start + MAX_IDS])))
    return sorted(found, key=lambda case: (case.opened_at, case.case_id))


def load_cases_with(connection: Connection, fact: str) -> list[Case]:
    """Return the cases of which a fact is recorded, whatever it says, in the order in which they were opened."""
    recorded = select(case_facts.c.case_id).where(case_facts.c.fact == fact)
    query = select(cases).where(cases.c.case_id.in_(recorded))
    return _load(connection, query.order_by(cases.c.opened_at, cases.c.case_id))


def load_cases_about(connection: Connection, request_ids: Set[str]) -> list[Case]:
    """Return the cases about requests of these ids, of whatever department, in the order of their opening.

    Earlier versions stored ids in the form received.
    """
    found: list[Case] = []
    storable = (request_id for request_id in request_ids if "\0" not in request_id)
    ids = sorted(form for request_id in storable for form in forms_of(request_id))
    for start in range(0, len(ids), MAX_IDS):
        query = select(cases).where(cases.c.request_id.in_(ids[start : start + MAX_IDS]))
        found += _load(connection, query.order_by(cases.c.opened_at, cases.c.case_id))
    return found


def find_case_id(connection: Connection, key: CaseKey) -> str | None:
    """Return the id of the case that a department has about a request of this id, if it has one."""
    if "\0" in "".join(key):
        return None
    department, request_id = map(forms_of, key)
    query = select(cases.c.case_id).where(
        cases.c.request_id.in_(request_id), cases.c.department.in_(department)
    )
    found: str | None = connection.execute(query).scalar()
    return found


def opened_after(connection: Connection, sequence: int) -> list[CaseKey]:
    """Return the keys of the cases that were opened after an entry of the log, in NFC."""
    query = select(cases.c.department, cases.c.request_id).where(cases.c.sequence > sequence)
    rows = connection.execute(query)
    return [(in_normal_form(row.department), in_normal_form(row.request_id)) for row in rows]


def add_case(connection: Connection, case: Case, sequence: int) -> None:
    """Add a case without its facts; `sequence` is its log entry."""
    connection.execute(insert(cases), case_row(case, sequence))


def case_row(case: Case, sequence: int) -> dict[str, Any]:
    """Return the row of a case; `sequence` is its log entry."""
    return {
        "case_id": case.case_id,
        "request_id": case.request_id,
        "department": case.department,
        "opened_at": case.opened_at.isoformat(),
        "lines": json.dumps(case.lines),
        "claims": json.dumps(case.claims),
        "version": case.version,
        "sequence": sequence,
    }


def add_facts(
    connection: Connection,
    case: Case,
    facts: Sequence[NewFact],
    sequences: Sequence[int],
    at: dt.datetime,
    author: Author,
) -> int:
    """Add facts after those of `case`, each with its place in the log; returns the new version."""
    rows = [
        {**fact_row(case.case_id, position, fact, at, author), "sequence": sequence}
        for position, (fact, sequence) in enumerate(zip(facts, sequences, strict=True), case.version + 1)
    ]
    if rows:
        connection.execute(insert(case_facts), rows)
    version = case.version + len(rows)
    connection.execute(update(cases).where(cases.c.case_id == case.case_id).values(version=version))
    return version


def fact_row(case_id: str, position: int, fact: NewFact, at: dt.datetime, author: Author) -> dict[str, Any]:
    """Return the row of a fact, without its place in the log."""
    return {
        "case_id": case_id,
        "position": position,
        "line": fact.line,
        "fact": fact.name,
        "value": fact.value,
        "happened_on": fact.happened_on.isoformat(),
        "recorded_at": at.isoformat(),
        "recorded_by": author.name,
        "role": author.role,
        "evidence": fact.evidence,
        "supersedes": fact.supersedes,
    }


def redact_facts(connection: Connection, texts: Iterable[ErasableText]) -> None:
    """Redact erased texts in the facts that were recorded with them: a value becomes null, evidence absent."""
    for text in texts:
        redacted = {"evidence": None} if text.fact == EVIDENCE else {"value": "null"}
        of_entry = case_facts.c.sequence == text.sequence
        which = of_entry if text.fact == EVIDENCE else and_(of_entry, case_facts.c.fact == text.fact)
        connection.execute(update(case_facts).where(which).values(redacted))


def _load(connection: Connection, query: Select[Any]) -> list[Case]:
    """The cases of a query, their texts in NFC; a fact that was added after its case had been read is left out."""
    heads = connection.execute(query).all()
    chosen = query.with_only_columns(cases.c.case_id).order_by(None)
    recorded = select(case_facts).where(case_facts.c.case_id.in_(chosen))
    facts: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(recorded.order_by(case_facts.c.case_id, case_facts.c.position)):
        facts.setdefault(row.case_id, []).append(row)
    return [_case(head, facts.get(head.case_id, [])) for head in heads]


def _case(head: Row[Any], facts: Sequence[Row[Any]]) -> Case:
    marks = _marks_of(json.loads(head.lines))
    return Case(
        case_id=head.case_id,
        request_id=in_normal_form(head.request_id),
        department=in_normal_form(head.department),
        opened_at=dt.datetime.fromisoformat(head.opened_at),
        lines=tuple(marks.values()),
        claims=tuple(tuple(names) for names in json.loads(head.claims)),
        version=head.version,
        facts=tuple([_fact(row, marks) for row in facts if row.position <= head.version]),
    )


def _marks_of(stored: Sequence[int | str]) -> dict[str, int | str]:
    """The marks of the lines in NFC, by what is stored; as stored where two would become one."""
    taken: list[int | str] = with_normal_texts([*stored])
    marks = taken if len({str(mark) for mark in taken}) == len(stored) else stored
    return {str(before): mark for before, mark in zip(stored, marks, strict=True)}


def _fact(row: Row[Any], marks: Mapping[str, int | str]) -> RecordedFact:
    return RecordedFact(
        position=row.position,
        line=None if row.line is None else str(marks.get(row.line, in_normal_form(row.line))),
        name=row.fact,
        value=with_normal_texts(read_value(row.value.encode())),
        happened_on=dt.date.fromisoformat(row.happened_on),
        recorded_at=dt.datetime.fromisoformat(row.recorded_at),
        recorded_by=row.recorded_by,
        role=row.role,
        evidence=row.evidence,
        supersedes=row.supersedes,
        sequence=row.sequence,
    )
