"""The transactions of one process that writes the log: each commits a group of jobs, all of them or none.

The tree is locked in the transaction, so that several processes write one log without a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from api.ledger.beginnings import check_open
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.entries import Entry, EntryKind
from api.ledger.group_commit import GivenEntry, Job, JobResult, kinds_of, run_job
from api.ledger.key_file import check_not_empty
from api.ledger.key_rotation import FollowedKey
from api.ledger.log_appender import LogAppender, lock_tree
from api.ledger.merkle import CompactTree
from api.ledger.preconditions import NOTHING, NewestKnown, NewestRecord, PoliciesInForce
from api.ledger.prepared_entries import DerivedRows
from api.ledger.revisions import store_revision
from api.ledger.wal_checkpointer import WalCheckpointer
from api.runtime.loggers import get_logger
from api.signing.faults import remedy_of
from api.signing.keys import SigningKey

ObserveCommit = Callable[[float, int], None]
"""Receives how many seconds a transaction took, and how many calls it was for."""

log = get_logger()


class Committed(NamedTuple):
    """What came of a transaction: a result for each job, the newest record it met, the numbers of stored texts."""

    results: Sequence[JobResult]
    newest: int = NOTHING
    numbers: Sequence[int] = ()
    failure: StoreUnavailable | None = None


class LogTransactions:
    """Writes the log in one database, signed by the key in `key_file`, from one thread. It is opened once.

    The other arguments are those of `api.ledger.log.Ledger`.
    """

    def __init__(
        self,
        database: Database,
        key_file: Path,
        origin: str,
        clock: Callable[[], datetime],
        erasable: Callable[[], Set[str]],
        newest: NewestRecord | None,
        derived_rows: DerivedRows | None,
        observe: ObserveCommit | None,
    ) -> None:
        self._database = database
        self._key_file = key_file
        self._origin = origin
        self._clock = clock
        self._newest = NewestKnown(newest)
        self._observe = observe
        self._followed = FollowedKey(key_file, origin)
        self._wal_checkpointer = WalCheckpointer(database)
        self._appender = LogAppender(
            origin, lambda: self.signing_key, erasable, self._wal_checkpointer.count, derived_rows
        )
        self._opening_entries: list[Entry] = []
        self._stored_revisions: set[str] = set()
        self._in_force = PoliciesInForce()
        self._tree: CompactTree | None = None
        """The tree after the last transaction; None where that is not known."""

    def prepare(self) -> None:
        """Create what is missing: the tables, the key. Raises StoreUnavailable, `SigningFault`."""
        self._database.prepare()
        with translated():
            check_not_empty(self._key_file, self._database)
            check_open(self._database)
            self._followed.load(self._database)

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs the log; known once the log is prepared, another one once that was succeeded."""
        assert self._followed.key is not None
        return self._followed.key

    def follow_key(self) -> None:
        """Read the key again, which another process has found succeeded. Raises StoreUnavailable, `SigningFault`."""
        with translated():
            self._followed.load(self._database)

    def announce(self, started: dict[str, Any]) -> None:
        """Record together with the first entry that the log was opened, with these members, and with which key."""
        signer = {"verifying_key": self.signing_key.verifying.format()}
        self._opening_entries = [
            Entry(EntryKind.STARTED, self._origin, self._clock(), started),
            Entry(EntryKind.SIGNING_KEY, self._origin, self._clock(), signer),
        ]

    def start(self) -> None:
        """Move the write-ahead log from now on."""
        self._wal_checkpointer.start()

    def stop(self) -> None:
        """Do so no more, and close the database."""
        self._wal_checkpointer.stop()
        self._database.dispose()

    def record_start(self) -> None:
        """Record what was announced at once. Raises StoreUnavailable."""
        if failure := self._commit((), ()).failure:
            raise failure

    def record_stop(self) -> None:
        """Record that the log is closed, if that can be recorded."""
        self._commit([Job([Entry(EntryKind.STOPPED, self._origin, self._clock())], None, None)], ())

    def commit(self, jobs: Sequence[Job], texts: Sequence[bytes] = ()) -> Committed:
        """Commit jobs in one transaction, and texts that recur in the entries of another process."""
        began = perf_counter()
        committed = self._commit(jobs, texts)
        if self._observe is not None:
            self._observe(perf_counter() - began, sum([job.calls for job in jobs]))
        return committed

    def _commit(self, jobs: Sequence[Job], texts: Sequence[bytes]) -> Committed:
        try:
            with translated(), self._database.writing_again() as connection:
                tree = lock_tree(connection, self._tree)
                if self._followed.refresh(connection, tree.size):  # the log names the new key already
                    self._opening_entries = self._opening_entries[:1]
                size, opening = tree.size, self._opening_entries
                self._in_force.refresh(connection, size)
                if tree is not self._tree:
                    self._newest.forget()
                used = {job.policies.revision: job.policies for job in jobs if job.policies and not job.unit}
                for revision in used.keys() - self._stored_revisions:
                    store_revision(connection, used[revision])
                numbers = self._appender.store_texts(connection, texts)
                pending, results = list[GivenEntry](), list[JobResult]()
                for job in jobs:
                    if job.unit and pending:  # a unit reads the log as it is at its place
                        tree = self._appender.append(connection, tree, [*opening, *pending])
                        opening, pending = [], []
                    place = tree.size + len(opening) + len(pending)
                    newest = NOTHING if job.read_sequence is None else self._newest.read(connection)
                    superseded = self._in_force.supersede(job.policies)
                    results.append(run_job(job, connection, place, newest, superseded=superseded))
                    if job.unit:
                        self._in_force.note(place, kinds_of(results[-1]))
                        self._newest.forget()
                    pending += results[-1].entries
                if any(job.unit for job in jobs):
                    self._newest.read(connection)
                if pending or (opening and not jobs):
                    tree = self._appender.append(connection, tree, [*opening, *pending])
                self._in_force.written(tree.size)
                self._followed.written(tree.size)
                if not all(job.entries or job.unit for job in jobs):
                    self._database.try_insert(connection)
        except Exception as error:
            log.error("ledger_unavailable", reason=str(error), calls=len(jobs), **remedy_of(error))
            self._tree = None
            self._newest.forget()
            self._appender.roll_back()
            self._in_force.forget()
            self._followed.forget()
            failure = StoreUnavailable(str(error))
            return Committed([JobResult(refusal=failure) for _ in jobs], failure=failure)
        self._opening_entries = [] if tree.size > size else self._opening_entries
        self._stored_revisions |= used.keys()
        self._tree = tree
        return Committed(results, self._newest.known, numbers)
