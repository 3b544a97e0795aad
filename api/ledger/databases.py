"""The two databases a ledger can live in: a SQLite file, or PostgreSQL by URL; their failures in one exception."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from api.ledger.entries import EntryKind
from api.ledger.merkle import CompactTree
from api.ledger.schema import log_entries, log_state, metadata

BUSY_TIMEOUT_SECONDS = 2
_TRIAL = {"sequence": -1, "kind": EntryKind.STARTED, "key": "trial", "recorded_at": "", "leaf": b""}


class StoreUnavailable(Exception):
    """The ledger cannot be written or read now; nothing that depends on it may be answered."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn every failure of the database or its file into StoreUnavailable."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever reads what is printed has left; the database is well
    except ImportError as error:
        raise StoreUnavailable(f"{error}; for PostgreSQL install the extra `postgres`") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StoreUnavailable(str(getattr(error, "orig", None) or error)) from error


class Database:
    """A database by URL; a path without `://` is a SQLite file."""

    def __init__(self, where: str, *, read_only: bool = False) -> None:
        """Raises StoreUnavailable if `where` names no database that can be used here."""
        self._file: Path | None = None
        self._identity: tuple[int, int] | None = None
        with translated():
            url = make_url(where) if "://" in where else URL.create("sqlite", database=where)
            if url.drivername == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
            if url.get_backend_name() != "sqlite":
                self._engine = create_engine(url, pool_pre_ping=True)
                return
            self._file = Path(url.database or "")
            if read_only:
                url = url.set(database=f"file:{self._file}", query={"mode": "ro", "uri": "true"})
                self._engine = create_engine(url)
            else:
                self._engine = _sqlite(url)

    def prepare(self) -> None:
        """Create what is missing. Raises StoreUnavailable."""
        with translated():
            metadata.create_all(self._engine)
            self._identity = self._present()
            with self.reading() as connection:
                begun = connection.execute(select(log_state.c.id)).first() is not None
            if not begun:
                with self.writing() as connection:
                    empty = CompactTree().to_bytes().decode()
                    connection.execute(insert(log_state), {"id": 1, "tree": empty, "note": ""})

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that nobody else writes beside; committed at the end of the block."""
        if self._identity != self._present():
            raise StoreUnavailable("the file of the decision log was moved or replaced")
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger."""
        with self._engine.connect() as connection:
            yield connection

    def try_room(self, connection: Connection) -> None:
        """Leave the log as it was, but fail wherever recording an entry would; the commit reaches the disk."""
        connection.execute(insert(log_entries), {**_TRIAL, "entry": bytes(8192)})
        connection.execute(log_entries.delete().where(log_entries.c.sequence == _TRIAL["sequence"]))

    def _present(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        stat = os.stat(self._file)
        return stat.st_dev, stat.st_ino


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
