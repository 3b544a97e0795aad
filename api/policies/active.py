"""The policy set in force now: read from a folder, replaced as a whole, and never by a faulty or unproved one.

A reload replaces the reference, not the `ActiveSet` itself, so a request in flight is decided under the set it began
with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

from watchfiles import awatch

from api.domain.approvals.fault_code import APPROVALS_CODE
from api.ledger.revisions import LastInForce, PolicyFiles
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.policies.active_set import ActiveSet, DetachedFacts
from api.policies.ages import NO_LIMITS, AgingStatus, ServingMoments
from api.policies.floor import FloorFile
from api.policies.folder import PolicyFolder, read_folder
from api.policies.held_sets import HeldSets, inputs_of
from api.policies.proof_gate import ProofGate
from api.runtime.counters import Counted, Counters
from api.runtime.daemon_calls import call_in_daemon
from api.runtime.loggers import get_logger
from engine import (
    AgeKind,
    Diagnostic,
    Place,
    PolicyFaults,
    ServingStatus,
    revision_of,
)

DEBOUNCE_MS = 200
POLL_MS = 2_000
"""The folder is also read at this interval: the target of a link may change unseen by the watcher."""
PATIENCE_SECONDS = 30
"""A changed folder that is not read, checked and proved within this time is a fault until it is."""

log = get_logger()

P = ParamSpec("P")
T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


class PolicyProvider:
    """Holds the active set of a folder and what is wrong with the folder, if anything.

    Constructing it reads the folder and raises `PolicyFaults` if that gives no usable set. `keep_apart` names the
    facts whose texts stay out of the log, in the words of each set: one that has no such text, or a condition that
    reads one, is not usable; nor is one that cannot state the `floor`. Nor is one that is not
    proved, over all requests, to meet the floor, its own invariants and those of the set `before`, unless
    `accept_unproved`: then the proof is not run, and the floor still stops each permission that breaks it.
    `sets` loads them, `gate` proves them; by themselves they know nothing of what was found before.
    Past the limits of ages in `hold_past`, in whole seconds, no decision permits.
    """

    def __init__(
        self,
        folder: Path,
        counters: Counters,
        keep_apart: str = "",
        *,
        floor: FloorFile,
        sets: HeldSets | None = None,
        gate: ProofGate | None = None,
        before: LastInForce | None = None,
        accept_unproved: bool = False,
        hold_past: Mapping[AgeKind, int] = NO_LIMITS,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._status = AgingStatus(hold_past)
        self._clock = clock
        self._detached = DetachedFacts(keep_apart, folder)
        self._sets = sets or HeldSets()
        self._gate = gate or ProofGate()
        self._floor = floor
        self._before = before.files if before else None
        self._accept_unproved = accept_unproved
        self._folder = folder
        self._counters = counters
        self._stopped: str | None = None
        content = read_folder(folder)
        active = self._load(content)
        if before and before.revision == active.policies.revision:
            active = replace(active, active_since=min(before.since, active.active_since))
        self._activate(active)
        self._seen: PolicyFolder | None = content
        self._faults: tuple[Diagnostic, ...] = ()

    @property
    def current(self) -> ActiveSet:
        """The active set; take it once for each call."""
        return self._current

    def erasable(self) -> frozenset[str]:
        """Return the facts whose texts stay out of the log: those of every set that was in force so far."""
        return self._detached.erasable

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """Why the folder's present content is not active; empty if it is."""
        return self._faults

    @property
    def approvals(self) -> Literal["required", "none"]:
        """That none are required."""
        return "none"

    @property
    def stopped(self) -> str | None:
        """Why nothing can be decided: approvals were founded in the log meanwhile."""
        return self._stopped

    @property
    def differences(self) -> tuple[str, ...]:
        """Nothing: what the folder holds is in force, or `faults` say why not."""
        return ()

    def serving_status(self, active: ActiveSet, now: datetime) -> ServingStatus:
        """Return how a set came into force and how old it is, the active one or that with which a call began.

        While the folder has faults, the time since it was last found to hold the set in force grows.
        """
        moments = ServingMoments(active.active_since, active.proved_at, self._confirmed_at)
        return self._status.at(active.approval, moments, now)

    async def reload(self) -> bool:
        """Read the folder again; activate a new set without faults, else keep the last good one and log why.

        Returns whether a set was activated.
        """
        faults_before, seen, self._seen = self._faults, self._seen, None
        try:
            content = await self._patiently(read_folder, self._folder)
            self._seen = content
            if content == seen:
                self._faults = faults_before
                if not faults_before:
                    self._confirmed_at = self._clock()
                return False
            self._activate(self._continued(await self._patiently(self._load, content)))
        except PolicyFaults as faults:
            self._reject(faults.diagnostics)
        except Exception:
            log.exception("policy_loading_failed")
            fault = Diagnostic(Place(str(self._folder)), "L04", "the set could not be loaded", "see the log")
            self._reject((fault,))
        else:
            self._faults = ()
            self._counters.count(Counted.RELOADED)
            log.info("policies_activated", revision=self._current.policies.revision)
            return True
        return False

    async def catch_up(self) -> None:
        """Raise `ProblemError`: what the folder holds is in force, unless approvals were founded meanwhile."""
        remedy = "start it anew with --approvers FILE"
        fact = "approvals were founded in the log, and this process takes its policies from a folder"
        self._reject((Diagnostic(Place(str(self._folder)), APPROVALS_CODE, fact, remedy),))
        self._stopped = "Approvals were founded in the log; this process has to be started anew."
        raise ProblemError(make_problem(ProblemKind.NOT_TAKEN, f"{self._stopped} Hand nothing over."))

    async def watch(self, stop: asyncio.Event, activated: Callable[[ActiveSet], Awaitable[None]]) -> None:
        """Reload on every change of the folder until `stop` is set; `activated` is called with each set in force.

        It ends as soon as `stop` is set: a reload that is under way is left behind.
        """
        await activated(self._current)
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            await self._follow(stopping, activated)
            try:
                async for _ in awatch(
                    self._folder,
                    stop_event=stop,
                    debounce=DEBOUNCE_MS,
                    rust_timeout=POLL_MS,
                    yield_on_timeout=True,
                    recursive=False,
                ):
                    await self._follow(stopping, activated)
            except (OSError, RuntimeError) as error:
                log.warning("policy_folder_not_watched", reason=str(error))
                await asyncio.wait({stopping}, timeout=POLL_MS / 1000)

    async def _follow(
        self, stopping: asyncio.Task[Literal[True]], activated: Callable[[ActiveSet], Awaitable[None]]
    ) -> None:
        """Reload, unless the service stops meanwhile."""
        reloading = asyncio.create_task(self.reload())
        await asyncio.wait({reloading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not reloading.done():
            reloading.cancel()
        elif reloading.result():
            await activated(self._current)

    async def _patiently(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` returns; that it takes long is a fault until then."""
        call = call_in_daemon(work, *args, **kwargs)
        try:
            done, _ = await asyncio.wait({call}, timeout=PATIENCE_SECONDS)
            if not done:
                message = (
                    f"reading, checking and proving the folder takes longer than {PATIENCE_SECONDS} seconds"
                )
                remedy = "wait; if it does not end, look for a disk that does not answer, or start the service anew"
                self._reject((Diagnostic(Place(str(self._folder)), "L09", message, remedy),))
            return await call
        finally:
            call.cancel()

    def _continued(self, active: ActiveSet) -> ActiveSet:
        """A set that is loaded anew; it is active since when it was activated first, if nothing was in between."""
        current = self._current
        if active.policies.revision != current.policies.revision:
            return active
        return replace(active, active_since=current.active_since)

    def _activate(self, active: ActiveSet) -> None:
        self._current = active
        self._confirmed_at = self._clock()
        if active.proved:
            self._before = active.files

    def _load(self, content: PolicyFolder) -> ActiveSet:
        revision = revision_of(content.files)
        # What a set states of itself it is held to anyhow.
        another = self._before if self._before and self._before.revision != revision else None
        former = None if self._accept_unproved else another
        policies = self._sets.load(content, self._floor, former)
        self._detached.check(policies)
        proof = None
        if self._accept_unproved:
            log.warning(
                "unproved_policies_accepted",
                revision=revision,
                fact="the proof was not run, as --accept-unproved asks; what holds of the answers is not known",
                remedy="for trying out only: leave --accept-unproved out where anything is handed over",
            )
        else:
            proof = self._gate.prove(policies, inputs_of(content, self._floor, former), self._clock)
        self._detached.keep_apart_for(policies)
        files = PolicyFiles.of(revision, content.files)
        return ActiveSet(policies, files, self._clock(), proof.at if proof else None, proof=proof)

    def _reject(self, faults: tuple[Diagnostic, ...]) -> None:
        if faults == self._faults:
            return
        self._faults = faults
        self._counters.count(Counted.RELOAD_FAILED)
        for fault in faults:
            log.error(
                "policy_fault",
                place=str(fault.place),
                code=fault.code,
                fact=fault.message,
                remedy=fault.remedy,
            )
        log.error("policies_rejected", faults=len(faults), still_active=self._current.policies.revision)
