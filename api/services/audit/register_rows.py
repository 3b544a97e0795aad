"""The rows of the registers, from the entries of imports and events.

What an event covers depends on the registers as they were. So the ids on the lists and the events that answer for
items are held in memory while the log is read, as the service does whenever it records an event.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.domain.registers.event_context import RegisterContents, covered_items
from api.domain.registers.events import STATEMENTS, AnyStatement, Confirmation, EventKind, ListSent
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, RegisterState, in_order, state_on
from api.files.import_plan import read_entries
from api.files.register_files import RegisterFile, read_recorded_tables
from api.ledger.commitments import redact_texts
from api.ledger.entries import EVENT
from api.services.audit.recorded_entries import AuditedEntry
from api.services.register_events import EventRecord, content_of, event_item_rows, event_row
from api.services.register_imports import FILES
from api.storage.registers import item_row, list_row
from api.storage.row_comparison import RowsByTable
from api.storage.tables import register_event_items, register_events, register_items, register_lists

_REFERENCE = "reference"


@dataclass(slots=True)
class RegisterLog:
    """The registers as far as the log has been read."""

    _lists: dict[str, RegisterList] = field(default_factory=dict)
    _items: dict[str, RegisterItem] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _events: dict[int, RegisterEvent] = field(default_factory=dict)

    def imported_rows(self, recorded: AuditedEntry) -> RowsByTable:
        """Return the rows of an import: what its files hold and no import before did."""
        entry = recorded.entry
        files = [
            RegisterFile(name, base64.b64decode(stored["base64"]))
            for name, stored in json.loads(entry.payloads[FILES]).items()
        ]
        read = read_entries(read_recorded_tables(files))
        by = recorded.author.name
        lists = [listed for listed in read.lists if listed.list_id not in self._lists]
        items = [item for item in read.items if item.item_no not in self._items]
        self._lists.update({listed.list_id: listed for listed in lists})
        return {
            register_lists: [list_row(listed, recorded.sequence, entry.at, by) for listed in lists],
            register_items: [self._placed(item, recorded.sequence) for item in items],
        }

    def event_rows(self, recorded: AuditedEntry) -> RowsByTable:
        """Return the rows of an event and of the items it covers."""
        entry = recorded.entry
        handover_id = None if entry.key == f"event-{recorded.sequence}" else entry.key
        record = EventRecord(recorded.sequence, entry.at, recorded.author, b"", handover_id)
        stated = _read_event(recorded.read_stated(EVENT))
        known = self._known(stated, entry.members.get("country"))
        items = covered_items(stated, known)
        content = content_of(stated, known, record)
        row = event_row(content, record)
        if erased := recorded.erased_paths(EVENT):
            row["content"] = redact_texts(row["content"], erased)
            row[_REFERENCE] = "" if (_REFERENCE,) in erased else row[_REFERENCE]
        self._remember(content, items, record)
        return {register_events: [row], register_event_items: event_item_rows(items, record)}

    def _placed(self, item: RegisterItem, sequence: int) -> dict[str, Any]:
        """The row of an item behind those of its list; only its name, kind and list are remembered."""
        place = self._places.get(item.list_id, 0) + 1
        self._places[item.list_id] = place
        self._items[item.item_no] = RegisterItem(item.item_no, item.list_id, "", item.kind)
        return item_row(item, place, sequence)

    def _known(self, stated: AnyStatement, country: str | None) -> RegisterContents:
        needed = isinstance(stated, ListSent)
        events = in_order(self._events.values()) if needed else []
        return RegisterContents(
            lists=self._lists,
            items=self._items,
            events=events,
            state_by_then=state_on(events, stated.happened_on) if needed else RegisterState(),
            latest_state=state_on(events, dt.date.max) if needed else RegisterState(),
            governed=frozenset({country} if country else ()),
        )

    def _remember(
        self,
        content: Mapping[str, Any],
        items: Mapping[str, Confirmation | None],
        record: EventRecord,
    ) -> None:
        kind = EventKind(content["kind"])
        if kind is EventKind.WITHDRAWAL and (withdrawn := self._events.get(content["event"])):
            self._events[content["event"]] = replace(withdrawn, withdrawn_by=record.place)
        if kind.gives_facts:
            self._events[record.place] = RegisterEvent(
                sequence=record.place,
                kind=kind,
                happened_on=dt.date.fromisoformat(content["happened_on"]),
                recorded_at=record.at,
                recorded_by=record.author.name,
                role=record.author.role,
                reference="",
                session=None,
                content={},
                items=items,
            )


def _read_event(members: Mapping[str, Any]) -> AnyStatement:
    """The event as it was stated; the reference that came of a handover may be longer than one that is stated."""
    stated = STATEMENTS[members["kind"]].model_validate({**members, _REFERENCE: "-"})
    return stated.model_copy(update={_REFERENCE: members[_REFERENCE]})
