"""Which policies came into force when, and by what, as the log has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from api.ledger.entries import Entry
from api.ledger.reader import newest_activations
from api.services.context import Context
from api.storage.approval_entries import BY
from engine import Approval

MOST = 200
"""So many are returned, the newest; there are seldom more."""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """Policies that came into force: at which place of the log and when, which, and by what."""

    entry: int
    at: dt.datetime
    revision: str
    by: Approval


async def read_taken_up(context: Context) -> Sequence[TakenUp]:
    """Return which policies came into force, the newest first. Raises StoreUnavailable."""
    found = await context.store.read(lambda connection: newest_activations(connection, MOST))
    return [_taken_up(place, entry) for place, entry in found]


def _taken_up(place: int, entry: Entry) -> TakenUp:
    return TakenUp(place, entry.at, entry.key, Approval(entry.members.get(BY, Approval.NONE)))
