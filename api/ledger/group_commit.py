"""Group commit: the calls of an event loop are collected into groups, and one transaction commits each group.

A group has a high fixed cost: the sync of the disk, the signature, the change of threads. So one is committed at a
time, and the calls that arrive meanwhile make up the next. It is flushed once the group before has been answered, an
iteration of the loop has added no call, and no more are on their way (`api.ledger.commit_delay`): two groups in turn
would be half as large. There is no timer: those of an event loop count whole milliseconds.

Another process that commits has its next group at hand when it is done with one, instead of waiting until that was
answered: a second one is passed on before, once it has as many calls as the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from api.ledger.commit_delay import CommitDelay
from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.ledger.filled_decisions import FilledDecision
from api.ledger.merkle import leaf_hash
from api.ledger.preconditions import PoliciesSuperseded, StaleRead
from api.ledger.revisions import PolicyFiles

if TYPE_CHECKING:
    from api.ledger.prepared_entries import PreparedEntry

MAX_PENDING_CALLS = 1024
FULL_GROUP_CALLS = 256
"""A group of this many calls is flushed at once."""
ANSWER_SECONDS = 30
"""The timeout of a call; what is committed later than that is not reported to it."""
NO_ANSWER = "the database does not answer"

Result = TypeVar("Result")
Unit = Callable[[Connection, int], tuple[Sequence[Entry], Result]]
"""A unit of work in the transaction: given the sequence of its first entry, it returns entries and a result."""


class Completion(Protocol):
    """Receives the result of a job once, in its event loop, as a future of asyncio does."""

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop in which it is completed."""
        ...

    def done(self) -> bool:
        """Whether it is completed or cancelled."""
        ...

    def set_result(self, result: Any, /) -> None:
        """Report that everything is durable."""
        ...

    def set_exception(self, error: Exception, /) -> None:
        """Report why nothing of the job was recorded."""
        ...


class Leaf(NamedTuple):
    """An entry with its timestamp as text, the bytes before its pieces, and its leaf hash in the tree."""

    entry: Entry
    at: str
    head: bytes
    hash: bytes

    @classmethod
    def of(cls, entry: Entry | Leaf) -> Leaf:
        """Return the entry with its bytes and their hash, computed unless they already are."""
        if isinstance(entry, Leaf):
            return entry
        at = entry.at.isoformat()
        head = entry.head(at)
        return cls(entry, at, head, leaf_hash(head, *entry.pieces))


GivenEntry: TypeAlias = "Entry | Leaf | FilledDecision | PreparedEntry"


class Job(NamedTuple):
    """Entries to commit, with the policy set they were decided by, or a unit of work that makes its entries.

    With neither, a check that the log can be written. `read_sequence` is the entry of the newest record that had been
    read when the entries were made. So many `calls` wait for it.
    """

    entries: Sequence[GivenEntry]
    policies: PolicyFiles | None
    completion: Completion | None
    unit: Unit[Any] | None = None
    read_sequence: int | None = None
    calls: int = 1


class JobResult(NamedTuple):
    """The result of a job inside the transaction of its group."""

    entries: Sequence[GivenEntry] = ()
    result: Any = None
    refusal: Exception | None = None


def kinds_of(result: JobResult) -> list[EntryKind]:
    """Return the kinds of the entries of a job."""
    return [(entry.entry if isinstance(entry, Leaf) else entry).kind for entry in result.entries]


def run_job(job: Job, connection: Connection, place: int, newest: int, *, superseded: bool) -> JobResult:
    """Run a job so that its refusal does not affect the others; a failing database fails them all.

    Nothing is recorded for a caller that has gone.
    """
    if job.completion is not None and job.completion.done():
        return JobResult()
    if job.read_sequence is not None and job.read_sequence < newest:
        return JobResult(refusal=StaleRead())
    if superseded:
        return JobResult(refusal=PoliciesSuperseded())
    if job.unit is None:
        return JobResult(job.entries)
    try:
        with connection.begin_nested():
            return JobResult(*job.unit(connection, place))
    except (SQLAlchemyError, OSError):
        raise
    except Exception as refusal:
        return JobResult(refusal=refusal)


class Group:
    """Calls that are committed together, and answered together."""

    __slots__ = ("calls", "intake", "jobs", "timeout")

    def __init__(self, intake: Intake | None, *jobs: Job) -> None:
        self.intake = intake
        self.jobs = [*jobs]
        self.calls = sum([job.calls for job in jobs])
        self.timeout: asyncio.TimerHandle | None = None

    def answer(self, results: Sequence[JobResult]) -> None:
        """Report the results to the callers; may be called from any thread."""
        if self.intake is not None:
            self.intake.answer(self, results)

    def finish(self, results: Sequence[JobResult]) -> None:
        """Report them likewise, in the event loop of the callers."""
        if self.intake is not None:
            self.intake.finish(self, results)

    def settle(self, results: Sequence[JobResult]) -> None:
        """Complete the jobs that are still pending."""
        if self.timeout is not None:
            self.timeout.cancel()
        for job, result in zip(self.jobs, results, strict=True):
            completion = job.completion
            if completion is None or completion.done():
                continue
            if result.refusal:
                completion.set_exception(result.refusal)
            else:
                completion.set_result(result.result)


class Intake:
    """Collects the calls of one event loop, and passes one group after the other to the writer.

    At most so many as `most` are under way at once.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        write: Callable[[Group], None],
        most: int = 1,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._loop = loop
        self._write = write
        self._most = most
        self._pending = Group(self)
        self._under_way = 0
        self._last = 0
        """The calls of the group that was passed on last."""
        self._polls = False
        self._delay = CommitDelay(clock)

    @property
    def waiting(self) -> int:
        """How many calls wait for the next group."""
        return self._pending.calls

    def add(self, job: Job) -> None:
        """Add a job to the pending group. Raises StoreUnavailable if too many are pending."""
        group = self._pending
        if group.calls >= MAX_PENDING_CALLS:
            raise StoreUnavailable("too many entries wait to be recorded")
        if not group.jobs:
            group.timeout = self._loop.call_later(ANSWER_SECONDS, self._time_out, group)
        group.jobs.append(job)
        group.calls += job.calls
        if not self._polls and self._is_due():
            self._poll_soon(0)

    def flush(self) -> None:
        """Pass the pending group to the writer unless it is empty."""
        group = self._pending
        if group.jobs:
            self._pending = Group(self)
            self._under_way += 1
            self._last = group.calls
            self._delay.pass_on()
            self._write(group)

    def answer(self, group: Group, results: Sequence[JobResult]) -> None:
        """Complete a group and flush the next, in the event loop, which is woken once; from any thread."""
        with suppress(RuntimeError):  # the loop was closed: nothing is pending in it
            self._loop.call_soon_threadsafe(self.finish, group, results)

    def finish(self, group: Group, results: Sequence[JobResult]) -> None:
        """The same in the event loop itself."""
        try:
            group.settle(results)
        finally:
            self._under_way -= 1
            self._delay.await_as_many(group.calls + self._pending.calls)
            if not self._polls:
                self._poll(0)

    def _is_due(self) -> bool:
        """Whether the pending group may be passed on once no more calls come."""
        return not self._under_way or (self._under_way < self._most and self._pending.calls >= self._last)

    def _poll_soon(self, seen: int) -> None:
        self._polls = True
        self._loop.call_soon(self._poll, seen)

    def _poll(self, seen: int) -> None:
        """Flush the group if this iteration of the loop added no call to those it had `seen`, and none is awaited."""
        self._polls = False
        pending = self._pending.calls
        if pending and self._is_due():
            is_growing = seen < pending or (not self._under_way and self._delay.applies(pending))
            if is_growing and pending < FULL_GROUP_CALLS:
                self._poll_soon(pending)
            else:
                self.flush()

    def _time_out(self, group: Group) -> None:
        """Fail the jobs still pending: a stopped database server keeps its connections open and says nothing."""
        if group is self._pending:
            self._pending = Group(self)
        group.settle([JobResult(refusal=StoreUnavailable(NO_ANSWER))] * len(group.jobs))


async def in_time(answer: Awaitable[Result]) -> Result:
    """Return the answer of the database. Raises StoreUnavailable if none comes in time."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await answer
    except TimeoutError as error:
        raise StoreUnavailable(NO_ANSWER) from error
