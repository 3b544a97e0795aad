"""Checkpoints of SQLite's write-ahead log, in a thread of their own.

By default SQLite does this within every n-th commit, whose callers then wait several times as long as all others, and
on a slow disk very much longer.
"""

from __future__ import annotations

import threading

from api.ledger.database import Database, StoreUnavailable
from api.runtime.loggers import get_logger

AFTER_BYTES = 2_000_000
"""The log is checkpointed after this many bytes, as they are counted: some thousand pages, far below its limit.

Each time costs two syncs of the disk, so that it is seldom done; but the longer it takes, the more commits meet it.
"""
TRANSACTION_BYTES = 20_000
"""So much is counted for a transaction beside its rows: the state of the tree, indexes, pages that are half full."""

log = get_logger()


class WalCheckpointer:
    """Moves committed pages into the database file; only the duration of commits depends on it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._committed = 0
        self._requested = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="wal-checkpointer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the checkpoint that is running, and stop the thread."""
        self._stopped = True
        self._requested.set()
        if self._thread.is_alive():
            self._thread.join()

    def count(self, committed: int) -> None:
        """Count the bytes of rows of a transaction; past the limit, request a checkpoint."""
        self._committed += committed + TRANSACTION_BYTES
        if self._committed >= AFTER_BYTES:
            self._committed = 0
            self._requested.set()

    def _run(self) -> None:
        while self._requested.wait() and not self._stopped:
            self._requested.clear()
            try:
                self._database.checkpoint_wal()
            except StoreUnavailable as error:
                log.warning("write_ahead_log_not_moved", reason=str(error))
