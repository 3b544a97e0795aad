"""Where a service takes its policies from if approvals are required: what the ledger says is in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from api.domain.approvals.history import ApprovalHistory
from api.ledger.database import Database
from api.ledger.log import Ledger
from api.policies.ages import read_limits
from api.policies.approved import ApprovedPolicies, LedgerState, not_usable
from api.policies.file_differences import ApprovalFiles
from api.policies.founding import FoundingNote, read_founding
from api.policies.held_sets import HeldSets
from api.runtime.counters import Counters
from api.services.proposals.founding import read_ledger, state_to_found
from api.services.proposals.ledger_state import read_state_of
from api.settings import USUAL_ORIGIN, Settings


def find_approved(
    settings: Settings,
    database: Database,
    counters: Counters,
    store: Callable[[], Ledger],
    clock: Callable[[], datetime],
    sets: HeldSets,
) -> tuple[ApprovedPolicies, FoundingNote | None] | None:
    """Return the policies that are approved, and the founding that has to be recorded first, if one has.

    None where neither the ledger nor the settings require approvals. Raises as `find_policies` does.
    """
    state, last = read_state_of(database)
    if settings.approvers is None:
        if state.history.is_founded:
            fact = "the ledger requires approvals, and no file of approvers is named"
            raise not_usable(settings.policies, fact, "name it with --approvers FILE")
        return None
    if state.history.is_founded and (founded := state.history.log) != settings.log_origin:
        fact = f"approvals were founded in this log as {founded}, and it is named {settings.log_origin} now"
        raise not_usable(settings.approvers, fact, f"set CHANNELGATE_LOG_ORIGIN={founded}")
    files = ApprovalFiles(settings.policies, settings.floor, settings.approvers)
    founding: FoundingNote | None = None
    if not state.history.is_founded:
        if last is None and settings.log_origin == USUAL_ORIGIN:
            fact = f"the log has the usual name, {USUAL_ORIGIN}, so what officers sign for it would hold elsewhere"
            raise not_usable(
                settings.approvers, fact, "name it like example.org/gate: CHANNELGATE_LOG_ORIGIN"
            )
        founding = read_founding(settings.founding, files, settings.log_origin, last)
        state = state_to_found(founding, clock())

    async def read(known: ApprovalHistory) -> LedgerState:
        return await read_ledger(store(), known)

    policies = ApprovedPolicies(
        state,
        files,
        counters,
        settings.keep_apart,
        recorded=founding is None,
        read=read,
        sets=sets,
        hold_past=read_limits(settings.hold_past),
        clock=clock,
    )
    return policies, founding
