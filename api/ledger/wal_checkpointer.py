"""SQLite's write-ahead log is moved into the file beside the commits, in a thread of its own.

Left to itself, SQLite does this as a part of every so manieth commit, whose callers then wait several times as long
as all others, and on a slow disk very much longer.
"""

from __future__ import annotations

import threading

import structlog

from api.ledger.database import Database, StoreUnavailable

AFTER_BYTES = 500_000
"""So much of entries is committed before it is moved again."""

log = structlog.get_logger()


class Relief:
    """Moves what was committed; nothing depends on it but how long a commit takes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._committed = 0
        self._due = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._move, name="relief", daemon=True)

    def start(self) -> None:
        """Be ready to move."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what was begun, and move nothing any more."""
        self._over = True
        self._due.set()
        if self._thread.is_alive():
            self._thread.join()

    def count(self, committed: int) -> None:
        """Take note of so many bytes committed."""
        self._committed += committed
        if self._committed >= AFTER_BYTES:
            self._committed = 0
            self._due.set()

    def _move(self) -> None:
        while self._due.wait() and not self._over:
            self._due.clear()
            try:
                self._database.relieve_wal()
            except StoreUnavailable as error:
                log.warning("write_ahead_log_not_moved", reason=str(error))
