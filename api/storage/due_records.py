"""The records from which dues follow, read from the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from api.domain.cases.case import Case
from api.domain.dues.find_dues import DueRecords
from api.storage.cases import load_cases
from api.storage.register_events import load_events
from api.storage.registers import load_items, load_lists


def load_due_records(connection: Connection, cases: Sequence[Case] | None = None) -> DueRecords:
    """Return the records from which dues follow, with these `cases`, or all of them."""
    return DueRecords(
        lists=load_lists(connection),
        items=load_items(connection),
        events=load_events(connection),
        cases=load_cases(connection, None) if cases is None else cases,
    )
