"""Where the policies in force come from: a watched folder, or a ledger in which they are approved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, Protocol

from api.policies.active_set import ActiveSet
from engine import Diagnostic, ServingStatus


class PolicySource(Protocol):
    """Holds the active set, and what is wrong with what was to replace it."""

    @property
    def current(self) -> ActiveSet:
        """The active set; take it once for each call."""
        ...

    @property
    def approvals(self) -> Literal["required", "none"]:
        """Whether approvals are `required`, or `none` are, as the log says of each start."""
        ...

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """Why what should be in force by now is not; empty if it is."""
        ...

    @property
    def stopped(self) -> str | None:
        """Why nothing can be decided any more by this process, in a sentence; None if it can."""
        ...

    @property
    def differences(self) -> tuple[str, ...]:
        """How what lies in the folder and beside it differs from what is approved, a sentence each."""
        ...

    def erasable(self) -> frozenset[str]:
        """Return the facts whose texts stay out of the log: those of every set that was in force so far."""
        ...

    def serving_status(self, active: ActiveSet, now: datetime) -> ServingStatus:
        """Return how a set came into force and how old it is: it is the active one, or was when a call began."""
        ...

    async def catch_up(self) -> None:
        """Take up the policies that are in force by now. Raises StoreUnavailable, `ProblemError` if it cannot."""
        ...

    async def watch(self, stop: asyncio.Event, activated: Callable[[ActiveSet], Awaitable[None]]) -> None:
        """Follow changes until `stop` is set; `activated` is called with each set in force."""
        ...
