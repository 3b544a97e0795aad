"""What the registers hold, in memory: read anew only when something was recorded in them, or erased.

Pages look through 20,000 items, and the stage of each follows from every event about it. So a process holds what it
read last, with the marks it was read at, and compares those with the newest entries at each use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from api.domain.dues.due import Due
from api.domain.dues.find_dues import DueRecords
from api.domain.registers.browsing import ItemBrowser
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.stages import Stage, find_stage
from api.domain.registers.state import RegisterEvent, RegisterState, state_on
from api.services.dues import dues_on
from api.services.required_registers import require_registers
from api.storage.cases import load_cases
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

    @property
    def stages(self) -> Mapping[str, Stage]:
        """The stage of each item."""
        return self.browser.stages


class RegisterMemory:
    """Holds what was read last of the registers of one ledger, and what is due for it."""

    def __init__(self) -> None:
        self._content: tuple[object, RegisterContent] | None = None
        self._dues: tuple[object, list[Due]] | None = None
        self._records: tuple[object, DueRecords] | None = None
        self._derived: tuple[object, dict[Hashable, Any]] | None = None

    def content(self, connection: Connection, policies: PolicySet, registers: Registers) -> RegisterContent:
        """Return what the registers hold now, by the words of the policies."""
        key = (read_marks(connection).registers, policies.revision)
        held = self._content
        if held is None or held[0] != key:
            held = self._content = key, _read_content(connection, registers)
        return held[1]

    def dues(self, connection: Connection, policies: PolicySet, day: dt.date) -> list[Due]:
        """Return what is due on a day."""
        key = (read_marks(connection), policies.revision, day)
        held = self._dues
        if held is None or held[0] != key:
            held = self._dues = key, dues_on(connection, policies, day)
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
        key = (read_marks(connection), policies.revision, day)
        records = self.records(connection, policies)  # never older than the marks
        if self._derived is None or self._derived[0] != key:
            self._derived = key, {}
        found = self._derived[1]
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
        marks: RegisterMarks = read_marks(connection)
        key = (marks, policies.revision)
        held = self._records
        if held is None or held[0] != key:
            content = self.content(connection, policies, require_registers(policies))
            records = DueRecords(
                [*content.lists.values()],
                [*content.items.values()],
                content.events,
                load_cases(connection, None),
            )
            held = self._records = key, records
        return held[1]


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
