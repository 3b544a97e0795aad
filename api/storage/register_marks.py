"""How far the records of the registers reach: what was read up to the same marks holds still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from api.ledger.entries import EntryKind
from api.ledger.tables import log_entries
from api.storage.tables import (
    case_facts,
    cases,
    handover_corrections,
    handovers,
    register_events,
    register_items,
    register_lists,
    transfers,
)


@dataclass(frozen=True, slots=True)
class RegisterMarks:
    """The newest entries: of lists, items and events, and of all that dues follow from. An erasure changes both.

    Rows of these tables are only ever added, and texts in them only ever erased.
    """

    registers: tuple[int | None, ...]
    cases_and_handovers: tuple[int | None, ...]

    @property
    def are_empty(self) -> bool:
        """Whether there is no record of a case, a register or a handover, and none was erased."""
        return {*self.registers, *self.cases_and_handovers} == {None}

    @property
    def newest_event(self) -> int | None:
        """The newest entry of an event."""
        return self.registers[-1]

    @property
    def handovers(self) -> tuple[int | None, ...]:
        """The newest entries of handovers, their corrections and transfers; an erasure changes them too."""
        return self.cases_and_handovers[0], *self.cases_and_handovers[3:]

    def adds_events_to(self, before: RegisterMarks) -> bool:
        """Whether nothing but events was recorded in the registers since others, if anything was."""
        is_later = (self.newest_event or 0) >= (before.newest_event or 0)
        return self.registers[:-1] == before.registers[:-1] and is_later


_REGISTERS = (register_lists, register_items, register_events)
_OTHERS = (cases, case_facts, handovers, handover_corrections, transfers)


def marks_query() -> Select[Any]:
    """Return the query; each part of it looks at the end of an index."""
    erased = select(func.max(log_entries.c.sequence)).where(log_entries.c.kind == EntryKind.ERASED.value)
    newest = [select(func.max(table.c.sequence)).scalar_subquery() for table in (*_REGISTERS, *_OTHERS)]
    return select(erased.scalar_subquery(), *newest)


_QUERY = marks_query()


def read_marks(connection: Connection) -> RegisterMarks:
    """Return how far the records reach now."""
    erased, *newest = connection.execute(_QUERY).one()
    own = len(_REGISTERS)
    return RegisterMarks((erased, *newest[:own]), (erased, *newest[own:]))
