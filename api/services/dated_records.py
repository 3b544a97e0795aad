"""What is recorded with a day on which it begins to hold, or holds no longer, wherever that is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.approvals.dated_records import DayAt, find_dated_approvals
from api.domain.approvals.proposal_view import ViewMoment
from api.domain.handovers.corrections import counted_uses
from api.domain.upcoming import ONE_DAY, DatedRecord, DatedRecordKind, ListedRecords
from api.services.proposals.ledger_state import read_history
from api.storage.handover_corrections import load_corrections
from api.storage.handovers import load_clearances, load_handovers
from engine import DatedChangeKind

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class DatedQuery:
    """By when records are looked at, and which day a time is at the calendar place of the policies."""

    moment: ViewMoment
    day_at: DayAt


def unused_clearances(connection: Connection, _: DatedQuery) -> Iterator[DatedRecord]:
    """Yield the clearances that no handover has used, each on the first day on which it no longer holds."""
    uses = counted_uses(load_handovers(connection), load_corrections(connection))
    for clearance in (issued.clearance for issued in load_clearances(connection)):
        if clearance.clearance_id not in uses and clearance.valid_until < dt.date.max:
            day, kind = clearance.valid_until + ONE_DAY, DatedRecordKind.CLEARANCE
            yield DatedRecord(day, kind, clearance.clearance_id, DatedChangeKind.ENDS, clearance.department)


def dated_approvals(connection: Connection, query: DatedQuery) -> Iterator[DatedRecord]:
    """Yield what is recorded with days about approvals. Raises StoreUnavailable for an altered log."""
    return find_dated_approvals(read_history(connection), query.moment, query.day_at)


@dataclass(frozen=True, slots=True)
class DatedSource:
    """Where records of some kinds come from; who may make `call` may read them."""

    kinds: tuple[DatedRecordKind, ...]
    call: str
    read: Callable[[Connection, DatedQuery], Iterable[DatedRecord]]


DATED_SOURCES: tuple[DatedSource, ...] = (
    DatedSource(
        (DatedRecordKind.CLEARANCE,),
        "GET /v1/clearances/{clearance_id}",
        unused_clearances,
    ),
    DatedSource(
        (DatedRecordKind.PROPOSAL, DatedRecordKind.APPROVAL, DatedRecordKind.EMERGENCY_RETURN),
        "GET /v1/proposals/{proposal_id}",
        dated_approvals,
    ),
)
"""Where records with days come from; what is recorded with days elsewhere is added here."""


def list_records(
    connection: Connection, query: DatedQuery, sources: Collection[DatedSource] = DATED_SOURCES
) -> ListedRecords:
    """Return what the sources have recorded. Raises StoreUnavailable for an altered log."""
    return ListedRecords(
        tuple(kind for source in sources for kind in source.kinds),
        tuple(record for source in sources for record in source.read(connection, query)),
    )
