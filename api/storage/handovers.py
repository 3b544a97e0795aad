"""The repository of clearances, handovers and transfers: rows read and added, in the transaction of the caller."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, inspect, or_, select

from api.domain.handovers.clearance import Clearance, parse_clearance
from api.domain.handovers.corrections import counted_uses
from api.domain.handovers.deliveries import Delivered, Deliveries
from api.domain.handovers.handover import HandoverStatus, RecordedHandover, Transfer
from api.signing.notes import parse_note
from api.storage.handover_corrections import corrections_after
from api.storage.tables import cases, clearances, handover_corrections, handovers, transfers

_COUNTS = handovers.c.handover_id.not_in(select(handover_corrections.c.superseded))
"""No other handover supersedes it."""
NULL = "\0"
"""No id has this character, and PostgreSQL accepts it in no text."""


@dataclass(frozen=True, slots=True)
class StoredClearance:
    """A clearance as it was issued: its note, when its decision was taken, by whom it was issued."""

    note: str
    decided_at: dt.datetime
    issued_by: str
    sequence: int

    @property
    def clearance(self) -> Clearance:
        """The clearance of the note; the service signed it itself."""
        return parse_clearance(parse_note(self.note, "clearance"))


def add_clearance(connection: Connection, issued: StoredClearance) -> None:
    """Add a clearance; a decision has one, ever."""
    connection.execute(insert(clearances), clearance_row(issued))


def clearance_row(issued: StoredClearance) -> dict[str, Any]:
    """Return the row of a clearance."""
    clearance = issued.clearance
    return {
        "clearance_id": clearance.clearance_id,
        "decision_id": clearance.decision_id,
        "department": clearance.department,
        "decided_at": issued.decided_at.isoformat(),
        "issued_by": issued.issued_by,
        "note": issued.note,
        "sequence": issued.sequence,
    }


def find_clearance(connection: Connection, clearance_id: str) -> StoredClearance | None:
    """Return a clearance by its id."""
    if NULL in clearance_id:
        return None
    return _issued(connection, select(clearances).where(clearances.c.clearance_id == clearance_id))


def find_clearance_of(connection: Connection, decision_id: str) -> StoredClearance | None:
    """Return the clearance of a decision."""
    return _issued(connection, select(clearances).where(clearances.c.decision_id == decision_id))


def find_clearances_about(connection: Connection, key: str) -> list[str]:
    """Return the clearances of a decision, of a handover, or of this id; an older ledger has no table of them."""
    if NULL in key or not inspect(connection).has_table(clearances.name):
        return []
    presented = select(handovers.c.clearance_id).where(handovers.c.handover_id == key)
    about = or_(
        clearances.c.clearance_id == key,
        clearances.c.decision_id == key,
        clearances.c.clearance_id.in_(presented),
    )
    return list(connection.execute(select(clearances.c.clearance_id).where(about)).scalars())


def load_clearances(connection: Connection) -> list[StoredClearance]:
    """Return every clearance, in the order of their issue."""
    rows = connection.execute(select(clearances).order_by(clearances.c.sequence))
    return [_as_issued(row) for row in rows]


def first_use(connection: Connection, clearance_id: str) -> str | None:
    """Return the handover that used a clearance up, unless who decides has freed it since."""
    query = select(handovers).where(handovers.c.uses_up == clearance_id).order_by(handovers.c.sequence)
    using = [_handover(row) for row in connection.execute(query)]
    corrections = corrections_after(connection, {handover.handover_id for handover in using})
    return counted_uses(using, corrections).get(clearance_id)


def add_handover(connection: Connection, handover: RecordedHandover) -> None:
    """Add a handover."""
    connection.execute(insert(handovers), handover_row(handover))


def handover_row(handover: RecordedHandover) -> dict[str, Any]:
    """Return the row of a handover."""
    return {
        "handover_id": handover.handover_id,
        "clearance_id": handover.clearance_id,
        "uses_up": handover.uses_up,
        "department": handover.department,
        "request_id": handover.request_id,
        "case_id": handover.case_id,
        "handed_over_on": handover.handed_over_on.isoformat(),
        "recorded_at": handover.recorded_at.isoformat(),
        "recorded_by": handover.recorded_by,
        "status": handover.status.value,
        "content": json.dumps(handover.content),
        "sequence": handover.sequence,
    }


def find_handover(connection: Connection, handover_id: str) -> RecordedHandover | None:
    """Return a handover by its id."""
    if NULL in handover_id:
        return None
    row = connection.execute(select(handovers).where(handovers.c.handover_id == handover_id)).first()
    return None if row is None else _handover(row)


def load_handovers(
    connection: Connection,
    department: str | None = None,
    status: HandoverStatus | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[RecordedHandover]:
    """Return handovers in the order of their recording, of those after a log entry alone if `after` is given.

    Those of one status are such as count: what is superseded has none.
    """
    query = select(handovers).order_by(handovers.c.sequence)
    if department is not None:
        query = query.where(handovers.c.department == department)
    if status is not None:
        query = query.where(handovers.c.status == status.value).where(_COUNTS)
    if after is not None:
        query = query.where(handovers.c.sequence > after)
    return [_handover(row) for row in connection.execute(query.limit(limit))]


def load_newest_handovers(
    connection: Connection,
    department: str | None,
    status: HandoverStatus | None,
    before: RecordedHandover | None,
    limit: int,
) -> list[RecordedHandover]:
    """Return the newest handovers, of those recorded before another alone if one is given; the newest first.

    Ids begin with the time of recording. All handovers are read in their order, which has an index; those of a
    department or of a status in the order of their entries, which has one for each.
    """
    query = select(handovers).limit(limit)
    if department is None and status is None:
        query = query.order_by(handovers.c.handover_id.desc())
        earlier = handovers.c.handover_id < before.handover_id if before else None
    else:
        query = query.order_by(handovers.c.sequence.desc())
        earlier = handovers.c.sequence < before.sequence if before else None
    if department is not None:
        query = query.where(handovers.c.department == department)
    if status is not None:
        query = query.where(handovers.c.status == status.value).where(_COUNTS)
    if earlier is not None:
        query = query.where(earlier)
    return [_handover(row) for row in connection.execute(query)]


def add_transfer(connection: Connection, transfer: Transfer, sequence: int) -> None:
    """Add the transfer procedure of a handover; there is one, ever."""
    connection.execute(insert(transfers), transfer_row(transfer, sequence))


def transfer_row(transfer: Transfer, sequence: int) -> dict[str, Any]:
    """Return the row of a transfer procedure; `sequence` is its log entry."""
    return {
        "handover_id": transfer.handover_id,
        "recorded_on": transfer.recorded_on.isoformat(),
        "reference": transfer.reference,
        "recorded_at": transfer.recorded_at.isoformat(),
        "recorded_by": transfer.recorded_by,
        "sequence": sequence,
    }


def load_transfers(
    connection: Connection, among: Sequence[RecordedHandover] | None = None
) -> dict[str, Transfer]:
    """Return the transfers by their handover; `among` given, those of these handovers."""
    query = select(transfers)
    if among is not None:
        query = query.where(transfers.c.handover_id.in_([handover.handover_id for handover in among]))
    return {row.handover_id: _transfer(row) for row in connection.execute(query)}


def load_deliveries(connection: Connection, among: Collection[str] | None = None) -> Deliveries:
    """Return what was handed over in order of each case, or of those `among`: the first handover of each line.

    A handover counts that names the case and is of the case's own department.
    """
    query = (
        select(handovers)
        .join(cases, cases.c.case_id == handovers.c.case_id)
        .where(handovers.c.status == HandoverStatus.IN_ORDER.value)
        .where(_COUNTS)
        .where(handovers.c.department == cases.c.department)
        .order_by(handovers.c.sequence)
    )
    if among is not None:
        query = query.where(handovers.c.case_id.in_(among))
    found = [_handover(row) for row in connection.execute(query)]
    recorded = load_transfers(connection) if among is None else load_transfers(connection, found)
    deliveries: dict[str, dict[str, Delivered]] = {}
    for handover in found:
        assert handover.case_id is not None
        for item in handover.content["items"]:
            delivered = Delivered(handover, recorded.get(handover.handover_id))
            deliveries.setdefault(handover.case_id, {}).setdefault(str(item["line"]), delivered)
    return deliveries


def _issued(connection: Connection, query: Select[Any]) -> StoredClearance | None:
    row = connection.execute(query).first()
    return None if row is None else _as_issued(row)


def _as_issued(row: Row[Any]) -> StoredClearance:
    return StoredClearance(row.note, dt.datetime.fromisoformat(row.decided_at), row.issued_by, row.sequence)


def _handover(row: Row[Any]) -> RecordedHandover:
    content: Mapping[str, Any] = json.loads(row.content)
    return RecordedHandover(
        handover_id=row.handover_id,
        clearance_id=row.clearance_id,
        uses_up=row.uses_up,
        department=row.department,
        request_id=row.request_id,
        case_id=row.case_id,
        handed_over_on=dt.date.fromisoformat(row.handed_over_on),
        recorded_at=dt.datetime.fromisoformat(row.recorded_at),
        recorded_by=row.recorded_by,
        status=HandoverStatus(row.status),
        content=content,
        sequence=row.sequence,
    )


def _transfer(row: Row[Any]) -> Transfer:
    return Transfer(
        handover_id=row.handover_id,
        recorded_on=dt.date.fromisoformat(row.recorded_on),
        reference=row.reference,
        recorded_at=dt.datetime.fromisoformat(row.recorded_at),
        recorded_by=row.recorded_by,
    )
