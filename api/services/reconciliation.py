"""What does not agree, as it is asked for: over HTTP, or by the command line with policies of its own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from sqlalchemy import Connection

from api.domain.cases.recordable_facts import read_day
from api.domain.reconciliation import Reconciliation, reconcile
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.dues import owed_on
from api.storage.decisions import first_decisions
from api.storage.handovers import load_clearances, load_handovers
from engine import PolicySet

DAY = frozenset({"as_of"})


async def show_reconciliation(context: Context, asked: Mapping[str, str]) -> bytes:
    """Return what does not agree on a day, or today, as JSON. Raises `ProblemError`."""
    policies, day = context.policies.current.policies, context.clock().date()
    if "as_of" in asked:
        found = read_day(asked["as_of"])
        if found is None:
            raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "`as_of` is a day, YYYY-MM-DD."))
        day = found
    told = await context.store.read(lambda connection: reconcile_all(connection, policies, day))
    return json.dumps(told.to_json()).encode()


def reconcile_all(connection: Connection, policies: PolicySet, day: dt.date) -> Reconciliation:
    """Return what does not agree on a day, what is overdue among it."""
    return reconcile(
        day,
        load_handovers(connection),
        [issued.clearance for issued in load_clearances(connection)],
        lambda: first_decisions(connection),
        owed_on(connection, policies, day),
    )
