"""How a SQLite file is opened: written ahead, private, and waited for while another process holds its lock."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

LOCK_POLL_SECONDS = 0.000_5
"""How often a server tries to get the lock of a SQLite file that another one holds: a commit takes about as long."""
WAL_PAGES = 8000
"""SQLite checkpoints a write-ahead log of this many pages within a commit, if nothing did before."""
_BUSY_TIMEOUT = "busy_timeout"
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"wal_autocheckpoint={WAL_PAGES}")


def open_sqlite(
    url: URL, wait: float, before: Callable[[], None] = lambda: None, *, read_only: bool = False
) -> Engine:
    """Return the engine of a file, in which a transaction waits `wait` seconds for another one.

    `before` is called before each connection is made, and may refuse it.
    """
    engine = create_engine(url, connect_args={"timeout": wait})

    @event.listens_for(engine, "do_connect")
    def _prepare(*_: object) -> None:
        before()

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        if read_only:
            return
        _write_ahead(connection, wait)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        run: Callable[[str], object] = connection.connection.driver_connection.execute  # type: ignore[union-attr]
        # Before it writes, SQLite itself would sleep longer and longer, up to 100 ms, while other servers take turns.
        set_busy_timeout(connection.connection, 0 if writes else wait)
        if writes:
            _wait_for_lock(lambda: run("BEGIN IMMEDIATE"), wait)
        else:
            run("BEGIN")

    return engine


def read_table_names(file: Path, wait: float) -> list[str]:
    """Return the names of the tables in a file, of which nothing is changed; waited for as `open_sqlite` does.

    It is opened to be written: what a process that was killed had begun is rolled back by whoever reads it next.
    """
    with closing(
        sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", timeout=wait, uri=True)
    ) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return [name for (name,) in found]


def set_busy_timeout(connection: PoolProxiedConnection, seconds: float) -> None:
    """Set the busy timeout of SQLite; the connection remembers it, since the pool hands it round."""
    milliseconds = int(seconds * 1000)
    if connection.info.get(_BUSY_TIMEOUT) != milliseconds:
        connection.cursor().execute(f"PRAGMA busy_timeout={milliseconds}")
        connection.info[_BUSY_TIMEOUT] = milliseconds


def _write_ahead(connection: sqlite3.Connection, wait: float) -> None:
    """Have SQLite write ahead (WAL); it does not wait by itself while another server does the same to a new file."""
    _wait_for_lock(lambda: connection.execute("PRAGMA journal_mode=WAL").close(), wait)


def _wait_for_lock(work: Callable[[], object], wait: float) -> None:
    """Run `work`, and try again for `wait` seconds while another server holds the lock."""
    until = time.monotonic() + wait
    while True:
        try:
            work()
        except (sqlite3.OperationalError, SQLAlchemyError) as error:
            code = getattr(getattr(error, "orig", error), "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return
