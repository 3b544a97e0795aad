"""The decision log: a decision is durable here before anyone reads it.

One writer thread commits; whatever arrived during a commit goes into the next transaction (group commit).
SQLite runs in WAL mode with `synchronous=FULL`, so that a committed row survives a power cut.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

BUSY_TIMEOUT_SECONDS = 2
WAITING_CALLS = 1024

log = structlog.get_logger()
metadata = MetaData()

policy_revisions = Table(
    "policy_revisions",
    metadata,
    Column("revision", Text, primary_key=True),
    Column("activated_at", Text, nullable=False),
    Column("files", Text, nullable=False),
)
decisions = Table(
    "decisions",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("decision_id", Text, nullable=False, unique=True),
    Column("request_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("revision", Text, ForeignKey("policy_revisions.revision"), nullable=False),
    Column("evaluated_at", Text, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("caller", Text, nullable=False),
    Column("department", Text),
)


class StoreUnavailable(Exception):  # a state of the store, named like one
    """The log cannot be written or read now; nothing that depends on it may be answered."""


@dataclass(frozen=True, slots=True)
class Record:
    """One decision: the request as received, the decision as answered; `evaluated_at` is ISO 8601, UTC.

    `caller` asked for it; `department` is the identifier of the department it is about, if that is known.
    """

    decision_id: str
    request_id: str
    outcome: str
    revision: str
    evaluated_at: str
    request: bytes
    decision: bytes
    caller: str = ""
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """The files of a policy set, kept so that a decision can be read under the rules it was taken by."""

    revision: str
    activated_at: str
    files: str

    @classmethod
    def of(cls, revision: str, activated_at: datetime, files: Mapping[str, bytes]) -> Revision:
        """Return the revision with its files by name; bytes that are no UTF-8 survive as escapes."""
        texts = {name: content.decode(errors="surrogateescape") for name, content in files.items()}
        return cls(revision, activated_at.isoformat(), json.dumps(texts))

    def read_files(self) -> dict[str, bytes]:
        """Return the files by name, byte for byte."""
        return {name: text.encode(errors="surrogateescape") for name, text in json.loads(self.files).items()}


@dataclass(frozen=True, slots=True)
class _Job:
    """Records to commit under one revision; without records, a trial whether the log can be written."""

    records: Sequence[Record]
    revision: Revision | None
    done: Future[None]


class DecisionStore:
    """The log in one SQLite file. Open it before use; an instance is opened once."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._engine = _engine(database)
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WAITING_CALLS)
        self._writer = threading.Thread(target=self._write_groups, name="decision-log", daemon=True)
        self._file: tuple[int, int] | None = None
        self._open = False

    def prepare(self) -> None:
        """Create what is missing in the file. Raises `StoreUnavailable`."""
        with _translated():
            metadata.create_all(self._engine)
            self._file = _identity(self._database)

    def open(self) -> None:
        """Prepare the file and start writing. Raises `StoreUnavailable`."""
        self.prepare()
        self._writer.start()
        self._open = True

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._open = False
        if self._writer.is_alive():
            self._jobs.put(None)
            self._writer.join()
        self._engine.dispose()

    async def append(self, records: Sequence[Record], revision: Revision) -> None:
        """Return once every record is durable. Raises `StoreUnavailable`, and then none of them is kept."""
        if records:
            await self._commit(records, revision)

    async def try_writing(self) -> None:
        """Raise `StoreUnavailable` if a decision could not be recorded now."""
        await self._commit((), None)

    async def find(self, decision_id: str, department: str | None = None) -> bytes | None:
        """Return the decision exactly as it was answered; with `department`, only if it is about that one.

        Raises `StoreUnavailable`.
        """
        query = select(decisions.c.decision).where(decisions.c.decision_id == decision_id)
        if department is not None:
            query = query.where(decisions.c.department == department)
        row = await asyncio.to_thread(self._first, query)
        return None if row is None else bytes(row[0])

    async def find_revision(self, revision: str) -> Revision | None:
        """Return a policy revision under which something was decided. Raises `StoreUnavailable`."""
        query = select(policy_revisions).where(policy_revisions.c.revision == revision)
        row = await asyncio.to_thread(self._first, query)
        return None if row is None else Revision(*row)

    def _first(self, query: Any) -> Any:
        with _translated(), self._engine.connect() as connection:
            return connection.execute(query).first()

    async def _commit(self, records: Sequence[Record], revision: Revision | None) -> None:
        if not self._open:
            raise StoreUnavailable("the decision log is closed")
        job = _Job(records, revision, Future())
        try:
            self._jobs.put_nowait(job)
        except queue.Full as error:
            raise StoreUnavailable("too many decisions wait to be recorded") from error
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
            with _translated(), self._engine.begin() as connection:
                if self._file != _identity(self._database):
                    raise StoreUnavailable("the file of the decision log was moved or replaced")
                _insert(connection, group)
        except Exception as error:
            log.error("decision_log_unavailable", reason=str(error), calls=len(group))
            for job in group:
                job.done.set_exception(StoreUnavailable(str(error)))
        else:
            for job in group:
                job.done.set_result(None)


def _insert(connection: Connection, group: Sequence[_Job]) -> None:
    revisions = {job.revision.revision: job.revision for job in group if job.revision}
    if revisions:
        kept = insert(policy_revisions).on_conflict_do_nothing()
        connection.execute(kept, [asdict(revision) for revision in revisions.values()])
        connection.execute(insert(decisions), [asdict(record) for job in group for record in job.records])
    if not all(job.records for job in group):
        _try(connection)


def _try(connection: Connection) -> None:
    """Leave the log as it was, but fail wherever recording a decision would; the commit reaches the disk."""
    trial = Record("trial", "", "", "trial", "", bytes(8192), b"")
    connection.execute(insert(policy_revisions), asdict(Revision("trial", "", "")))
    connection.execute(insert(decisions), asdict(trial))
    connection.execute(decisions.delete().where(decisions.c.decision_id == "trial"))
    connection.execute(policy_revisions.delete().where(policy_revisions.c.revision == "trial"))


def _engine(database: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(database)), connect_args={"timeout": BUSY_TIMEOUT_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def _identity(database: Path) -> tuple[int, int]:
    stat = os.stat(database)
    return stat.st_dev, stat.st_ino


@contextmanager
def _translated() -> Iterator[None]:
    """Turn every failure of the database or its file into `StoreUnavailable`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StoreUnavailable(str(getattr(error, "orig", error))) from error
