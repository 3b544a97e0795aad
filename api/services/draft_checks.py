"""The check of a draft: every finding in its files, bounded in time and size, beside the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.policies.approved import ApprovedPolicies
from api.policies.floor import load_floor
from api.runtime.daemon_calls import call_in_daemon
from api.services.context import Context
from engine import Diagnostic, OuterInvariants, PolicyFaults, PolicySet, hold_to, load_policies, read_floor

MAX_SET_BYTES = 8 * 1024**2
"""The longest that the files of a set may be together to be checked while somebody waits."""
PATIENCE_SECONDS = 10.0
QUEUE = 8
"""So many checks may wait for the one that runs; more are turned away."""


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """What the check of some files found: the set if it could be used, and its faults or its remarks."""

    policies: PolicySet | None
    findings: tuple[Diagnostic, ...]


@dataclass(slots=True)
class DraftChecks:
    """Runs one check at a time, each in a thread; one for each process."""

    _turn: threading.Lock = field(default_factory=threading.Lock)
    _waiting: int = 0

    async def check(self, context: Context, files: Mapping[str, bytes]) -> DraftCheck:
        """Return what the check of the files finds, held to the floor in force.

        Raises `ProblemError` if they are too long, too many checks wait, or the check takes too long.
        """
        if sum(map(len, files.values())) > MAX_SET_BYTES:
            raise ProblemError(
                make_problem(ProblemKind.TOO_LARGE, "The files are too long to be checked here.")
            )
        if self._waiting >= QUEUE:
            raise _not_now("Others wait for a check already; try again in a few seconds.")
        self._waiting += 1
        running = call_in_daemon(self._check, context, dict(files))
        try:
            return await asyncio.wait_for(asyncio.shield(running), PATIENCE_SECONDS)
        except TimeoutError as error:
            raise _not_now("The check takes longer than usual; try again in a few seconds.") from error

    def _check(self, context: Context, files: Mapping[str, bytes]) -> DraftCheck:
        try:
            with self._turn:
                return _find(context, files)
        finally:
            self._waiting -= 1


CHECKS = DraftChecks()


async def check_files(context: Context, files: Mapping[str, bytes]) -> DraftCheck:
    """Return what the check of some files finds. Raises `ProblemError`."""
    return await CHECKS.check(context, files)


def _find(context: Context, files: Mapping[str, bytes]) -> DraftCheck:
    try:
        policies = hold_to(load_policies(files), _floor(context))
    except PolicyFaults as faults:
        return DraftCheck(None, faults.diagnostics)
    day = policies.day_at(context.clock())
    return DraftCheck(policies, policies.hints_on(day))


def _floor(context: Context) -> OuterInvariants:
    """The floor in force: by approvals, or that in the file."""
    floor = context.settings.floor
    if isinstance(context.policies, ApprovedPolicies):
        return read_floor(str(floor), context.policies.in_force.floor.encode())
    return load_floor(floor)


def _not_now(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.NOT_TAKEN, detail))
