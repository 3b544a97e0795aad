"""All dues of a day: for the lists of the registers, for agreed inclusions, for handovers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from api.domain.dues.due import Due
from api.domain.dues.find_dues import delivered_items, find_dues
from api.domain.dues.list_terms import read_list_terms
from api.domain.handovers.corrections import that_count
from api.domain.reconciliation import handover_dues
from api.storage.cases import load_cases_with
from api.storage.due_records import load_due_records
from api.storage.handover_corrections import load_corrections
from api.storage.handovers import load_handovers, load_transfers
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection


def dues_on(connection: Connection, policies: PolicySet, day: dt.date) -> list[Due]:
    """Return the dues of a day, as far as they are known now: overdue ones first, then the nearest day."""
    named = policies.registers.inclusions if policies.registers else None
    with_inclusions = load_cases_with(connection, named.fact) if named else ()
    records, terms = load_due_records(connection, with_inclusions), read_list_terms(policies, day)
    handovers = that_count(load_handovers(connection), load_corrections(connection))
    transfers = load_transfers(connection)
    of_handovers = handover_dues(handovers, transfers, day, delivered_items(records, terms, day))
    return find_dues(records, policies.registers, terms, day, of_handovers)
