"""The entries by which approvals begin in a log: the note that every approver signed, and the policies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from api.domain.approvals.history import ApprovalHistory
from api.ledger.entries import Entry
from api.ledger.log import Ledger
from api.ledger.revisions import store_revision
from api.policies.approved import LedgerState
from api.policies.founding import FoundingNote
from api.services.proposals.commands import own_engine
from api.services.proposals.ledger_state import read_state
from api.storage.approvals import activation_entry, load_history, read_recorded, statement_entry
from engine import Approval

if TYPE_CHECKING:
    from sqlalchemy import Connection


def founding_entries(founding: FoundingNote, at: datetime) -> list[Entry]:
    """Return the entries of a founding."""
    stated = founding.stated
    return [
        statement_entry(stated, at, note=founding.note, texts=founding.texts),
        activation_entry(
            stated.content, Approval.FOUNDED, stated.digest, at, engine=own_engine(), day=at.date()
        ),
    ]


def state_to_found(founding: FoundingNote, at: datetime) -> LedgerState:
    """Return the state that a ledger will have once approvals are founded in it; nothing is recorded yet."""
    read = (read_recorded(place, entry) for place, entry in enumerate(founding_entries(founding, at)))
    history = ApprovalHistory(tuple(one for one in read if one is not None))
    return LedgerState(history, {founding.files.revision: founding.files})


async def found_approvals(store: Ledger, founding: FoundingNote, clock: Callable[[], datetime]) -> None:
    """Record a founding, unless another process has done so meanwhile. Raises StoreUnavailable."""

    def unit(connection: Connection, _: int) -> tuple[Sequence[Entry], None]:
        if load_history(connection).is_founded:
            return (), None
        store_revision(connection, founding.files)
        return founding_entries(founding, clock()), None

    await store.work(unit)


async def read_ledger(store: Ledger, known: ApprovalHistory) -> LedgerState:
    """Return the state of a ledger, reading on behind `known`. Raises StoreUnavailable."""
    return await store.read(lambda connection: read_state(connection, known))
