"""What the registers hold, in memory: read anew only when lists were imported, or something was erased.

Pages look through 20,000 items, and the stage of each follows from every event about it. So a process holds what it
read last, with the marks it was read at, and compares those with the newest entries at each use. New events change
the items that they are about, and no others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from api.domain.cases.case import Case
from api.domain.dues.due import Due
from api.domain.dues.find_dues import DueRecords, delivered_items, find_dues
from api.domain.dues.list_terms import read_list_terms
from api.domain.registers.browsing import ItemBrowser
from api.domain.registers.events import EventKind
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.stages import Stage, find_stage
from api.domain.registers.state import RegisterEvent, RegisterState, in_order, renewed_state, state_on
from api.services.dues import cases_with_inclusions, dues_of_handovers
from api.services.required_registers import require_registers
from api.storage.register_events import load_events
from api.storage.register_marks import RegisterMarks, read_marks
from api.storage.registers import load_items, load_lists
from engine import PolicySet, Registers

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_DERIVED = 50
"""So many sessions and drafts are held at once."""

Derived = TypeVar("Derived")


@dataclass(frozen=True)
class RegisterContent:
    """The lists, items and events, the state that they lead to, and the items as they are looked through."""

    lists: Mapping[str, RegisterList]
    items: Mapping[str, RegisterItem]
    events: Sequence[RegisterEvent]
    state: RegisterState
    browser: ItemBrowser

    def state_on(self, day: dt.date) -> RegisterState:
        """Return the state of a day: mostly the present one, since what is recorded has mostly happened."""
        has_later = bool(self.events) and self.events[-1].happened_on > day
        return state_on(self.events, day) if has_later else self.state

    @property
    def stages(self) -> Mapping[str, Stage]:
        """The stage of each item."""
        return self.browser.stages


@dataclass(frozen=True, slots=True)
class _DuesOfLists:
    """What is due for lists alone, in order, and the delivered items whose transfer is due there."""

    dues: Sequence[Due]
    delivered: frozenset[str]


class RegisterMemory:
    """Holds what was read last of the registers of one ledger, and what is due for it."""

    def __init__(self) -> None:
        self._content: tuple[RegisterMarks, str, RegisterContent] | None = None
        self._dues: tuple[object, list[Due]] | None = None
        self._dues_of_lists: tuple[object, _DuesOfLists] | None = None
        self._dues_of_handovers: tuple[object, list[Due]] | None = None
        self._records: tuple[RegisterContent, Sequence[Case], DueRecords] | None = None
        self._derived: tuple[DueRecords, dt.date, dict[Hashable, Any]] | None = None

    def content(self, connection: Connection, policies: PolicySet, registers: Registers) -> RegisterContent:
        """Return what the registers hold now, by the words of the policies."""
        marks, held = read_marks(connection), self._content
        if held is None or held[1] != policies.revision or not marks.adds_events_to(held[0]):
            content = _read_content(connection, registers)
        elif marks.registers != held[0].registers:
            content = _with_new_events(connection, held[2], registers, held[0].newest_event)
        else:
            return held[2]
        self._content = marks, policies.revision, content
        return content

    def dues(self, connection: Connection, policies: PolicySet, day: dt.date) -> list[Due]:
        """Return what is due on a day."""
        marks = read_marks(connection)
        key = (marks, policies.revision, day)
        held = self._dues
        if held is None or held[0] != key:
            held = self._dues = key, self._find_dues(connection, policies, day, marks)
        return held[1]

    def _find_dues(
        self, connection: Connection, policies: PolicySet, day: dt.date, marks: RegisterMarks
    ) -> list[Due]:
        """What is due, of which only that is found anew whose records have changed."""
        of_lists = self._find_dues_of_lists(connection, policies, day, marks)
        key = (marks.registers, marks.handovers, policies.revision, day)
        held = self._dues_of_handovers
        if held is None or held[0] != key:
            found = dues_of_handovers(connection, day, of_lists.delivered)
            held = self._dues_of_handovers = key, found
        events, state = list[RegisterEvent](), RegisterState()
        if policies.registers:
            content = self.content(connection, policies, policies.registers)
            events, state = [*content.events], content.state_on(day)
        records = DueRecords([], [], events, cases_with_inclusions(connection, policies))
        return find_dues(records, policies.registers, {}, day, [*of_lists.dues, *held[1]], state)

    def _find_dues_of_lists(
        self, connection: Connection, policies: PolicySet, day: dt.date, marks: RegisterMarks
    ) -> _DuesOfLists:
        if policies.registers is None:
            return _DuesOfLists((), frozenset())
        key = (marks.registers, policies.revision, day)
        held = self._dues_of_lists
        if held is None or held[0] != key:
            content = self.content(connection, policies, policies.registers)
            terms = read_list_terms(policies, day)
            records = DueRecords([*content.lists.values()], [*content.items.values()], content.events, ())
            state = content.state_on(day)
            found = find_dues(records, None, terms, day, (), state)
            held = key, _DuesOfLists(found, delivered_items(records, terms, day, state))
            self._dues_of_lists = held
        return held[1]

    def derived(
        self,
        connection: Connection,
        policies: PolicySet,
        day: dt.date,
        about: Hashable,
        derive: Callable[[DueRecords], Derived],
    ) -> Derived:
        """Return what follows from the records on a day; `about` is its name among what is derived."""
        records = self.records(connection, policies)
        if self._derived is None or self._derived[0] is not records or self._derived[1] != day:
            self._derived = records, day, {}
        found = self._derived[2]
        if about not in found:
            derived = derive(records)
            if len(found) >= MAX_DERIVED:
                found.clear()
            found[about] = derived
            return derived
        held: Derived = found[about]
        return held

    def records(self, connection: Connection, policies: PolicySet) -> DueRecords:
        """Return the records from which dues, sessions and papers follow."""
        content = self.content(connection, policies, require_registers(policies))
        cases = cases_with_inclusions(connection, policies)
        held = self._records
        if held is None or held[0] is not content or held[1] != cases:
            records = DueRecords([*content.lists.values()], [*content.items.values()], content.events, cases)
            held = self._records = content, cases, records
        return held[2]


def _read_content(connection: Connection, registers: Registers) -> RegisterContent:
    lists = {listed.list_id: listed for listed in load_lists(connection)}
    items = load_items(connection)
    events = load_events(connection)
    state = state_on(events, dt.date.max)
    stages = {
        item.item_no: find_stage(state.item(item.item_no), lists[item.list_id], registers) for item in items
    }
    numbered = {item.item_no: item for item in items}
    return RegisterContent(lists, numbered, events, state, ItemBrowser(lists, items, stages))


def _with_new_events(
    connection: Connection, held: RegisterContent, registers: Registers, after: int | None
) -> RegisterContent:
    """What is held, with the events that were recorded behind an entry: they may withdraw earlier ones."""
    new = load_events(connection, after=after)
    withdrawn = {
        event.content["event"]: event.sequence for event in new if event.kind is EventKind.WITHDRAWAL
    }
    events = in_order([*(_withdrawn(event, withdrawn.get(event.sequence)) for event in held.events), *new])
    changed = {
        item_no
        for event in events
        if event.sequence in withdrawn or after is None or event.sequence > after
        for item_no in event.items
    }
    state = renewed_state(held.state, events, changed)
    stages = {**held.stages}
    for item_no in changed & held.items.keys():
        listed = held.lists[held.items[item_no].list_id]
        stages[item_no] = find_stage(state.item(item_no), listed, registers)
    return RegisterContent(held.lists, held.items, events, state, held.browser.with_stages(stages))


def _withdrawn(event: RegisterEvent, by: int | None) -> RegisterEvent:
    return event if by is None else replace(event, withdrawn_by=by)
