"""Reconciliation on a day, for HTTP and for the command line, which brings policies of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from api.domain.dues.due import Due
from api.domain.reconciliation import Reconciliation, reconcile
from api.domain.reconciliation_view import ReconciliationAnswer, reconciliation_answer
from api.parsing.parameters import day_parameter
from api.services.context import Context
from api.services.dues import dues_on
from api.storage.decisions import first_decisions
from api.storage.handover_corrections import load_corrections
from api.storage.handovers import load_clearances, load_handovers
from api.storage.newest_record import newest_office_record
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

DAY = frozenset({"as_of"})


async def show_reconciliation(context: Context, query: Mapping[str, str]) -> bytes:
    """Return what does not agree on a day, or today, as JSON. Raises `ProblemError`."""
    policies = context.policies.current.policies
    day = day_parameter(query, "as_of") or policies.day_at(context.clock())
    found = await context.store.read(lambda connection: reconcile_all(connection, policies, day))
    return reconciliation_answer(found).to_text().encode()


async def reconcile_today(context: Context) -> ReconciliationAnswer:
    """Return what does not agree today, worked out anew only where something was recorded since.

    Raises StoreUnavailable.
    """
    policies, last = context.policies.current.policies, context.reconciled
    day = policies.day_at(context.clock())

    def read(connection: Connection) -> ReconciliationAnswer:
        of = newest_office_record(connection), policies.revision, day
        if last.found is None or last.of != of:
            dues = context.registers.dues(connection, policies, day)
            last.of, last.found = of, reconciliation_answer(reconcile_all(connection, policies, day, dues))
        return last.found

    return await context.store.read(read)


def reconcile_all(
    connection: Connection, policies: PolicySet, day: dt.date, dues: Iterable[Due] | None = None
) -> Reconciliation:
    """Return what does not agree on a day, what is overdue of `dues` among it, or of all that are due."""
    return reconcile(
        day,
        load_handovers(connection),
        load_corrections(connection),
        [issued.clearance for issued in load_clearances(connection)],
        lambda requests: first_decisions(connection, requests),
        dues_on(connection, policies, day) if dues is None else dues,
    )
