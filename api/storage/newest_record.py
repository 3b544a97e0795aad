"""The newest log entry of the records that pre-checks take facts from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from api.ledger.preconditions import NOTHING
from api.ledger.sql import fetch_one
from api.storage.tables import (
    case_facts,
    cases,
    clearances,
    handover_corrections,
    handovers,
    register_events,
    register_items,
    transfers,
)


def newest_record(connection: Connection) -> int:
    """Return the log entry that last added to the records: a case, a fact, a listed item, an event.

    It is `NOTHING` before there are any.
    """
    return max(NOTHING if found is None else int(found) for found in fetch_one(connection, _NEWEST))


def newest_office_record(connection: Connection) -> int:
    """Return the log entry that last added to anything stored beside decisions: also handovers and clearances.

    It is `NOTHING` before there are any.
    """
    found = fetch_one(connection, _NEWEST_OF_OFFICE)
    return max(newest_record(connection), *(NOTHING if one is None else int(one) for one in found))


def _newest_in(*tables: Table) -> Select[Any]:
    return select(*(select(func.max(table.c.sequence)).scalar_subquery() for table in tables))


_NEWEST = _newest_in(cases, case_facts, register_items, register_events)
_NEWEST_OF_OFFICE = _newest_in(clearances, handovers, handover_corrections, transfers)
