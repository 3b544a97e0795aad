"""Which cases something was recorded of since a place of the log, found by the kinds of the entries."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from api.ledger.entries import EntryKind
from api.ledger.tables import log_entries
from api.storage.cases import MAX_IDS
from api.storage.tables import handover_corrections, handovers

_OF_CASES = frozenset({EntryKind.CASE_OPENED, EntryKind.CASE_FACT})
_OF_HANDOVERS = frozenset(
    {EntryKind.HANDOVER, EntryKind.TRANSFER_RECORDED, EntryKind.HANDOVER_WITHDRAWN},
)
_OF_REGISTERS = EntryKind.REGISTER_EVENT
_OF_ALL = frozenset({EntryKind.REGISTER_IMPORTED, EntryKind.ERASED})
_KINDS = _OF_CASES | _OF_HANDOVERS | _OF_ALL | {_OF_REGISTERS}


class CaseChanges(NamedTuple):
    """The cases that something was recorded of; whether registers changed, or anything may have."""

    case_ids: frozenset[str] = frozenset()
    registers: bool = False
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.case_ids) or self.registers or self.everything


def find_case_changes(connection: Connection, after: int) -> CaseChanges:
    """Return what was recorded behind a place of the log: everything may have changed by as much as no query takes.

    Decisions change no case.
    """
    query = select(log_entries.c.kind, log_entries.c.key).where(
        log_entries.c.sequence > after, log_entries.c.kind.in_([kind.value for kind in _KINDS])
    )
    found = [(EntryKind(row.kind), str(row.key)) for row in connection.execute(query)]
    kinds = {kind for kind, _ in found}
    if not kinds.isdisjoint(_OF_ALL) or len(found) > MAX_IDS:
        return CaseChanges(everything=True)
    handed = {key for kind, key in found if kind in _OF_HANDOVERS}
    of_cases = {key for kind, key in found if kind in _OF_CASES}
    return CaseChanges(
        case_ids=frozenset(of_cases | _cases_of(connection, handed)),
        registers=_OF_REGISTERS in kinds,
    )


def _cases_of(connection: Connection, handover_ids: set[str]) -> set[str]:
    """The cases of handovers, and of those that they supersede."""
    if not handover_ids:
        return set()
    superseded = select(handover_corrections.c.superseded).where(
        handover_corrections.c.superseded_by.in_(handover_ids)
    )
    query = select(handovers.c.case_id).where(
        or_(handovers.c.handover_id.in_(handover_ids), handovers.c.handover_id.in_(superseded)),
        handovers.c.case_id.is_not(None),
    )
    return {str(case_id) for case_id in connection.execute(query).scalars()}
