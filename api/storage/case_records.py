"""The records of cases and registers from which the Committee's facts about requests are taken."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import Connection

from api.domain.cases.case import CaseKey
from api.domain.known_facts import CaseRecords
from api.domain.registers.events import EventKind
from api.storage.cases import load_cases_about
from api.storage.register_events import load_events
from api.storage.registers import find_items, load_lists

_FACT_KINDS = frozenset(kind for kind in EventKind if kind.gives_facts)
"""The kinds of events that give facts."""


def find_case_records(connection: Connection, keys: Set[CaseKey], item_nos: Set[str]) -> CaseRecords:
    """Return the records about requests, by department and id, and about listed items, by number."""
    found = load_cases_about(connection, {request_id for _, request_id in keys}) if keys else []
    cases = {key: case for case in found if (key := (case.department, case.request_id)) in keys}
    items = {item.item_no: item for item in find_items(connection, item_nos)} if item_nos else {}
    if not items:
        return CaseRecords(cases)
    lists = {found.list_id: found for found in load_lists(connection)}
    return CaseRecords(cases, items, lists, load_events(connection, kinds=_FACT_KINDS))
