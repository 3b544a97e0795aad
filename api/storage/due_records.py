"""Everything that something can be owed for, read from the ledger."""

from __future__ import annotations

from sqlalchemy import Connection

from api.domain.dues.find_dues import Records
from api.storage.cases import load_cases
from api.storage.register_events import load_events
from api.storage.registers import load_items, load_lists


def load_records(connection: Connection) -> Records:
    """Return everything that something can be owed for."""
    return Records(
        lists=load_lists(connection),
        items=load_items(connection),
        events=load_events(connection),
        cases=load_cases(connection, None),
    )
