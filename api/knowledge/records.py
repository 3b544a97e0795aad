"""The records of cases and registers about requests, and the Committee's facts that they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from api.cases.case import Case, Moment, standing_at
from api.cases.facts import COMMITTEES, marks_of
from api.cases.shelf import Key, load_cases_about
from api.knowledge.facts import Known
from api.registers.events import EventKind
from api.registers.history import RegisterEvent, Standing, load_events, standing_on
from api.registers.items import LegacyList, RegisterItem, RegisterList
from api.registers.shelf import find_items, load_lists
from engine import Item, Request

_TELLING = frozenset({EventKind.LIST_SENT, EventKind.CONFIRMATION, EventKind.DELIVERED})
"""The kinds of events that give facts."""


@dataclass(frozen=True, slots=True)
class Records:
    """The newest case about each of some requests; the listed items of some numbers, and what became of them."""

    cases: Mapping[Key, Case] = field(default_factory=dict)
    items: Mapping[str, RegisterItem] = field(default_factory=dict)
    lists: Mapping[str, RegisterList] = field(default_factory=dict)
    events: Sequence[RegisterEvent] = ()

    def known_at(self, moment: dt.datetime | None) -> Records:
        """Return the records with the events that had been recorded by then; with all of them for None."""
        if moment is None:
            return self
        return replace(self, events=[event for event in self.events if event.recorded_at <= moment])


NO_RECORDS = Records()


def find_records(connection: Connection, keys: Set[Key], item_nos: Set[str]) -> Records:
    """Return what there is about requests, by department and id, and about listed items, by number."""
    found = load_cases_about(connection, {request_id for _, request_id in keys}) if keys else []
    cases = {key: case for case in found if (key := (case.department, case.request_id)) in keys}
    items = {item.item_no: item for item in find_items(connection, item_nos)} if item_nos else {}
    if not items:
        return Records(cases)
    lists = {found.list_id: found for found in load_lists(connection)}
    return Records(cases, items, lists, load_events(connection, kinds=_TELLING))


def known_of(request: Request, department: str | None, records: Records, day: dt.date) -> Known | None:
    """Return the Committee's facts about a request that are known by now and held on `day`, if there are any.

    A line whose mark is the number of a listed item is that item. What was recorded of the case itself comes first.
    """
    facts = {mark: dict(found) for mark, found in listed_facts(request, records, day).items()}
    case = records.cases.get((department, request.request_id)) if department else None
    for fact in standing_at(case, Moment(day, None)).facts if case else ():
        if fact.name in COMMITTEES:
            facts.setdefault(str(fact.line), {})[fact.name] = fact.value
    if not facts:
        return None
    return Known(facts, case.case_id, case.version) if case else Known(facts)


def listed_facts(request: Request, records: Records, day: dt.date) -> dict[str, Mapping[str, Any]]:
    """Return what the registers hold of the lines of a request, by their marks."""
    countries = request.mission.countries if request.mission else None
    facts: dict[str, Mapping[str, Any]] = {}
    standing = standing_on(records.events, day) if records.items else Standing()
    for mark, item in zip(map(str, marks_of(request)), request.items, strict=True):
        listed = records.items.get(mark)
        if listed and _is(listed, item) and records.lists[listed.list_id].country in (countries or ()):
            facts[mark] = _facts_of(listed, records.lists[listed.list_id], standing)
    return facts


def _is(listed: RegisterItem, item: Item) -> bool:
    """Whether a line is the item that its mark names: another description makes it another thing."""
    return item.description in (None, listed.description)


def _facts_of(listed: RegisterItem, on: RegisterList, standing: Standing) -> dict[str, Any]:
    state = standing.item(listed.item_no)
    if on.legacy_list is not LegacyList.PENDING:
        return {"item.legacy_list": on.legacy_list.value}
    entry = LegacyList.PROVIDED if state.delivered else LegacyList.PENDING
    return {
        "item.legacy_list": entry.value,
        "item.channel.attache_confirmation": state.confirmation.value,
    }
