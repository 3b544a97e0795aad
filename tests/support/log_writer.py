"""The writer of a log in a thread, as its process runs it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from api.ledger.database import Database
from api.ledger.handover.server import HandoverServer
from api.ledger.preconditions import NewestRecord
from api.ledger.transactions import LogTransactions
from api.storage.urgencies import UrgencyRows

ORIGIN = "example.org/log"
NOW = datetime(1965, 1, 1, tzinfo=UTC)
KEY = "signing.key"
ADDRESS = "writer"


@contextmanager
def writing(where: str, folder: Path, newest: NewestRecord | None = None) -> Iterator[Path]:
    """A writer of the log at `where`, until all who hand over have gone; yields its address in the folder."""
    transactions = LogTransactions(
        Database(where),
        folder / KEY,
        ORIGIN,
        lambda: NOW,
        frozenset,
        newest,
        UrgencyRows(),
        None,
    )
    transactions.prepare()
    transactions.announce({"approvals": "none"})
    transactions.record_start()
    transactions.start()
    supervisor, end = os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / ADDRESS))
        listener.listen()
        server = HandoverServer(listener, transactions, supervisor)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield folder / ADDRESS
        finally:
            os.close(end)
            thread.join()
            os.close(supervisor)
            transactions.record_stop()
            transactions.stop()
            os.unlink(folder / ADDRESS)
