"""The newest log entry of the records that pre-checks take facts from."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from api.ledger.log import NOTHING
from api.ledger.sql import fetch_one
from api.storage.tables import case_facts, cases, register_events, register_items


def newest_record(connection: Connection) -> int:
    """Return the log entry that last added to the records: a case, a fact, a listed item, an event.

    It is `NOTHING` before there are any.
    """
    return max(NOTHING if found is None else int(found) for found in fetch_one(connection, _NEWEST))


_NEWEST = select(
    *(
        select(func.max(table.c.sequence)).scalar_subquery()
        for table in (cases, case_facts, register_items, register_events)
    )
)
