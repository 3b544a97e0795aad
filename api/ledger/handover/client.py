"""The worker's side: groups handed over to the writer of the log, one after the other."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence, Set
from pathlib import Path

from api.ledger.database import StoreUnavailable
from api.ledger.deduplication import RecurringTexts
from api.ledger.group_commit import ANSWER_SECONDS, NO_ANSWER, Job, JobResult
from api.ledger.handover.answers import decode_answer
from api.ledger.handover.frames import FrameFault, FrameReader, frame, is_own_user
from api.ledger.handover.groups import MAX_POLICIES, encode_group
from api.ledger.prepared_entries import (
    DerivedRows,
    Preparation,
    PreparedEntry,
    deduplicated,
    recurring_in,
)
from api.ledger.transactions import Committed
from api.runtime.loggers import get_logger

GREETING_SECONDS = 2
"""So long is waited for a writer that is there to take a connection."""

log = get_logger()


class WriterClient:
    """Hands groups over to the writer at a Unix socket; used by one thread.

    What it knows of the writer holds for one connection.
    """

    def __init__(
        self, address: Path, erasable: Callable[[], Set[str]], derived_rows: DerivedRows | None
    ) -> None:
        self._address = address
        self._preparation = Preparation(erasable, derived_rows)
        self._connection: socket.socket | None = None
        self._frames: FrameReader | None = None
        self._texts = RecurringTexts()
        self._revisions: set[str] = set()
        self._missed = False
        self.signer = ""
        """The verifying key by which the writer signed last; empty before it has."""

    def close(self) -> None:
        """Close the connection; the writer stops once the last worker has closed its own."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._frames = None

    def commit(self, jobs: Sequence[Job]) -> Committed | None:
        """Return what came of jobs without units of work, once they are durable.

        None where they cannot be handed over: then nobody has got any of them. Where the writer goes away before it
        has answered, they are refused as StoreUnavailable, though they may be recorded.
        """
        wanted = [job for job in jobs if job.completion is None or not job.completion.done()]
        if not wanted:
            return Committed([JobResult() for _ in jobs])
        if not self._connect():
            return None
        try:
            prepared, texts = self._prepare(wanted)
            content = frame(encode_group(prepared, texts, self._revisions))
        except Exception as error:  # whoever commits them by itself meets it too, and reports it
            log.warning("not_handed_over", reason=str(error), calls=len(wanted))
            self.close()  # what is noted as sent was not
            return None
        committed = self._hand_over(content, len(wanted), texts)
        if len(wanted) == len(jobs):
            return committed
        results = iter(committed.results)
        chosen = {id(job) for job in wanted}
        return committed._replace(
            results=[next(results) if id(job) in chosen else JobResult() for job in jobs]
        )

    def _prepare(
        self, jobs: Sequence[Job]
    ) -> tuple[list[tuple[Job, Sequence[PreparedEntry]]], Sequence[bytes]]:
        """The jobs, each with its entries as they are stored, and the texts that are to be stored from now on."""
        whole = self._preparation.finish([entry for job in jobs for entry in job.entries])  # type: ignore[misc]
        texts = self._texts.find_repeated(recurring_in(whole, self._texts))
        entries, given = deduplicated(whole, self._texts), 0
        prepared = list[tuple[Job, Sequence[PreparedEntry]]]()
        for job in jobs:
            prepared.append((job, entries[given : given + len(job.entries)]))
            given += len(job.entries)
        return prepared, texts

    def _hand_over(self, content: bytes, jobs: int, texts: Sequence[bytes]) -> Committed:
        assert self._connection is not None
        assert self._frames is not None
        try:
            self._connection.sendall(content)
            answered = self._frames.read()
            assert answered is not None  # the connection waits
            answer, results = decode_answer(answered, jobs, len(texts))
        except (OSError, EOFError, FrameFault) as error:
            reason = (
                NO_ANSWER if isinstance(error, TimeoutError) else f"the writer of the log has gone ({error})"
            )
            log.error("ledger_unavailable", reason=reason, calls=jobs)
            self.close()
            return Committed([JobResult(refusal=StoreUnavailable(reason)) for _ in range(jobs)])
        self.signer = answer.signer
        if answer.unavailable is None:
            self._texts.note_numbers(texts, answer.numbers)
        return Committed(results, answer.newest)

    def _connect(self) -> bool:
        """Whether there is a connection, or one can be made now; the first failure in a row is logged."""
        if len(self._revisions) >= MAX_POLICIES:
            self.close()
        if self._connection is not None:
            return True
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(GREETING_SECONDS)
            connection.connect(str(self._address))
            if not is_own_user(connection):
                raise FrameFault("its process runs as another user")
            frames = FrameReader(connection)
            frames.read()
            connection.settimeout(ANSWER_SECONDS)
        except (OSError, EOFError, FrameFault) as error:
            connection.close()
            if not self._missed:
                log.warning(
                    "log_writer_missed", reason=str(error), fact="this process writes the log by itself"
                )
            self._missed = True
            return False
        self._connection, self._frames = connection, frames
        self._texts, self._revisions, self._missed = RecurringTexts(), set(), False
        return True
