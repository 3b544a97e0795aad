"""The repository of corrections: which handover supersedes which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Any

from sqlalchemy import Connection, insert, inspect, select

from api.domain.handovers.corrections import Correction, Corrections
from api.storage.recorded_roles import RecordedRoles
from api.storage.tables import handover_corrections


def add_corrections(
    connection: Connection, superseded: Iterable[str], superseded_by: str | None, role: str, sequence: int
) -> None:
    """Add corrections, which one log entry records; a handover is superseded once."""
    if rows := correction_rows(superseded, superseded_by, role, sequence):
        connection.execute(insert(handover_corrections), rows)


def correction_rows(
    superseded: Iterable[str], superseded_by: str | None, role: str, sequence: int
) -> Sequence[dict[str, Any]]:
    """Return the rows of handovers that one record supersedes, or that none does since they are withdrawn."""
    return [
        {"superseded": one, "superseded_by": superseded_by, "role": role, "sequence": sequence}
        for one in superseded
    ]


def load_corrections(connection: Connection, among: Set[str] | None = None) -> Corrections:
    """Return every correction, or those of the handovers `among`; an older ledger has no table of them."""
    query = select(handover_corrections)
    if among is not None:
        query = query.where(handover_corrections.c.superseded.in_(among))
    elif not inspect(connection).has_table(handover_corrections.name):
        return {}
    roles = RecordedRoles(connection)
    return {
        row.superseded: Correction(row.superseded, row.superseded_by, roles.decides(row.sequence, row.role))
        for row in connection.execute(query).all()
    }


def corrections_after(connection: Connection, handover_ids: Set[str]) -> Corrections:
    """Return the corrections of handovers, and those of the records that superseded them, to the last."""
    found: dict[str, Correction] = {}
    while handover_ids:
        later = load_corrections(connection, handover_ids)
        found |= later
        handover_ids = {one.superseded_by for one in later.values() if one.superseded_by}
    return found


def superseded_before(connection: Connection, handover_ids: Set[str]) -> frozenset[str]:
    """Return the handovers, and all that they superseded, directly or by others."""
    found: set[str] = set()
    while handover_ids:
        found |= handover_ids
        query = select(handover_corrections.c.superseded)
        query = query.where(handover_corrections.c.superseded_by.in_(handover_ids))
        handover_ids = set(connection.execute(query).scalars())
    return frozenset(found)
