"""The records of cases and registers about requests, and the Committee's facts that they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from sqlalchemy import Connection

from api.domain.cases.case import Case, Moment, standing_at
from api.domain.cases.recordable_facts import COMMITTEES, COUNTRIES, IDENTITY, WHAT_IT_IS, marks_of
from api.domain.known_facts import Known
from api.domain.registers.events import EventKind
from api.domain.registers.lists import LegacyList, RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, Standing, load_events, standing_on
from api.storage.cases import Key, load_cases_about
from api.storage.registers import find_items, load_lists
from engine import Item, Request

_TELLING = frozenset(kind for kind in EventKind if kind.gives_facts)
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

    A line whose mark is the number of a listed item is that item. What was recorded of the case itself comes first,
    but only for the thing that the case is about, and for a mission from the same countries.
    """
    if records is NO_RECORDS:
        return None
    facts = {mark: dict(found) for mark, found in listed_facts(request, records, day).items()}
    case = records.cases.get((department, request.request_id)) if department else None
    for mark, found in _case_facts(request, case, day).items() if case else ():
        facts.setdefault(mark, {}).update(found)
    if not facts:
        return None
    return Known(facts, case.case_id, case.version) if case else Known(facts)


def _case_facts(request: Request, case: Case, day: dt.date) -> dict[str, Mapping[str, Any]]:
    """Return the Committee's facts of each line that asks for what its case is about."""
    recorded: dict[str | None, dict[str, Any]] = {}
    for fact in standing_at(case, Moment(day, None)).facts:
        recorded.setdefault(fact.line, {})[fact.name] = fact.value
    countries = request.mission.countries if request.mission else None
    if countries is not None and set(countries) != set(recorded.get(None, {}).get(COUNTRIES) or ()):
        return {}
    facts: dict[str, Mapping[str, Any]] = {}
    for mark, item in zip(map(str, marks_of(request)), request.items, strict=True):
        known = recorded.get(mark, {})
        if is_same_thing(item, {name: known.get(f"item.{name}") for name in IDENTITY}):
            facts[mark] = {name: value for name, value in known.items() if name in COMMITTEES}
    return facts


def is_same_thing(item: Item, known: Mapping[str, Any]) -> bool:
    """Whether an item is the known one: everything stated of what it is has to agree, and no more is asked for."""
    if any(getattr(item, name) not in (None, known[name]) for name in WHAT_IT_IS):
        return False
    return item.quantity is None or (known["quantity"] is not None and item.quantity <= known["quantity"])


def listed_facts(request: Request, records: Records, day: dt.date) -> dict[str, Mapping[str, Any]]:
    """Return what the registers hold of the lines of a request, by their marks."""
    countries = request.mission.countries if request.mission else None
    facts: dict[str, Mapping[str, Any]] = {}
    standing = standing_on(records.events, day) if records.items else Standing()
    for mark, item in zip(map(str, marks_of(request)), request.items, strict=True):
        listed = records.items.get(mark)
        if listed and _is_listed(item, listed) and records.lists[listed.list_id].country in (countries or ()):
            facts[mark] = _facts_of(listed, records.lists[listed.list_id], standing)
    return facts


def _is_listed(item: Item, listed: RegisterItem) -> bool:
    """Whether a line is the item that its mark names; it has to say what it is, since a number is easily guessed."""
    known = {name: getattr(listed, name) for name in IDENTITY}
    return item.description is not None and is_same_thing(item, known)


def _facts_of(listed: RegisterItem, on: RegisterList, standing: Standing) -> dict[str, Any]:
    state = standing.item(listed.item_no)
    match on.legacy_list:
        case LegacyList.PENDING:
            entry = LegacyList.PROVIDED if state.delivered else LegacyList.PENDING
            return {
                "item.legacy_list": entry.value,
                "item.channel.attache_confirmation": state.confirmation.value,
            }
        case LegacyList.PROVIDED | LegacyList.CHANNEL_72:
            return {"item.legacy_list": on.legacy_list.value}
        case _:
            assert_never(on.legacy_list)
