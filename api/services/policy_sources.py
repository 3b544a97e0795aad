"""Where a service takes its policies from, by its settings and by what its ledger says: a folder, or approvals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.domain.approvals.history import ApprovalHistory
from api.ledger.database import Database
from api.ledger.log import Ledger
from api.ledger.policy_proofs import read_verifying_key
from api.ledger.revisions import last_in_force
from api.policies.active import PolicyProvider
from api.policies.ages import read_limits
from api.policies.approved import ApprovedPolicies, LedgerState, not_usable
from api.policies.file_differences import ApprovalFiles
from api.policies.floor import read_floor_file
from api.policies.founding import FoundingNote, read_founding
from api.policies.held_sets import HeldSets
from api.policies.proof_gate import ProofGate
from api.policies.source import PolicySource
from api.runtime.counters import Counters
from api.runtime.private_cache import PrivateCache, find_folder
from api.services.proposals.founding import read_ledger, state_to_found
from api.services.proposals.ledger_state import read_state_of
from api.settings import USUAL_ORIGIN, Settings
from engine import AgeKind


@dataclass(frozen=True, slots=True)
class PolicyOrigin:
    """The source of the policies, and the founding that has to be recorded before anything is decided, if one has."""

    source: PolicySource
    founding: FoundingNote | None = None


def find_policies(
    settings: Settings,
    database: Database,
    counters: Counters,
    store: Callable[[], Ledger],
    clock: Callable[[], datetime],
) -> PolicyOrigin:
    """Return where the policies come from; `store` returns the ledger, once it is open.

    Raises PolicyFaults for a folder, a floor, approvers or a founding that cannot be used, and for a ledger with
    approvals where the settings name no approvers; StoreUnavailable for one that cannot be read.
    """
    state, last = read_state_of(database)
    if settings.approvers is None:
        if state.history.is_founded:
            fact = "the ledger requires approvals, and no file of approvers is named"
            raise not_usable(settings.policies, fact, "name it with --approvers FILE")
        return PolicyOrigin(_watched(settings, database, counters, clock))
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
    return PolicyOrigin(_approved(settings, state, files, founding, counters, store, clock), founding)


def _watched(
    settings: Settings, database: Database, counters: Counters, clock: Callable[[], datetime]
) -> PolicySource:
    before, limits = last_in_force(database), read_limits(settings.hold_past)
    # Where the age of a proof has a limit, a start is to renew it.
    notes = before.proofs if before and AgeKind.PROOF not in limits else ()
    return PolicyProvider(
        settings.policies,
        counters,
        settings.keep_apart,
        floor=read_floor_file(settings.floor),
        sets=_sets(settings),
        gate=ProofGate(notes, read_verifying_key(settings.key_file, settings.log_origin)),
        before=before,
        accept_unproved=settings.accept_unproved,
        hold_past=limits,
        clock=clock,
    )


def _approved(
    settings: Settings,
    state: LedgerState,
    files: ApprovalFiles,
    founding: FoundingNote | None,
    counters: Counters,
    store: Callable[[], Ledger],
    clock: Callable[[], datetime],
) -> PolicySource:
    async def read(known: ApprovalHistory) -> LedgerState:
        return await read_ledger(store(), known)

    return ApprovedPolicies(
        state,
        files,
        counters,
        settings.keep_apart,
        recorded=founding is None,
        read=read,
        sets=_sets(settings),
        hold_past=read_limits(settings.hold_past),
        clock=clock,
    )


def _sets(settings: Settings) -> HeldSets:
    return HeldSets(PrivateCache(find_folder(settings.cache)))
