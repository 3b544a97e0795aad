"""What was delivered: handovers in order, by case and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.handovers.handover import RecordedHandover, Transfer


@dataclass(frozen=True, slots=True)
class Delivered:
    """The handover in order of a line of a case, and its transfer procedure if that is recorded."""

    handover: RecordedHandover
    transfer: Transfer | None


Deliveries = Mapping[str, Mapping[str, Delivered]]
"""What was delivered, by case and mark of the line."""
