"""The ledger: what is recorded here is durable, in order and provable before anyone reads it.

One writer thread commits, a group of calls at a time (`api.ledger.group_commit`). Each transaction takes the tree
from `log_state` under a lock, so that several workers share one log without a gap, and leaves a checkpoint signed
over the new root. SQLite runs in WAL mode with `synchronous=FULL`, so that a committed row survives a power cut;
PostgreSQL is given by URL.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import Connection

from api.ledger.beginnings import check_open
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.entries import Entry, EntryKind
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
    kinds_of,
    run_job,
)
from api.ledger.key_file import check_not_empty
from api.ledger.key_rotation import FollowedKey
from api.ledger.log_appender import DeriveRows, LogAppender, lock_tree
from api.ledger.preconditions import PoliciesInForce
from api.ledger.revisions import PolicyFiles, store_revision
from api.ledger.wal_checkpointer import WalCheckpointer
from api.runtime.current_call import step
from api.signing.faults import remedy_of
from api.signing.keys import SigningKey

NOTHING = -1
"""The sequence of the newest record before there is any."""

NewestRecord = Callable[[Connection], int]
"""Reads the sequence of the entry that last added to the records beside the log; `NOTHING` before any."""

ObserveCommit = Callable[[float, int], None]
"""Receives how many seconds a transaction took, and how many calls it was for."""

log = structlog.get_logger()


class Ledger:
    """The log in one database, signed by the key in `key_file`. An instance is opened once.

    The texts of the facts that `erasable` returns are detached from the entries (`api.ledger.commitments`).
    `newest` reads the newest of the records beside the log that entries are made from, to check what they rest on.
    `derive_rows` is run in the transaction of every group of entries, `observe` after it, by the writer.
    """

    def __init__(
        self,
        database: Database,
        key_file: Path,
        origin: str,
        clock: Callable[[], datetime],
        erasable: Callable[[], Set[str]] = frozenset,
        newest: NewestRecord | None = None,
        derive_rows: DeriveRows | None = None,
        observe: ObserveCommit | None = None,
    ) -> None:
        self._observe = observe
        self._erasable = erasable
        self._derive_rows = derive_rows
        self._newest = newest
        self.newest_record = NOTHING
        """The entry of the newest record that the writer of this process has seen; there may be newer ones.

        It includes what this process recorded, before that is answered, and what a `StaleRead` was raised for.
        """
        self._database = database
        self._key_file = key_file
        self._followed = FollowedKey(key_file, origin)
        self._origin = origin
        self._clock = clock
        self._appender: LogAppender | None = None
        self._opening_entries: list[Entry] = []
        self._stored_revisions: set[str] = set()
        self._in_force = PoliciesInForce()
        self._intakes: dict[asyncio.AbstractEventLoop, Intake] = {}
        self._groups: queue.SimpleQueue[Group | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_groups, name="ledger", daemon=True)
        self._wal_checkpointer = WalCheckpointer(database)
        self._open = False

    def prepare(self) -> None:
        """Create what is missing: the tables, the key. Raises StoreUnavailable, `SigningFault`."""
        self._database.prepare()
        with translated():
            check_not_empty(self._key_file, self._database)
            check_open(self._database)
            self._followed.load(self._database)

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs the log; known once the ledger is prepared, another one once that was succeeded."""
        assert self._followed.key is not None
        return self._followed.key

    def open(self, **started: Any) -> None:
        """Prepare the ledger and take entries from now on. Raises StoreUnavailable.

        That it was started, with these members, and with which key, is recorded together with the first entry.
        """
        self.prepare()
        signer = {"verifying_key": self.signing_key.verifying.format()}
        self._opening_entries = [
            Entry(EntryKind.STARTED, self._origin, self._clock(), started),
            Entry(EntryKind.SIGNING_KEY, self._origin, self._clock(), signer),
        ]
        self._appender = LogAppender(
            self._origin,
            lambda: self.signing_key,
            self._erasable,
            self._wal_checkpointer.count,
            self._derive_rows,
        )
        self._writer.start()
        self._wal_checkpointer.start()
        self._open = True

    def close(self) -> None:
        """Commit what is pending, record the stop."""
        self._open = False
        if self._writer.is_alive():
            for intake in self._intakes.values():
                intake.flush()
            self._groups.put(
                Group(None, Job([Entry(EntryKind.STOPPED, self._origin, self._clock())], None, None))
            )
            self._groups.put(None)
            self._writer.join()
        self._wal_checkpointer.stop()
        self._database.dispose()

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
        entries: Sequence[Entry | Leaf],
        policies: PolicyFiles | None,
        read_sequence: int | None,
        completion: Completion,
        calls: int = 1,
    ) -> None:
        """Hand over entries; `completion` gets a result when every one is durable, or the exception of `append`.

        So many `calls` wait for them. Raises StoreUnavailable if none can be taken now.
        """
        if read_sequence is not None and self._newest is None:
            raise ValueError("give the ledger a reader of the newest record, or leave read_sequence out")
        # The writer thread gets as little work as possible: while it runs, nothing else does.
        ready = entries if self._erasable() else [Leaf.of(entry) for entry in entries]
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
            intake = self._intakes[loop] = Intake(loop, self._groups.put)
        intake.add(job)

    def _write_groups(self) -> None:
        while (group := self._groups.get()) is not None:
            began = perf_counter()
            self._write(group)
            if self._observe is not None:
                self._observe(perf_counter() - began, group.calls)

    def _write(self, group: Group) -> None:
        """Commit the jobs in one transaction: all of them, or none."""
        assert self._appender is not None
        jobs = group.jobs
        try:
            with translated(), self._database.writing() as connection:
                tree = lock_tree(connection)
                if self._followed.refresh(connection, tree.size):  # the log names the new key already
                    self._opening_entries = self._opening_entries[:1]
                size, opening = tree.size, self._opening_entries
                self._in_force.refresh(connection, size)
                used = {job.policies.revision: job.policies for job in jobs if job.policies and not job.unit}
                for revision in used.keys() - self._stored_revisions:
                    store_revision(connection, used[revision])
                pending, results = list[Entry | Leaf](), list[JobResult]()
                newest: int | None = None
                for job in jobs:
                    if job.unit and pending:  # a unit reads the log as it is at its place
                        tree = self._appender.append(connection, tree, [*opening, *pending])
                        opening, pending = [], []
                    place = tree.size + len(opening) + len(pending)
                    if newest is None and job.read_sequence is not None:
                        newest = self._read_newest(connection)
                    superseded = self._in_force.supersede(job.policies)
                    known = NOTHING if newest is None else newest
                    results.append(run_job(job, connection, place, known, superseded=superseded))
                    if job.unit:
                        self._in_force.note(place, kinds_of(results[-1]))
                    pending += results[-1].entries
                    newest = None if job.unit else newest
                if newest is None and any(job.unit for job in jobs):
                    newest = self._read_newest(connection)
                if pending:
                    tree = self._appender.append(connection, tree, [*opening, *pending])
                self._in_force.written(tree.size)
                self._followed.written(tree.size)
                if not all(job.entries or job.unit for job in jobs):
                    self._database.try_insert(connection)
        except Exception as error:
            log.error("ledger_unavailable", reason=str(error), calls=len(jobs), **remedy_of(error))
            self._appender.roll_back()
            self._in_force.forget()
            self._followed.forget()
            group.answer([JobResult(refusal=StoreUnavailable(str(error))) for _ in jobs])
        else:
            self._opening_entries = [] if tree.size > size else self._opening_entries
            self._stored_revisions |= used.keys()
            self.newest_record = max(self.newest_record, NOTHING if newest is None else newest)
            group.answer(results)

    def _read_newest(self, connection: Connection) -> int:
        return NOTHING if self._newest is None else self._newest(connection)


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()
