"""How the calls of an event loop are gathered into groups, each of which one transaction commits (group commit).

A group costs much whatever its size: the sync of the disk, the signature, the change of threads. So one is committed
at a time; whatever arrives meanwhile makes up the next. It is handed over once those before have been answered and
the loop has gone round without meeting anyone new: two groups that take turns would be half as large. There is no
timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection

from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry
from api.ledger.merkle import leaf_hash
from api.ledger.revisions import PolicyFiles

WAITING_CALLS = 1024
LARGE = 256
"""A group of so many calls waits for no more."""
ANSWER_SECONDS = 30
"""How long a call waits for the database. What is recorded later than that is not answered any more."""
SILENT = "the database does not answer"

Result = TypeVar("Result")
Unit = Callable[[Connection, int], tuple[Sequence[Entry], Result]]
"""Work beside the log: given the place its first entry gets, it returns its entries and what its caller waits for."""


class Waiting(Protocol):
    """Who waits for a job, as a future of asyncio does: told once, by its event loop, what came of it."""

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop that it waits in."""
        ...

    def done(self) -> bool:
        """Whether it has been told, or does not wait any more."""
        ...

    def set_result(self, result: Any, /) -> None:
        """Tell that everything is durable."""
        ...

    def set_exception(self, error: Exception, /) -> None:
        """Tell why nothing of it is kept."""
        ...


class Leaf(NamedTuple):
    """An entry with its moment as text, the bytes before its pieces, and the hash of all its bytes in the tree."""

    entry: Entry
    at: str
    head: bytes
    hash: bytes

    @classmethod
    def of(cls, entry: Entry | Leaf) -> Leaf:
        """Return the entry with its bytes and their hash, worked out if they are not yet."""
        if isinstance(entry, Leaf):
            return entry
        at = entry.at.isoformat()
        head = entry.head(at)
        return cls(entry, at, head, leaf_hash(head, *entry.pieces))


class Job(NamedTuple):
    """Entries to commit, with the policy set they were decided by, or a unit of work that makes its entries.

    With neither, a trial of the log. `read_sequence` is the entry of the newest record that had been read when the
    entries were made.
    """

    entries: Sequence[Entry | Leaf]
    policies: PolicyFiles | None
    answered: Waiting | None
    unit: Unit[Any] | None = None
    read_sequence: int | None = None


class Outcome(NamedTuple):
    """What came of a job inside the transaction of its group."""

    entries: Sequence[Entry | Leaf] = ()
    result: Any = None
    refusal: Exception | None = None


class Group:
    """Calls that are committed together, and answered together."""

    __slots__ = ("intake", "jobs", "patience")

    def __init__(self, intake: Intake | None, *jobs: Job) -> None:
        self.intake = intake
        self.jobs = [*jobs]
        self.patience: asyncio.TimerHandle | None = None

    def answer(self, outcomes: Sequence[Outcome]) -> None:
        """Tell the callers what came of their jobs; to be called from any thread."""
        if self.intake is not None:
            self.intake.answer(self, outcomes)

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Tell those who still wait what came of their jobs."""
        if self.patience is not None:
            self.patience.cancel()
        for job, outcome in zip(self.jobs, outcomes, strict=True):
            answered = job.answered
            if answered is None or answered.done():
                continue
            if outcome.refusal:
                answered.set_exception(outcome.refusal)
            else:
                answered.set_result(outcome.result)


class Intake:
    """Gathers the calls of one event loop, and hands one group after the other to the writer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, write: Callable[[Group], None]) -> None:
        self._loop = loop
        self._write = write
        self._gathered = Group(self)
        self._committing = False

    def add(self, job: Job) -> None:
        """Have a job committed with those that arrive about now. Raises StoreUnavailable if too many wait."""
        group = self._gathered
        if len(group.jobs) >= WAITING_CALLS:
            raise StoreUnavailable("too many entries wait to be recorded")
        if not group.jobs:
            group.patience = self._loop.call_later(ANSWER_SECONDS, self._give_up, group)
            if not self._committing:
                self._loop.call_soon(self._look_round, 0)
        group.jobs.append(job)

    def hand_over(self) -> None:
        """Hand what was gathered to the writer, if anything was."""
        group = self._gathered
        if group.jobs:
            self._gathered = Group(self)
            self._committing = True
            self._write(group)

    def answer(self, group: Group, outcomes: Sequence[Outcome]) -> None:
        """Answer a group and go on with the next, in the event loop, which is woken once; from any thread."""
        with suppress(RuntimeError):  # the loop was closed, and nobody waits in it
            self._loop.call_soon_threadsafe(self._go_on, group, outcomes)

    def _look_round(self, met: int) -> None:
        """Hand the group over if the loop has come round without meeting more calls than it had `met`."""
        waiting = len(self._gathered.jobs)
        if self._committing:
            return
        if met < waiting < LARGE:
            self._loop.call_soon(self._look_round, waiting)
        else:
            self.hand_over()

    def _go_on(self, group: Group, outcomes: Sequence[Outcome]) -> None:
        try:
            group.settle(outcomes)
        finally:
            self._committing = False
            self._look_round(0)

    def _give_up(self, group: Group) -> None:
        """Answer those who still wait that the database says nothing: a stopped server keeps its connections open."""
        if group is self._gathered:
            self._gathered = Group(self)
        group.settle([Outcome(refusal=StoreUnavailable(SILENT))] * len(group.jobs))


async def in_time(answer: Awaitable[Result]) -> Result:
    """Return what the database answers. Raises StoreUnavailable if it says nothing at all."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await answer
    except TimeoutError as error:
        raise StoreUnavailable(SILENT) from error
