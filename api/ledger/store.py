"""The ledger: what is recorded here is durable, in order and provable before anyone reads it.

One writer thread commits; whatever arrived during a commit goes into the next transaction (group commit). Each
transaction takes the tree from `log_state` under a lock, so that several workers share one log without a gap, and
leaves a checkpoint signed over the new root. SQLite runs in WAL mode with `synchronous=FULL`, so that a committed
row survives a power cut; PostgreSQL is given by URL.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, insert, select, update

from api.ledger.checkpoints import Checkpoint, SigningKey, sign_checkpoint
from api.ledger.databases import Database, StoreUnavailable, translated
from api.ledger.entries import Entry, EntryKind
from api.ledger.keys import load_signing_key
from api.ledger.merkle import CompactTree, leaf_hash
from api.ledger.revisions import PolicyFiles, keep_revision
from api.ledger.schema import checkpoints, log_entries, log_state

WAITING_CALLS = 1024
CHECKPOINT_EVERY = 1000
"""Of every so many entries one checkpoint is kept; the newest is always kept, in `log_state`."""

log = structlog.get_logger()
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Job:
    """Entries to commit, with the policy set they were decided by; without entries, a trial of the log."""

    entries: Sequence[Entry]
    policies: PolicyFiles | None
    done: Future[None]


class Ledger:
    """The log in one database, signed by the key in `key_file`. An instance is opened once."""

    def __init__(
        self, database: Database, key_file: Path, origin: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._key_file = key_file
        self._origin = origin
        self._clock = clock
        self._key: SigningKey | None = None
        self._first: list[Entry] = []
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WAITING_CALLS)
        self._writer = threading.Thread(target=self._write_groups, name="ledger", daemon=True)
        self._open = False

    def prepare(self) -> None:
        """Create what is missing: the tables, the key. Raises StoreUnavailable."""
        self._database.prepare()
        with translated():
            self._key = load_signing_key(self._key_file, self._origin)

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
        self._open = True

    def close(self) -> None:
        """Commit what waits, record the stop."""
        self._open = False
        if self._writer.is_alive():
            self._jobs.put(_Job([Entry(EntryKind.STOPPED, self._origin, self._clock())], None, Future()))
            self._jobs.put(None)
            self._writer.join()
        self._database.dispose()

    async def append(self, entries: Sequence[Entry], policies: PolicyFiles | None = None) -> None:
        """Return once every entry is durable. Raises StoreUnavailable, and then none of them is kept."""
        if entries:
            await self._commit(entries, policies)

    async def try_writing(self) -> None:
        """Raise StoreUnavailable if nothing could be recorded now."""
        await self._commit((), None)

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """Return what `query` reads, in a thread. Raises StoreUnavailable."""
        return await asyncio.to_thread(self._read, query)

    def _read(self, query: Callable[[Connection], Result]) -> Result:
        with translated(), self._database.reading() as connection:
            return query(connection)

    async def _commit(self, entries: Sequence[Entry], policies: PolicyFiles | None) -> None:
        if not self._open:
            raise StoreUnavailable("the decision log is closed")
        job = _Job(entries, policies, Future())
        try:
            self._jobs.put_nowait(job)
        except queue.Full as error:
            raise StoreUnavailable("too many entries wait to be recorded") from error
        await asyncio.wrap_future(job.done)

    def _write_groups(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            while not self._jobs.empty() and (job := self._jobs.get()) is not None:
                group.append(job)
            self._write([job for job in group if job.done.set_running_or_notify_cancel()])
            if job is None:
                return

    def _write(self, group: Sequence[_Job]) -> None:
        """Commit the jobs of callers who still wait; all of them share the fate of the transaction."""
        try:
            with translated(), self._database.writing() as connection:
                tree = _locked_tree(connection)
                for files in {job.policies for job in group if job.policies}:
                    keep_revision(connection, files)
                entries = [entry for job in group for entry in job.entries]
                if entries:
                    self._append(connection, tree, [*self._first, *entries])
                if not all(job.entries for job in group):
                    self._database.try_room(connection)
        except Exception as error:
            log.error("ledger_unavailable", reason=str(error), calls=len(group))
            for job in group:
                job.done.set_exception(StoreUnavailable(str(error)))
        else:
            self._first = [] if entries else self._first
            for job in group:
                job.done.set_result(None)

    def _append(self, connection: Connection, tree: CompactTree, entries: Sequence[Entry]) -> None:
        """Add entries to the log, whose tree this transaction holds the lock of, and sign the tree they make."""
        assert self._key is not None
        rows = [_row(tree.size + index, entry) for index, entry in enumerate(entries)]
        connection.execute(insert(log_entries), rows)
        grown = tree.extended(row["leaf"] for row in rows)
        note = sign_checkpoint(Checkpoint(self._origin, grown.size, grown.root), self._key)
        connection.execute(update(log_state).values(tree=grown.to_bytes().decode(), note=note))
        if grown.size // CHECKPOINT_EVERY > tree.size // CHECKPOINT_EVERY:
            connection.execute(insert(checkpoints), {"size": grown.size, "note": note})


def _row(sequence: int, entry: Entry) -> dict[str, Any]:
    content = entry.to_bytes()
    return {
        "sequence": sequence,
        "kind": entry.kind,
        "key": entry.key,
        "recorded_at": entry.at.isoformat(),
        "entry": content,
        "leaf": leaf_hash(content),
    }


def _locked_tree(connection: Connection) -> CompactTree:
    """The tree as the last writer left it; nobody else gets it before this transaction ends."""
    query = select(log_state.c.tree).with_for_update()
    return CompactTree.from_bytes(str(connection.execute(query).scalar_one()).encode())
