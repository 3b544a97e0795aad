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
from collections.abc import Awaitable, Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from api.ledger.checkpoints import Checkpoint, SigningKey, sign_checkpoint
from api.ledger.databases import Database, StoreUnavailable, translated
from api.ledger.entries import Entry, EntryKind
from api.ledger.kept_texts import keep_apart
from api.ledger.keys import load_signing_key
from api.ledger.merkle import CompactTree, leaf_hash
from api.ledger.revisions import PolicyFiles, keep_revision
from api.ledger.schema import (
    case_facts,
    cases,
    checkpoints,
    log_entries,
    log_state,
    register_events,
    register_items,
)

WAITING_CALLS = 1024
ANSWER_SECONDS = 30
"""How long a call waits for the database. What is recorded later than that is not answered any more."""
CHECKPOINT_EVERY = 1000
"""Of every so many entries one checkpoint is kept; the newest is always kept, in `log_state`."""

NOTHING = -1
"""The newest entry that is known of before any is."""

log = structlog.get_logger()
Result = TypeVar("Result")
Unit = Callable[[Connection, int], tuple[Sequence[Entry], Result]]
"""Work beside the log: given the place its first entry gets, it returns its entries and what its caller waits for."""


class KnowledgeGrown(Exception):  # not a failure: the caller looks again
    """More has been recorded of requests than was known of when the entries were made; none of them is kept."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Entries to commit, with the policy set they were decided by, or a unit of work that makes its entries.

    With neither, a trial of the log. `known_upto` is the newest entry telling of requests (`newest_knowledge`) that
    was known of when the entries were made.
    """

    entries: Sequence[Entry]
    policies: PolicyFiles | None
    answered: asyncio.Future[Any] | None
    unit: Unit[Any] | None = None
    known_upto: int | None = None


class Ledger:
    """The log in one database, signed by the key in `key_file`. An instance is opened once.

    The texts of the facts in `apart` are kept beside the log, where they can be erased (see `api.ledger.apart`).
    """

    def __init__(
        self,
        database: Database,
        key_file: Path,
        origin: str,
        clock: Callable[[], datetime],
        apart: Set[str] = frozenset(),
    ) -> None:
        self._apart = apart
        self._database = database
        self._key_file = key_file
        self._origin = origin
        self._clock = clock
        self._key: SigningKey | None = None
        self._first: list[Entry] = []
        self._kept: set[str] = set()
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WAITING_CALLS)
        self._writer = threading.Thread(target=self._write_groups, name="ledger", daemon=True)
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
            self._jobs.put(_Job([Entry(EntryKind.STOPPED, self._origin, self._clock())], None, None))
            self._jobs.put(None)
            self._writer.join()
        self._database.dispose()

    async def append(
        self, entries: Sequence[Entry], policies: PolicyFiles | None = None, known_upto: int | None = None
    ) -> None:
        """Return once every entry is durable. Raises StoreUnavailable, and then none of them is kept.

        With `known_upto`, raises KnowledgeGrown if more is known of requests since that entry of the log.
        """
        if entries:
            await self._enqueue(_Job(entries, policies, _future(), known_upto=known_upto))

    async def work(self, unit: Unit[Result]) -> Result:
        """Return what `unit` returns, once its rows and its entries are durable together.

        Nobody else writes while it runs. What it raises refuses it alone: nothing of it is kept, and its caller gets
        the exception. Raises StoreUnavailable.
        """
        result: Result = await self._enqueue(_Job((), None, _future(), unit))
        return result

    async def try_writing(self) -> None:
        """Raise StoreUnavailable if nothing could be recorded now."""
        await self._enqueue(_Job((), None, _future()))

    async def read(self, query: Callable[[Connection], Result]) -> Result:
        """Return what `query` reads, in a thread. Raises StoreUnavailable."""
        return await _in_time(asyncio.to_thread(self._read, query))

    def _read(self, query: Callable[[Connection], Result]) -> Result:
        with translated(), self._database.reading() as connection:
            return query(connection)

    async def _enqueue(self, job: _Job) -> Any:
        if not self._open:
            raise StoreUnavailable("the decision log is closed")
        try:
            self._jobs.put_nowait(job)
        except queue.Full as error:
            raise StoreUnavailable("too many entries wait to be recorded") from error
        assert job.answered is not None
        return await _in_time(job.answered)

    def _write_groups(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            while not self._jobs.empty() and (job := self._jobs.get()) is not None:
                group.append(job)
            self._write([job for job in group if job.answered is None or not job.answered.cancelled()])
            if job is None:
                return

    def _write(self, group: Sequence[_Job]) -> None:
        """Commit the jobs of callers who still wait; all of them share the fate of the transaction."""
        try:
            with translated(), self._database.writing() as connection:
                tree = _locked_tree(connection)
                used = {job.policies.revision: job.policies for job in group if job.policies}
                for revision in used.keys() - self._kept:
                    keep_revision(connection, used[revision])
                entries, outcomes = list[Entry](), list[_Outcome]()
                newest: int | None = None
                for job in group:
                    place = tree.size + len(self._first) + len(entries)
                    if newest is None and job.known_upto is not None:
                        newest = newest_knowledge(connection)
                    outcomes.append(_run(job, connection, place, newest or NOTHING))
                    entries += outcomes[-1].entries
                    newest = None if job.unit else newest
                if entries:
                    self._append(connection, tree, [*self._first, *entries])
                if not all(job.entries or job.unit for job in group):
                    self._database.try_room(connection)
        except Exception as error:
            log.error("ledger_unavailable", reason=str(error), calls=len(group))
            _answer(group, [_Outcome(refusal=StoreUnavailable(str(error))) for _ in group])
        else:
            self._first = [] if entries else self._first
            self._kept |= used.keys()
            _answer(group, outcomes)

    def _append(self, connection: Connection, tree: CompactTree, entries: Sequence[Entry]) -> None:
        """Add entries to the log, whose tree this transaction holds the lock of, and sign the tree they make."""
        assert self._key is not None
        if self._apart:
            entries = keep_apart(connection, tree.size, entries, self._apart)
        rows = [_row(tree.size + index, entry) for index, entry in enumerate(entries)]
        connection.execute(_INSERT, rows)
        grown = tree.extended(row["leaf"] for row in rows)
        note = sign_checkpoint(Checkpoint(self._origin, grown.size, grown.root), self._key)
        connection.execute(update(log_state).values(tree=grown.to_bytes().decode(), note=note))
        if grown.size // CHECKPOINT_EVERY > tree.size // CHECKPOINT_EVERY:
            connection.execute(insert(checkpoints), {"size": grown.size, "note": note})


async def _in_time(answer: Awaitable[Result]) -> Result:
    """What the database answers, unless it says nothing at all: a stopped server keeps its connections open."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await answer
    except TimeoutError as error:
        raise StoreUnavailable("the database does not answer") from error


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a job inside the transaction of its group."""

    entries: Sequence[Entry] = ()
    result: Any = None
    refusal: Exception | None = None


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


def _answer(group: Sequence[_Job], outcomes: Sequence[_Outcome]) -> None:
    """Tell the callers what came of their jobs; each event loop is woken once, however many wait in it."""
    waiting: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], _Outcome]]] = {}
    for job, outcome in zip(group, outcomes, strict=True):
        if job.answered is not None:
            waiting.setdefault(job.answered.get_loop(), []).append((job.answered, outcome))
    for loop, answers in waiting.items():
        with suppress(RuntimeError):  # the loop was closed, and nobody waits in it
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: Sequence[tuple[asyncio.Future[Any], _Outcome]]) -> None:
    for answered, outcome in answers:
        if answered.done():
            continue
        if outcome.refusal:
            answered.set_exception(outcome.refusal)
        else:
            answered.set_result(outcome.result)


def newest_knowledge(connection: Connection) -> int:
    """Return the entry that last added to what is known of requests: a case, a fact, a listed item, an event."""
    return max(NOTHING if found is None else int(found) for found in connection.execute(_NEWEST).one())


_NEWEST = select(
    *(
        select(func.max(table.c.sequence)).scalar_subquery()
        for table in (cases, case_facts, register_items, register_events)
    )
)
_INSERT = insert(log_entries)


def _run(job: _Job, connection: Connection, place: int, newest: int) -> _Outcome:
    """Run a job so that its refusal leaves the work of the others; a failing database fails them all."""
    if job.known_upto is not None and job.known_upto < newest:
        return _Outcome(refusal=KnowledgeGrown())
    if job.unit is None:
        return _Outcome(job.entries)
    try:
        with connection.begin_nested():
            return _Outcome(*job.unit(connection, place))
    except (SQLAlchemyError, OSError):
        raise
    except Exception as refusal:
        return _Outcome(refusal=refusal)


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
