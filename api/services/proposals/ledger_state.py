"""What the ledger holds about approvals, with the files of the sets that are in force or may be next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.statements import ProposalStatement, ProposalSubject, RestoreConfirmation
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.reader import newest_revision
from api.ledger.restorings import Restoring, find_restoring
from api.ledger.revisions import find_revision
from api.policies.approved import LedgerState
from api.storage.approvals import load_history

if TYPE_CHECKING:
    from sqlalchemy import Connection

READY = 3
"""The sets of so many of the newest proposals are held ready."""


def read_state(connection: Connection, known: ApprovalHistory | None = None) -> LedgerState:
    """Return the state of a ledger, reading on behind `known`. Raises StoreUnavailable for an altered log."""
    history = read_history(connection, known)
    if history is known or not history.is_founded:
        return LedgerState(history, {})
    files = {
        found.revision: found
        for revision in _revisions(history)
        if (found := find_revision(connection, revision)) is not None
    }
    return LedgerState(history, files, _unconfirmed(connection, history))


def read_history(connection: Connection, known: ApprovalHistory | None = None) -> ApprovalHistory:
    """Return the history of approvals, reading on behind `known`. Raises StoreUnavailable for an altered log."""
    try:
        return load_history(connection, known)
    except ValueError as error:
        raise StoreUnavailable(f"{error}; `channelgate log verify` shows more") from error


def _unconfirmed(connection: Connection, history: ApprovalHistory) -> Restoring | None:
    """How the ledger was restored, unless that was confirmed since."""
    restoring = find_restoring(connection)
    if restoring is None:
        return None
    confirmed = any(
        isinstance(one.stated, RestoreConfirmation) and one.stated.restoring == restoring.mark
        for one in history.statements
    )
    return None if confirmed else restoring


def _revisions(history: ApprovalHistory) -> list[str]:
    in_force = history.in_force
    proposed = [
        one.stated.content
        for one in [*history.proposals.values()][-READY:]
        if isinstance(one.stated, ProposalStatement)
        and one.stated.subject is ProposalSubject.POLICIES
        and one.stated.base == in_force.revision
    ]
    return [in_force.revision, *proposed]


def read_state_of(database: Database) -> tuple[LedgerState, str | None]:
    """Return the state of a ledger that may not be there yet, and the revision that was in force last in it."""
    try:
        if not database.exists or database.revision() is None:
            return LedgerState(ApprovalHistory(), {}), None
        with translated(), database.reading() as connection:
            return read_state(connection), newest_revision(connection)
    finally:
        database.dispose()  # the log in it may never be opened; then nobody else would
