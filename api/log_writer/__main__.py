"""The process: it records that the service was started, writes what workers hand over, and records the stop."""

from __future__ import annotations

import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.ledger.database import Database, StoreUnavailable
from api.ledger.handover.server import HandoverServer
from api.ledger.transactions import LogTransactions
from api.log_writer.plan import WriterPlan
from api.runtime.drain import STOP_SIGNALS
from api.runtime.gc_tuning import freeze_loaded_objects
from api.runtime.loggers import get_logger
from api.runtime.logging import configure_logging
from api.runtime.private_files import private_files
from api.signing.faults import SigningFault, remedy_of
from api.storage.newest_record import newest_record
from api.storage.urgencies import UrgencyRows

if TYPE_CHECKING:
    from api.runtime.metrics import Metrics

COULD_NOT = 2
BACKLOG = 128

log = get_logger()


def main() -> int:
    """Write the log until the service stops, and return the exit code."""
    for (
        number
    ) in STOP_SIGNALS:  # Ctrl-C reaches this process too, whose workers still have groups to hand over
        signal.signal(number, signal.SIG_IGN)
    configure_logging()
    plan = WriterPlan.model_validate_json(sys.stdin.buffer.readline())
    metrics = _metrics() if plan.metrics else None
    transactions = LogTransactions(
        Database(plan.database),
        plan.key_file,
        plan.origin,
        lambda: datetime.now(UTC),
        frozenset,
        newest_record,
        UrgencyRows(),
        metrics.observe_commit if metrics else None,
    )
    try:
        with _listening(plan.address) as listener:
            transactions.prepare()
            transactions.announce(plan.started)
            transactions.record_start()
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            log.info("log_writer_ready")
            transactions.start()
            freeze_loaded_objects()
            HandoverServer(listener, transactions, sys.stdin.fileno()).run()
    except (StoreUnavailable, SigningFault, OSError) as error:
        log.error("log_writer_not_started", reason=str(error), **remedy_of(error))
        return COULD_NOT
    transactions.record_stop()
    transactions.stop()
    return 0


def _listening(address: Path) -> socket.socket:
    """A socket at the address; it takes the place of one that another process left there."""
    unready = address.with_name("new")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with private_files():
        listener.bind(str(unready))
    listener.listen(BACKLOG)
    os.replace(unready, address)
    return listener


def _metrics() -> Metrics:
    from api.runtime.metrics import Metrics

    return Metrics(process=False)


if __name__ == "__main__":
    sys.exit(main())
