"""The policies in force where approvals are required: those that the ledger says, whatever the folder holds.

The folder, the floor and the file of approvers are read to say how they differ from what is in force; a difference
changes nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from api.domain.approvals.fault_code import APPROVALS_CODE
from api.domain.approvals.history import ApprovalHistory, StateInForce
from api.domain.approvals.statements import digest_of
from api.ledger.database import StoreUnavailable
from api.ledger.restorings import Restoring
from api.ledger.revisions import PolicyFiles
from api.policies.active_set import ActiveSet, DetachedFacts
from api.policies.ages import AgingStatus, ServingMoments
from api.policies.file_differences import ApprovalFiles, compare_files
from api.policies.floor import FloorFile
from api.policies.folder import PolicyFolder
from api.policies.held_sets import HeldSets
from api.runtime.counters import Counted, Counters
from api.runtime.daemon_calls import call_in_daemon
from api.runtime.loggers import get_logger
from engine import (
    AgeKind,
    Diagnostic,
    Place,
    PolicyFaults,
    PolicySet,
    ServingStatus,
)

POLL_SECONDS = 1.0
"""The log is read at this interval for what came into force by another process; a decision finds out sooner."""
AT_ONCE = -1
"""A limit, in seconds, that every age is past, also where the clock is behind."""
LOADED_SETS = 6
"""So many sets are held ready: those in force and those that may be next."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What a ledger holds about approvals, and the files of the revisions that may have to be loaded.

    `restored` is set where it was restored from a backup, and an officer who decides has not confirmed that.
    """

    history: ApprovalHistory
    files: Mapping[str, PolicyFiles]
    restored: Restoring | None = None

    @property
    def unconfirmed_since(self) -> datetime | None:
        """Since when something waits to be confirmed."""
        return self.restored.taken_at if self.restored else self.history.in_force.unconfirmed_since


ReadLedger = Callable[[ApprovalHistory], Awaitable[LedgerState]]
"""Reads on in the ledger, behind a history."""


class ApprovedPolicies:
    """Holds the set in force by the ledger, and sets ready that were proposed.

    Constructing it loads the set in force of `state`, which is `recorded` unless it is still to be founded. Raises
    `PolicyFaults` if that is not usable by this version.
    """

    def __init__(
        self,
        state: LedgerState,
        files: ApprovalFiles,
        counters: Counters,
        keep_apart: str,
        *,
        recorded: bool,
        read: ReadLedger,
        sets: HeldSets,
        hold_past: Mapping[AgeKind, int],
        clock: Callable[[], datetime],
    ) -> None:
        self._files = files
        self._counters = counters
        self._detached = DetachedFacts(keep_apart, files.policies)
        self._sets = sets
        self._read = read
        self._hold_past = hold_past
        self._clock = clock
        self._prepared: LedgerState | None = None
        self._lock = threading.Lock()
        self._loaded: OrderedDict[tuple[str, str], PolicySet] = OrderedDict()
        self._faults: tuple[Diagnostic, ...] = ()
        self._catching_up: asyncio.Future[None] | None = None
        self._state = state
        self._known = state.history if recorded else ApprovalHistory()
        self._current = self._make_active(state)
        self._status = self._make_status(state)
        self._confirmed_at = clock()
        self._differences: tuple[str, ...] = ()

    @property
    def state(self) -> LedgerState:
        """What the ledger held when it was read last."""
        return self._state

    @property
    def history(self) -> ApprovalHistory:
        """What the ledger held about approvals when it was read last."""
        return self._state.history

    @property
    def in_force(self) -> StateInForce:
        """What was in force then."""
        return self._state.history.in_force

    @property
    def current(self) -> ActiveSet:
        """The active set; take it once for each call."""
        return self._current

    @property
    def approvals(self) -> Literal["required", "none"]:
        """That approvals are required."""
        return "required"

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """Why what came into force is not active here; empty if it is."""
        return self._faults

    @property
    def stopped(self) -> str | None:
        """Why nothing can be decided: what came into force cannot be loaded here."""
        return "What is in force by approvals cannot be loaded here; see the log." if self._faults else None

    @property
    def differences(self) -> tuple[str, ...]:
        """How the folder, the floor and the file of approvers differ from what is in force, a sentence each."""
        return self._differences

    def erasable(self) -> frozenset[str]:
        """Return the facts whose texts stay out of the log: those of every set that was in force so far."""
        return self._detached.erasable

    def serving_status(self, active: ActiveSet, now: datetime) -> ServingStatus:
        """Return how a set came into force and how old it is.

        It counts as reloaded when the ledger was last read and had it in force.
        """
        unconfirmed = self._state.unconfirmed_since
        moments = ServingMoments(active.active_since, active.proved_at, self._confirmed_at, unconfirmed)
        return self._status.at(active.approval, moments, now)

    async def catch_up(self) -> None:
        """Take up what is in force by the ledger now. Raises StoreUnavailable, also if it cannot be loaded.

        Calls that need it at the same time share one reading that began after they did.
        """
        if self._catching_up is not None and not self._catching_up.done():
            await asyncio.wait([self._catching_up])
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.ensure_future(self._catch_up())
        await asyncio.shield(self._catching_up)

    async def _catch_up(self) -> None:
        state = await self._read(self._known)
        if state.history is not self._known and state.history.is_founded:
            if state.history.in_force.activation.sequence != self._current.files.activated_at:
                await self._take_up(state)
            self._state, self._known = state, state.history
            self._status = self._make_status(state)
        self._confirmed_at = self._clock()

    async def _take_up(self, state: LedgerState) -> None:
        revision = state.history.in_force.revision
        try:
            self._current = await call_in_daemon(self._make_active, state)
        except PolicyFaults as faults:
            self._faults = faults.diagnostics
            self._counters.count(Counted.RELOAD_FAILED)
            log.error("approved_policies_not_loaded", revision=revision, faults=str(faults))
            raise StoreUnavailable("the policies in force cannot be loaded; see /readyz") from faults
        self._faults = ()
        self._counters.count(Counted.RELOADED)
        log.info("policies_activated", revision=revision, approval=self._current.approval.value)

    async def find_faults(self, files: PolicyFiles, floor: str) -> tuple[Diagnostic, ...]:
        """Return why a set could not be active in this process, held to a floor; empty if it could."""
        in_force = replace(self.in_force, floor=floor, floor_digest=digest_of(floor))
        try:
            await call_in_daemon(self._load, files, in_force)
        except PolicyFaults as faults:
            return faults.diagnostics
        return ()

    async def _prepare(self) -> None:
        """Load what may come into force next, so that nobody waits for it then."""
        if self._prepared is self._state:
            return
        state = self._prepared = self._state
        for revision, files in state.files.items():
            try:
                await call_in_daemon(self._load, files, state.history.in_force)
            except PolicyFaults:  # the evidence says so, and it does not come into force
                log.info("proposed_policies_with_faults", revision=revision)

    def _make_active(self, state: LedgerState) -> ActiveSet:
        in_force = state.history.in_force
        files = state.files[in_force.revision]
        policies = self._load(files, in_force)
        self._detached.keep_apart_for(policies)
        placed = PolicyFiles(files.revision, files.files, in_force.activation.sequence)
        return ActiveSet(policies, placed, in_force.policies_since, in_force.proved_at, in_force.approval)

    def _make_status(self, state: LedgerState) -> AgingStatus:
        """The status that ages. What waits to be confirmed has a limit; a restored ledger has none to spare."""
        limits = dict(self._hold_past)
        if state.restored:
            limits[AgeKind.UNCONFIRMED] = AT_ONCE
        elif state.unconfirmed_since:
            limits[AgeKind.UNCONFIRMED] = state.history.in_force.approvers.confirm_within // timedelta(
                seconds=1
            )
        return AgingStatus(limits)

    def _load(self, files: PolicyFiles, in_force: StateInForce) -> PolicySet:
        """A set, held to the floor; those that were needed last are cached. Raises PolicyFaults."""
        key = (files.revision, in_force.floor_digest)
        found = self._loaded.pop(key, None)
        if found is None:
            floor = FloorFile(self._files.floor, in_force.floor.encode())
            found = self._sets.load(PolicyFolder(files.read()), floor)
            self._detached.check(found)
        with self._lock:
            self._loaded[key] = found
            while len(self._loaded) > LOADED_SETS:
                self._loaded.popitem(last=False)
        return found

    async def watch(self, stop: asyncio.Event, activated: Callable[[ActiveSet], Awaitable[None]]) -> None:
        """Read on in the ledger until `stop` is set, and compare the files; `activated` is called as of a folder."""
        await activated(self._current)
        stopping = asyncio.create_task(stop.wait())
        before = self._current
        while not stop.is_set():
            try:
                await self.catch_up()
                await self._prepare()
                self._differences = await call_in_daemon(self._find_differences)
            except StoreUnavailable as error:
                log.warning("ledger_not_read", reason=str(error))
            except Exception:
                log.exception("ledger_not_followed")
            if self._current is not before:
                before = self._current
                await activated(before)
            await asyncio.wait({stopping}, timeout=POLL_SECONDS)

    def _find_differences(self) -> tuple[str, ...]:
        found = tuple(compare_files(self._files, self._current.files.read(), self.in_force))
        if found != self._differences:
            for difference in found:
                log.warning("differs_from_what_is_in_force", fact=difference)
        return found


def not_usable(folder: Path, fact: str, remedy: str) -> PolicyFaults:
    """Return the fault of approvals that cannot be founded, or are not to be left out."""
    return PolicyFaults([Diagnostic(Place(str(folder)), APPROVALS_CODE, fact, remedy)])
