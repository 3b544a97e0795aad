"""The ledger: what is recorded here is durable, in order and provable before anyone reads it.

One writer thread commits, a group of calls at a time (`api.ledger.group_commit`). Where one process writes for all
workers of a machine, the event loop hands the groups over to that (`api.ledger.handover`). Each transaction takes the
tree from `log_state` under a lock, so that several processes share one log without a gap, and leaves a checkpoint
signed over the new root. SQLite runs in WAL mode with `synchronous=FULL`, so that a committed row survives a power
cut; PostgreSQL is given by URL.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.entries import Entry
from api.ledger.filled_decisions import FilledDecision
from api.ledger.group_commit import (
    Completion,
    Group,
    Intake,
    Job,
    JobResult,
    Leaf,
    Result,
    Unit,
    in_time,
)
from api.ledger.handover.answers import GroupAnswer
from api.ledger.handover.client import WriterClient
from api.ledger.preconditions import NOTHING, NewestRecord
from api.ledger.prepared_entries import DerivedRows, Preparation
from api.ledger.revisions import PolicyFiles
from api.ledger.transactions import LogTransactions, ObserveCommit
from api.runtime.current_call import step
from api.runtime.loggers import get_logger
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey

MOST_HANDED_OVER = 2
"""So many groups of an event loop are under way to another process: one that it commits, and the next."""

log = get_logger()


class Ledger:
    """The log in one database, signed by the key in `key_file`. An instance is opened once.

    The texts of the facts that `erasable` returns are detached from the entries (`api.ledger.commitments`).
    `newest` reads the newest of the records beside the log that entries are made from, to check what they rest on.
    `derived_rows` are added in the transaction of every group of entries, and `observe` is called after it.
    With `log_writer`, the address of a process that writes for several, that one gets the groups, and records
    the start and the stop of the service.
    """

    def __init__(
        self,
        database: Database,
        key_file: Path,
        origin: str,
        clock: Callable[[], datetime],
        erasable: Callable[[], Set[str]] = frozenset,
        newest: NewestRecord | None = None,
        derived_rows: DerivedRows | None = None,
        observe: ObserveCommit | None = None,
        log_writer: Path | None = None,
    ) -> None:
        self._erasable = erasable
        self._reads_newest = newest is not None
        self.newest_record = NOTHING
        """The entry of the newest record that the writer of this process has seen; there may be newer ones.

        It includes what this process recorded, before that is answered, and what a `StaleRead` was raised for.
        """
        self._database = database
        self._transactions = LogTransactions(
            database, key_file, origin, clock, erasable, newest, derived_rows, observe
        )
        self._log_writer = log_writer
        self._preparation = Preparation(erasable, derived_rows)
        self._clients: list[WriterClient] = []
        self._signer = ""
        self._intakes: dict[asyncio.AbstractEventLoop, Intake] = {}
        self._returned: deque[tuple[WriterClient, Group]] = deque()
        """What the event loop is to hand over, now that there is a connection."""
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._work_off, name="ledger", daemon=True)
        self._open = False

    def prepare(self) -> None:
        """Create what is missing: the tables, the key. Raises StoreUnavailable, `SigningFault`."""
        self._transactions.prepare()

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs the log; known once the ledger is prepared, another one once that was succeeded."""
        return self._transactions.signing_key

    def open(self, **started: Any) -> None:
        """Prepare the ledger and take entries from now on. Raises StoreUnavailable.

        That it was started, with these members, and with which key, is recorded together with the first entry.
        """
        self.prepare()
        if self._log_writer is None:
            self._transactions.announce(started)
        self._writer.start()
        self._transactions.start()
        self._open = True

    def close(self) -> None:
        """Commit what is pending, record the stop; called by the event loop of the calls, or once that has ended."""
        self._open = False
        if self._writer.is_alive():
            for intake in self._intakes.values():
                intake.flush()
            self._tasks.put(None)
            self._writer.join()
            for client in self._clients:
                client.finish()
        self._transactions.stop()

    async def append(
        self, entries: Sequence[Entry], policies: PolicyFiles | None = None, read_sequence: int | None = None
    ) -> None:
        """Return once every entry is durable. Raises StoreUnavailable, and then none of them is recorded.

        With `read_sequence`, raises StaleRead if there are newer records than those of that entry of the log. Raises
        PoliciesSuperseded where other policies than `policies` came into force by approvals.
        """
        if entries:
            completion = _future()
            with step("commit"):
                self.submit(entries, policies, read_sequence, completion)
                await completion

    def submit(
        self,
        entries: Sequence[Entry | Leaf | FilledDecision],
        policies: PolicyFiles | None,
        read_sequence: int | None,
        completion: Completion,
        calls: int = 1,
    ) -> None:
        """Hand over entries; `completion` gets a result when every one is durable, or the exception of `append`.

        So many `calls` wait for them. Raises StoreUnavailable if none can be taken now.
        """
        if read_sequence is not None and not self._reads_newest:
            raise ValueError("give the ledger a reader of the newest record, or leave read_sequence out")
        # The writer thread gets as little work as possible: while it runs, nothing else does.
        ready = entries if self._erasable() else [_with_hash(entry) for entry in entries]
        self._enqueue(Job(ready, policies, completion, read_sequence=read_sequence, calls=calls), completion)

    async def work(self, unit: Unit[Result], policies: PolicyFiles | None = None) -> Result:
        """Return what `unit` returns, once its rows and its entries are durable together.

        Nobody else writes while it runs. What it raises fails it alone: nothing of it is recorded, and its caller
        gets the exception. Raises StoreUnavailable, and PoliciesSuperseded as `append` does: then it was not run.
        """
        completion: asyncio.Future[Result] = _future()
        with step("commit"):
            self._enqueue(Job((), policies, completion, unit), completion)
            return await completion

    async def dry_run(self, unit: Unit[Result], policies: PolicyFiles | None = None) -> Result:
        """Return what `unit` returns where `work` would run it, and leave nothing of it behind. Raises as `work`."""

        def rolled_back(connection: Connection, place: int) -> tuple[Sequence[Entry], Result]:
            savepoint = connection.begin_nested()
            try:
                _, result = unit(connection, place)
            finally:
                savepoint.rollback()
            return (), result

        return await self.work(rolled_back, policies)

    async def try_writing(self) -> None:
        """Raise StoreUnavailable if nothing could be recorded now."""
        completion = _future()
        self._enqueue(Job((), None, completion), completion)
        await completion

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """Return what `query` reads, in a thread. Raises StoreUnavailable."""
        return await in_time(asyncio.to_thread(self._read, query))

    def _read(self, query: Callable[[Connection], Result]) -> Result:
        with translated(), self._database.reading() as connection:
            return query(connection)

    @property
    def waiting(self) -> int:
        """How many calls wait for a transaction."""
        return sum(intake.waiting for intake in self._intakes.values())

    def _enqueue(self, job: Job, completion: Completion) -> None:
        if not self._open:
            raise StoreUnavailable("the decision log is closed")
        loop = completion.get_loop()
        intake = self._intakes.get(loop)
        if intake is None:
            intake = self._intakes[loop] = self._make_intake(loop)
        intake.add(job)

    def _make_intake(self, loop: asyncio.AbstractEventLoop) -> Intake:
        """What collects the calls of an event loop, for this process to commit or for another one."""
        if self._log_writer is None:
            return Intake(loop, self._commit_next)
        client = WriterClient(loop, self._log_writer, self._preparation, self._take_answer)
        self._clients.append(client)
        return Intake(loop, partial(self._hand_over, client), MOST_HANDED_OVER)

    def _hand_over(self, client: WriterClient, group: Group) -> None:
        """Hand a group over to the process that writes the log.

        One with a unit of work, which reads and writes rows itself, is committed here, whoever else writes; so is
        what cannot be handed over, and what is left at the end.
        """
        if any(job.unit for job in group.jobs):
            self._commit_next(group)
        elif self._open and client.is_ready():
            if not client.hand_over(group):
                self._commit_next(group)
        elif self._writer.is_alive():
            self._tasks.put(partial(self._connect, client, group))
        else:
            closed = StoreUnavailable("the decision log is closed")
            group.finish([JobResult(refusal=closed) for _ in group.jobs])

    def _take_answer(self, answer: GroupAnswer, group: Group, results: Sequence[JobResult]) -> None:
        """Report what came of a group; one signed by another key than the one before, once that was read."""
        self.newest_record = max(self.newest_record, answer.newest)
        if answer.signer == self._signer or not self._open:
            group.finish(results)
        else:
            self._tasks.put(partial(self._follow_key, answer.signer, group, results))

    def _commit_next(self, group: Group) -> None:
        self._tasks.put(partial(self._commit, group))

    def _work_off(self) -> None:
        """Do one task after the other, in the thread of the writer."""
        while (task := self._tasks.get()) is not None:
            task()
        while self._returned:
            self._commit(self._returned.popleft()[1])
        if self._log_writer is None:
            self._transactions.record_stop()

    def _commit(self, group: Group) -> None:
        """Commit the jobs of a group in one transaction: all of them, or none."""
        committed = self._transactions.commit(group.jobs)
        self.newest_record = max(self.newest_record, committed.newest)
        group.answer(committed.results)

    def _connect(self, client: WriterClient, group: Group) -> None:
        """Connect to the writer, and have the event loop hand the group over; while there is none, commit it here."""
        if self._open and client.connect():
            self._returned.append((client, group))
            with suppress(RuntimeError):  # the loop has ended: what is left is committed at the end
                client.loop.call_soon_threadsafe(self._hand_over_returned)
        else:
            self._commit(group)

    def _hand_over_returned(self) -> None:
        while self._returned:
            self._hand_over(*self._returned.popleft())

    def _follow_key(self, signer: str, group: Group, results: Sequence[JobResult]) -> None:
        """Read the key again if the log is signed by another one by now, and report the results."""
        try:
            if signer != self.signing_key.verifying.format():
                self._transactions.follow_key()
            self._signer = signer
        except (StoreUnavailable, SigningFault) as fault:
            log.warning("signing_key_not_read", reason=str(fault))
        group.answer(results)


def _with_hash(entry: Entry | Leaf | FilledDecision) -> Leaf | FilledDecision:
    return entry if isinstance(entry, FilledDecision) else Leaf.of(entry)


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()
