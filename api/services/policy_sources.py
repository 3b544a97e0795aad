"""Where a service takes its policies from, by its settings and by what its ledger says: a folder, or approvals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.log import Ledger
from api.ledger.policy_proofs import read_verifying_key
from api.ledger.revisions import last_in_force
from api.policies.active import PolicyProvider
from api.policies.ages import read_limits
from api.policies.floor import read_floor_file
from api.policies.held_sets import HeldSets
from api.policies.proof_gate import ProofGate
from api.policies.source import PolicySource
from api.runtime.counters import Counters
from api.runtime.private_cache import PrivateCache, find_folder
from api.settings import Settings
from api.storage.approval_entries import mentions_approvals
from engine import AgeKind

if TYPE_CHECKING:
    from api.policies.founding import FoundingNote


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
    if settings.approvers is not None or _mentions_approvals(database):
        from api.services.approved_sources import find_approved

        approved = find_approved(settings, database, counters, store, clock, _sets(settings))
        if approved is not None:
            return PolicyOrigin(*approved)
    return PolicyOrigin(_watched(settings, database, counters, clock))


def _mentions_approvals(database: Database) -> bool:
    try:
        if not database.exists or database.revision() is None:
            return False
        with translated(), database.reading() as connection:
            return mentions_approvals(connection)
    except ValueError as error:
        raise StoreUnavailable(f"{error}; `channelgate log verify` shows more") from error
    finally:
        database.dispose()  # the log in it may never be opened; then nobody else would


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


def _sets(settings: Settings) -> HeldSets:
    return HeldSets(PrivateCache(find_folder(settings.cache)))
