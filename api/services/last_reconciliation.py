"""What was found by the last reconciliation of a process."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.domain.reconciliation_view import ReconciliationAnswer


@dataclass(slots=True)
class LastReconciliation:
    """What was found last, and of which records, policies and day, so that it is found once for all who look."""

    of: tuple[int, str, dt.date] | None = None
    found: ReconciliationAnswer | None = None
