"""What does not agree, as it is asked for: over HTTP, or by the command line with policies of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection

from api.domain.reconciliation import Reconciliation, reconcile
from api.handovers.presenting import reconciliation_answer
from api.parsing.parameters import day_parameter
from api.service import Service
from api.services.dues import owed_on
from engine import PolicySet

DAY = frozenset({"as_of"})


async def show_reconciliation(service: Service, asked: Mapping[str, str]) -> bytes:
    """Return what does not agree on a day, or today, as JSON. Raises `ProblemError`."""
    policies = service.policies.current.policies
    day = day_parameter(asked, "as_of") or service.clock().date()
    found = await service.store.read(lambda connection: reconcile_all(connection, policies, day))
    return reconciliation_answer(found).to_text().encode()


def reconcile_all(connection: Connection, policies: PolicySet, day: dt.date) -> Reconciliation:
    """Return what does not agree on a day, what is overdue among it."""
    return reconcile(connection, day, owed_on(connection, policies, day))
