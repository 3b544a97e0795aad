"""The records of cases and registers about requests, and the Committee's facts that they hold."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import Connection

from api.domain.cases.case import Key
from api.domain.known_facts import Records
from api.domain.registers.events import EventKind
from api.storage.cases import load_cases_about
from api.storage.register_events import load_events
from api.storage.registers import find_items, load_lists

_TELLING = frozenset(kind for kind in EventKind if kind.gives_facts)
"""The kinds of events that give facts."""


def find_records(connection: Connection, keys: Set[Key], item_nos: Set[str]) -> Records:
    """Return what there is about requests, by department and id, and about listed items, by number."""
    found = load_cases_about(connection, {request_id for _, request_id in keys}) if keys else []
    cases = {key: case for case in found if (key := (case.department, case.request_id)) in keys}
    items = {item.item_no: item for item in find_items(connection, item_nos)} if item_nos else {}
    if not items:
        return Records(cases)
    lists = {found.list_id: found for found in load_lists(connection)}
    return Records(cases, items, lists, load_events(connection, kinds=_TELLING))
