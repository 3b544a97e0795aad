"""The two databases a ledger can live in: a SQLite file, or PostgreSQL by URL; their failures in one exception."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from api.ledger.database_url import NoDatabaseUrl, read_url
from api.ledger.entries import EntryKind
from api.ledger.sqlite_engine import open_sqlite, read_table_names, set_busy_timeout
from api.ledger.tables import log_entries, state_for_postgresql
from api.ledger.upgrade import NEWEST, RevisionFault, find_revision, refuse_tables_of_others, upgrade
from api.runtime.private_files import make_private, restrict

BUSY_TIMEOUT_SECONDS = 2
"""How long a transaction waits for another one; after that it fails and nothing is recorded."""
STATEMENT_TIMEOUT_SECONDS = 10
CONNECT_TIMEOUT_SECONDS = 5
UPGRADE_TIMEOUT_SECONDS = 600
"""How long an upgrade may take, and how long a second server waits for it."""
_UPGRADE_LOCK = 0x6368616E6E656C
_TRIAL_ROW = {"sequence": -1, "kind": EntryKind.STARTED, "key": "trial", "recorded_at": "", "leaf": b""}


class StoreUnavailable(Exception):
    """The ledger cannot be written or read now; nothing that depends on it may be answered."""


DATABASE_ERRORS = (SQLAlchemyError, sqlite3.Error)
"""What the database driver and SQLAlchemy raise."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn every failure of the database or its file into StoreUnavailable."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of standard output has gone; the database is fine
    except RevisionFault as fault:
        raise StoreUnavailable(f"{fault}; {fault.remedy}") from fault
    except NoDatabaseUrl as fault:
        raise StoreUnavailable(str(fault)) from None
    except ImportError as error:
        raise StoreUnavailable(f"{error}; for PostgreSQL install the extra `postgres`") from error
    except (*DATABASE_ERRORS, OSError) as error:
        raise StoreUnavailable(str(getattr(error, "orig", None) or error)) from error


class Database:
    """A database by URL; a path without `://` is a SQLite file."""

    def __init__(self, where: str, *, read_only: bool = False) -> None:
        """Raises StoreUnavailable if `where` names no database that can be used here."""
        self._file: Path | None = None
        self._identity: tuple[int, int] | None = None
        self._held: Connection | None = None
        self._read_only = read_only
        self._snapshot_options: dict[str, Any] = {}
        with translated():
            url = read_url(where)
            if url.drivername == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
            if url.get_backend_name() == "sqlite":
                self._file = Path(url.database or "")
                if read_only and not self._file.exists():
                    raise StoreUnavailable("there is no such file")
            else:
                self._snapshot_options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            self._url = url
            self._engine = self._open()

    @property
    def exists(self) -> bool:
        """Whether there is a database; one of PostgreSQL has to be there."""
        return self._file is None or self._file.is_file()

    def prepare(self) -> None:
        """Bring the tables to the newest revision, make the file private, and try to write. Raises StoreUnavailable.

        Others that do the same are waited for, as long as an upgrade may take.
        """
        self._identity = None
        try:
            with translated(), self._patient() as patient:
                if self._file is not None:
                    restrict(self._file, "-wal", "-shm")
                with self._snapshot(patient) as connection:
                    revision = find_revision(connection)
                if revision != NEWEST:
                    with self.upgrading() as connection:
                        upgrade(connection)
                self._identity = self._file_identity()
                with _transaction(patient) as connection:
                    self.try_insert(connection)
        except StoreUnavailable:
            self.dispose()
            raise

    def revision(self) -> str | None:
        """Return the revision of the tables, as `find_revision` does."""
        with translated(), self.reading() as connection:
            return find_revision(connection)

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """A transaction that excludes other upgrades, with a long timeout."""
        with self._patient() as engine, _transaction(engine) as connection:
            if self._file is None:
                connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
            find_revision(connection)
            yield connection

    @contextmanager
    def _patient(self) -> Iterator[Engine]:
        """The database, opened so that a transaction waits for an upgrade.

        Raises `RevisionFault` for the file of another program, before anything of it is changed.
        """
        file = self._file
        if file is not None and not self._read_only and file.is_file() and file.stat().st_size:
            refuse_tables_of_others(read_table_names(file, UPGRADE_TIMEOUT_SECONDS))
        engine = self._open(UPGRADE_TIMEOUT_SECONDS, UPGRADE_TIMEOUT_SECONDS)
        try:
            yield engine
        finally:
            engine.dispose()

    def dispose(self) -> None:
        """Close every connection."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that excludes other writers; committed at the end of the block."""
        self._check_identity()
        with _transaction(self._engine) as connection:
            yield connection

    @contextmanager
    def writing_again(self) -> Iterator[Connection]:
        """The same for one thread that writes time and again, and keeps its connection to a file.

        One to a server is taken anew each time, since the server may be another one by then.
        """
        if self._file is None:
            with self.writing() as connection:
                yield connection
            return
        self._check_identity()
        connection, self._held = self._held or _connect_to_write(self._engine), None
        try:
            with connection.begin():
                yield connection
            self._held = connection
        finally:
            if self._held is None:
                connection.close()

    def reading(self) -> Connection:
        """A transaction on one snapshot of the ledger."""
        return self._snapshot(self._engine)

    def _snapshot(self, engine: Engine) -> Connection:
        return engine.connect().execution_options(**self._snapshot_options)

    def truncate_wal(self) -> bool:
        """Move SQLite's write-ahead log into the file and truncate it; False if others are using it.

        The write-ahead log holds pages as they were before. Raises StoreUnavailable.
        """
        return self._checkpoint("TRUNCATE", BUSY_TIMEOUT_SECONDS)

    def checkpoint_wal(self) -> None:
        """Move what can be moved while others read and write. Raises StoreUnavailable."""
        self._checkpoint("PASSIVE", 0)

    def _checkpoint(self, mode: str, wait: float) -> bool:
        if self._file is None:
            return True
        with translated():
            raw = self._engine.raw_connection()
            try:
                set_busy_timeout(raw, wait)
                busy = raw.cursor().execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
            finally:
                raw.close()
        return busy is None or not busy[0]

    def try_insert(self, connection: Connection) -> None:
        """Insert and delete a row: this fails wherever recording an entry would, and its commit reaches the disk."""
        connection.execute(insert(log_entries), {**_TRIAL_ROW, "entry": bytes(8192)})
        connection.execute(log_entries.delete().where(log_entries.c.sequence == _TRIAL_ROW["sequence"]))

    def _open(self, wait: float | None = None, statement: float = STATEMENT_TIMEOUT_SECONDS) -> Engine:
        """Open the database; a transaction waits `wait` seconds for another one."""
        wait = BUSY_TIMEOUT_SECONDS if wait is None else wait
        if self._file is None:
            return _postgresql(self._url, wait, None if self._read_only else statement)
        if self._read_only:
            url = self._url.set(
                database=f"file:{quote(str(self._file))}", query={"mode": "ro", "uri": "true"}
            )
            return open_sqlite(url, wait, read_only=True)
        return open_sqlite(self._url, wait, self._find_file)

    def _find_file(self) -> None:
        """Make the file, until it is prepared; then no connection may make another one, or take one for it.

        SQLite would leave the mode to the umask; what it puts beside the file gets the mode of the file.
        """
        if self._identity is not None:
            self._check_identity()
        elif self._file is not None and self._url.database:
            make_private(self._file)

    def _check_identity(self) -> None:
        if self._identity != self._file_identity():
            raise StoreUnavailable("the file of the decision log was moved or replaced")

    def _file_identity(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        stat = os.stat(self._file)
        return stat.st_dev, stat.st_ino


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end of the block."""
    with _connect_to_write(engine) as connection, connection.begin():
        yield connection


def _connect_to_write(engine: Engine) -> Connection:
    return engine.connect().execution_options(writes=True)


def _postgresql(url: URL, wait: float, statement: float | None) -> Engine:
    """Open PostgreSQL so that a server that is gone is noticed in seconds; what the URL itself says holds."""
    state_for_postgresql()
    limits = [f"-c lock_timeout={int(wait * 1000)}", "-c synchronous_commit=on"]
    if statement is not None:
        limits.append(f"-c statement_timeout={int(statement * 1000)}")
    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "tcp_user_timeout": STATEMENT_TIMEOUT_SECONDS * 1000,
        "keepalives_idle": CONNECT_TIMEOUT_SECONDS,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "options": " ".join(limits),
    }
    chosen = {name: value for name, value in arguments.items() if name not in url.query}
    return create_engine(url, pool_pre_ping=True, pool_timeout=CONNECT_TIMEOUT_SECONDS, connect_args=chosen)
