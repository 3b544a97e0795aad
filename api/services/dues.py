"""All dues of a day: for the lists of the registers, for agreed inclusions, for handovers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from api.domain.cases.case import Case
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
    records = load_due_records(connection, cases_with_inclusions(connection, policies))
    terms = read_list_terms(policies, day)
    of_handovers = dues_of_handovers(connection, day, delivered_items(records, terms, day))
    return find_dues(records, policies.registers, terms, day, of_handovers)


def cases_with_inclusions(connection: Connection, policies: PolicySet) -> Sequence[Case]:
    """Return the cases of which something may be due, since an inclusion was agreed for them, or no longer is."""
    named = policies.registers.inclusions if policies.registers else None
    return load_cases_with(connection, named.fact) if named else []


def dues_of_handovers(connection: Connection, day: dt.date, in_registers: Set[str]) -> list[Due]:
    """Return what is due for handovers on a day, except for listed items whose transfer is due `in_registers`."""
    handovers = that_count(load_handovers(connection), load_corrections(connection))
    return handover_dues(handovers, load_transfers(connection), day, in_registers)
