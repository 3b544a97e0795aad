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
from typing import Any

import structlog
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import SQLAlchemyError

from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.deduplication import RecurringTexts
from api.ledger.detached_texts import keep_apart
from api.ledger.entries import Entry, EntryKind
from api.ledger.group_commit import (
    Group,
    Intake,
    Job,
    Leaf,
    Outcome,
    Result,
    Unit,
    Waiting,
    in_time,
)
from api.ledger.merkle import CompactTree
from api.ledger.revisions import PolicyFiles, keep_revision
from api.ledger.sql import fetch_one, insert_rows, run_text
from api.ledger.tables import checkpoints, log_entries, log_state
from api.ledger.wal_checkpointer import Relief
from api.signing.keys import SigningKey, load_signing_key

CHECKPOINT_EVERY = 1000
"""Of every so many entries one checkpoint is kept; the newest is always kept, in `log_state`."""

NOTHING = -1
"""The place of the newest record before there is any."""

NewestRecord = Callable[[Connection], int]
"""Returns the entry that last added to the records that entries may be made from; `NOTHING` before any."""

log = structlog.get_logger()


class StaleRead(Exception):  # not a failure: the caller reads again
    """There are newer records than had been read when the entries were made; none of these is kept."""


class Ledger:
    """The log in one database, signed by the key in `key_file`. An instance is opened once.

    The texts of the facts in `apart` are kept beside the log, where they can be erased (`api.ledger.commitments`).
    `newest` reads the newest of the records beside the log that entries are made from; without it, no entries can be
    checked for what was read.
    """

    def __init__(
        self,
        database: Database,
        key_file: Path,
        origin: str,
        clock: Callable[[], datetime],
        apart: Set[str] = frozenset(),
        newest: NewestRecord | None = None,
    ) -> None:
        self._apart = apart
        self._newest = newest
        self._newest_met = NOTHING
        self._database = database
        self._key_file = key_file
        self._origin = origin
        self._clock = clock
        self._key: SigningKey | None = None
        self._first: list[Entry] = []
        self._kept: set[str] = set()
        self._texts = RecurringTexts()
        self._intakes: dict[asyncio.AbstractEventLoop, Intake] = {}
        self._groups: queue.SimpleQueue[Group | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_groups, name="ledger", daemon=True)
        self._relief = Relief(database)
        self._open = False

    def prepare(self) -> None:
        """Create what is missing: the tables, the key. Raises StoreUnavailable."""
        self._database.prepare()
        with translated():
            self._key = load_signing_key(self._key_file, self._origin)

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs the log; known once the ledger is prepared."""
        assert self._key is not None
        return self._key

    @property
    def newest_record(self) -> int:
        """The entry of the newest record that the writer of this process has met; there may be newer ones.

        It counts what this process recorded before that is answered, and what a `StaleRead` was raised for.
        """
        return self._newest_met

    def open(self) -> None:
        """Prepare the ledger and take entries from now on. Raises StoreUnavailable.

        That it was started, and with which key, is recorded together with the first entry.
        """
        self.prepare()
        assert self._key is not None
        signer = {"verifying_key": self._key.verifying.format()}
        self._first = [
            Entry(EntryKind.STARTED, self._origin, self._clock()),
            Entry(EntryKind.SIGNING_KEY, self._key.name, self._clock(), signer),
        ]
        self._writer.start()
        self._relief.start()
        self._open = True

    def close(self) -> None:
        """Commit what waits, record the stop."""
        self._open = False
        if self._writer.is_alive():
            for intake in self._intakes.values():
                intake.hand_over()
            self._groups.put(
                Group(None, Job([Entry(EntryKind.STOPPED, self._origin, self._clock())], None, None))
            )
            self._groups.put(None)
            self._writer.join()
        self._relief.stop()
        self._database.dispose()

    async def append(
        self, entries: Sequence[Entry], policies: PolicyFiles | None = None, read_sequence: int | None = None
    ) -> None:
        """Return once every entry is durable. Raises StoreUnavailable, and then none of them is kept.

        With `read_sequence`, raises StaleRead if there are newer records than those of that entry of the log.
        """
        if entries:
            answered = _future()
            self.submit(entries, policies, read_sequence, answered)
            await answered

    def submit(
        self,
        entries: Sequence[Entry],
        policies: PolicyFiles | None,
        read_sequence: int | None,
        answered: Waiting,
    ) -> None:
        """Hand over entries; `answered` is told when every one is durable, or gets the exception of `append`.

        Raises StoreUnavailable if none can be taken now.
        """
        if read_sequence is not None and self._newest is None:
            raise ValueError(
                "give the ledger a reader of the newest record, or nothing can be checked against it"
            )
        # The writer is left as little as can be: while it works, nothing else does.
        ready = entries if self._apart else [Leaf.of(entry) for entry in entries]
        self._enqueue(Job(ready, policies, answered, read_sequence=read_sequence), answered)

    async def work(self, unit: Unit[Result]) -> Result:
        """Return what `unit` returns, once its rows and its entries are durable together.

        Nobody else writes while it runs. What it raises refuses it alone: nothing of it is kept, and its caller gets
        the exception. Raises StoreUnavailable.
        """
        answered: asyncio.Future[Result] = _future()
        self._enqueue(Job((), None, answered, unit), answered)
        return await answered

    async def try_writing(self) -> None:
        """Raise StoreUnavailable if nothing could be recorded now."""
        answered = _future()
        self._enqueue(Job((), None, answered), answered)
        await answered

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """Return what `query` reads, in a thread. Raises StoreUnavailable."""
        return await in_time(asyncio.to_thread(self._read, query))

    def _read(self, query: Callable[[Connection], Result]) -> Result:
        with translated(), self._database.reading() as connection:
            return query(connection)

    def _enqueue(self, job: Job, answered: Waiting) -> None:
        if not self._open:
            raise StoreUnavailable("the decision log is closed")
        loop = answered.get_loop()
        intake = self._intakes.get(loop)
        if intake is None:
            intake = self._intakes[loop] = Intake(loop, self._groups.put)
        intake.add(job)

    def _write_groups(self) -> None:
        while (group := self._groups.get()) is not None:
            self._write(group)

    def _write(self, group: Group) -> None:
        """Commit the jobs; all of them share the fate of the transaction."""
        jobs = group.jobs
        try:
            with translated(), self._database.writing() as connection:
                tree = _locked_tree(connection)
                used = {job.policies.revision: job.policies for job in jobs if job.policies}
                for revision in used.keys() - self._kept:
                    keep_revision(connection, used[revision])
                entries, outcomes = list[Entry | Leaf](), list[Outcome]()
                newest: int | None = None
                for job in jobs:
                    place = tree.size + len(self._first) + len(entries)
                    if newest is None and job.read_sequence is not None:
                        newest = self._read_newest(connection)
                    outcomes.append(_run(job, connection, place, NOTHING if newest is None else newest))
                    entries += outcomes[-1].entries
                    newest = None if job.unit else newest
                if newest is None and any(job.unit for job in jobs):
                    newest = self._read_newest(connection)
                if entries:
                    self._append(connection, tree, [*self._first, *entries])
                if not all(job.entries or job.unit for job in jobs):
                    self._database.try_room(connection)
        except Exception as error:
            log.error("ledger_unavailable", reason=str(error), calls=len(jobs))
            self._texts.forget()
            group.answer([Outcome(refusal=StoreUnavailable(str(error))) for _ in jobs])
        else:
            self._first = [] if entries else self._first
            self._kept |= used.keys()
            self._newest_met = max(self._newest_met, NOTHING if newest is None else newest)
            group.answer(outcomes)

    def _read_newest(self, connection: Connection) -> int:
        return NOTHING if self._newest is None else self._newest(connection)

    def _append(self, connection: Connection, tree: CompactTree, entries: Sequence[Entry | Leaf]) -> None:
        """Add entries to the log, whose tree this transaction holds the lock of, and sign the tree they make."""
        assert self._key is not None
        if self._apart:
            whole = [entry.entry if isinstance(entry, Leaf) else entry for entry in entries]
            entries = keep_apart(connection, tree.size, whole, self._apart)
        leaves = [Leaf.of(entry) for entry in entries]
        self._texts.keep(connection, [text for leaf in leaves for text in leaf.entry.pieces[1::2]])
        rows = [self._row(sequence, leaf) for sequence, leaf in enumerate(leaves, tree.size)]
        insert_rows(connection, log_entries, rows)
        self._relief.count(sum([len(stored) for *_, stored, _ in rows]))
        grown = tree.extended([leaf.hash for leaf in leaves])
        note = sign_checkpoint(Checkpoint(self._origin, grown.size, grown.root), self._key)
        run_text(connection, _KEEP_STATE, grown.to_bytes().decode(), note)
        if grown.size // CHECKPOINT_EVERY > tree.size // CHECKPOINT_EVERY:
            connection.execute(insert(checkpoints), {"size": grown.size, "note": note})

    def _row(self, sequence: int, leaf: Leaf) -> tuple[Any, ...]:
        """The row of an entry, in the order of the columns."""
        entry = leaf.entry
        stored = self._texts.fold(leaf.head, entry.pieces)
        return sequence, entry.kind.value, entry.key, leaf.at, stored, leaf.hash


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


def _run(job: Job, connection: Connection, place: int, newest: int) -> Outcome:
    """Run a job so that its refusal leaves the work of the others; a failing database fails them all.

    Nothing is recorded for a caller who has left.
    """
    if job.answered is not None and job.answered.done():
        return Outcome()
    if job.read_sequence is not None and job.read_sequence < newest:
        return Outcome(refusal=StaleRead())
    if job.unit is None:
        return Outcome(job.entries)
    try:
        with connection.begin_nested():
            return Outcome(*job.unit(connection, place))
    except (SQLAlchemyError, OSError):
        raise
    except Exception as refusal:
        return Outcome(refusal=refusal)


def _locked_tree(connection: Connection) -> CompactTree:
    """The tree as the last writer left it; nobody else gets it before this transaction ends."""
    (tree,) = fetch_one(connection, _LOCKED_TREE)
    return CompactTree.from_bytes(str(tree).encode())


_LOCKED_TREE = select(log_state.c.tree).with_for_update()
_KEEP_STATE = f"UPDATE {log_state.name} SET tree = ?, note = ?"
