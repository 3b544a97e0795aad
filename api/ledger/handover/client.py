"""The worker's side: the event loop hands groups over to the writer of the log, and answers as the answers come."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from api.ledger.database import StoreUnavailable
from api.ledger.deduplication import RecurringTexts
from api.ledger.group_commit import ANSWER_SECONDS, NO_ANSWER, Group, Job, JobResult
from api.ledger.handover.answers import GroupAnswer, decode_answer
from api.ledger.handover.frames import FrameFault, FrameReader, frame, is_own_user
from api.ledger.handover.groups import MAX_POLICIES, encode_group
from api.ledger.prepared_entries import Preparation, PreparedEntry, deduplicated, recurring_in
from api.runtime.loggers import get_logger

GREETING_SECONDS = 2
"""So long is waited for a writer that is there to take a connection."""

LEAST_SECONDS = 0.001
"""So long is waited at least for an answer that is late: a socket with no timeout left would not wait at all."""

log = get_logger()


class _UnderWay(NamedTuple):
    """A group that was sent: those of its jobs that were, the texts that they are to share, until when it may take.

    `until` is a time of `monotonic`.
    """

    group: Group
    jobs: Sequence[Job]
    texts: Sequence[bytes]
    until: float
    timeout: asyncio.TimerHandle


class WriterClient:
    """Hands groups over to the writer at a Unix socket, for one event loop, in whose thread it is used.

    Only `connect` waits for the writer, and is called in another thread. `answered` gets each answer, with its group
    and the results of the jobs. What the client knows of the writer holds for one connection.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        address: Path,
        preparation: Preparation,
        answered: Callable[[GroupAnswer, Group, Sequence[JobResult]], None],
    ) -> None:
        self.loop = loop
        self._address = address
        self._preparation = preparation
        self._answered = answered
        self._connection: socket.socket | None = None
        self._frames: FrameReader | None = None
        self._is_watched = False
        self._unsent = b""
        self._under_way = deque[_UnderWay]()
        self._texts = RecurringTexts()
        self._revisions: set[str] = set()
        self._missed = False

    def is_ready(self) -> bool:
        """Whether there is a connection that takes another group; one that has carried enough policies is closed."""
        if self._is_full() and not self._under_way:
            self.close()
        return self._connection is not None and not self._is_full()

    def connect(self) -> bool:
        """Whether there is a connection that takes another group, or one can be made now.

        The first failure in a row is logged.
        """
        if self._connection is not None:
            return not self._is_full()
        try:
            connection, frames = _greeted(self._address)
        except (OSError, EOFError, FrameFault) as error:
            if not self._missed:
                log.warning(
                    "log_writer_missed", reason=str(error), fact="this process writes the log by itself"
                )
            self._missed = True
            return False
        self._texts, self._revisions, self._missed = RecurringTexts(), set(), False
        self._connection, self._frames, self._is_watched = connection, frames, False
        return True

    def hand_over(self, group: Group) -> bool:
        """Send a group, whose jobs have no units of work; it gets its results once they are durable.

        False where it cannot be handed over: then nobody has got any of it. Where the writer goes away before it has
        answered, the jobs are refused as StoreUnavailable, though they may be recorded.
        """
        wanted = [job for job in group.jobs if job.completion is None or not job.completion.done()]
        if not wanted:
            group.finish([JobResult() for _ in group.jobs])
            return True
        try:
            prepared, texts = self._prepare(wanted)
            revisions = {*self._revisions}
            content = frame(encode_group(prepared, texts, revisions))
            if len(revisions) > MAX_POLICIES:
                raise FrameFault("too many policy sets for one connection")
        except Exception as error:  # whoever commits them by itself meets it too, and reports it
            log.warning("not_handed_over", reason=str(error), calls=len(wanted))
            return False
        self._revisions = revisions
        timeout = self.loop.call_later(ANSWER_SECONDS, self._lose, NO_ANSWER)
        self._under_way.append(_UnderWay(group, wanted, texts, monotonic() + ANSWER_SECONDS, timeout))
        self._send(content)
        return True

    def finish(self) -> None:
        """Wait for the answers that are due, and close the connection; the event loop waits too, or has ended.

        The writer stops once the last worker has closed its own.
        """
        if self._connection is not None and self._under_way:
            self._unwatch()
            try:
                unsent = self._unsent
                while self._under_way:
                    self._connection.settimeout(max(self._under_way[0].until - monotonic(), LEAST_SECONDS))
                    self._connection.sendall(unsent)
                    unsent = b""
                    self._receive()
            except OSError as error:
                self._lose(_gone(error))
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._unwatch()
            self._connection.close()
        self._connection = self._frames = None
        self._unsent = b""

    def _is_full(self) -> bool:
        return len(self._revisions) >= MAX_POLICIES

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

    def _send(self, content: bytes) -> None:
        """Send content behind what waits to be sent, as much as goes at once."""
        assert self._connection is not None
        if not self._is_watched:
            self._is_watched = True
            self.loop.add_reader(self._connection, self._receive_at_once)
        try:
            if self._unsent:
                self._unsent += content
                return
            sent = self._connection.send(content)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._lose(_gone(error))
            return
        if sent < len(content):
            self._unsent = content[sent:]
            self.loop.add_writer(self._connection, self._send_on)

    def _send_on(self) -> None:
        assert self._connection is not None
        self.loop.remove_writer(self._connection)
        unsent, self._unsent = self._unsent, b""
        self._send(unsent)

    def _receive_at_once(self) -> None:
        try:
            self._receive()
        except OSError as error:
            self._lose(_gone(error))

    def _receive(self) -> None:
        """Take an answer, if there is one. Raises OSError."""
        assert self._frames is not None
        try:
            content = self._frames.read()
            if content is not None:
                self._answer(content)
        except (EOFError, FrameFault) as error:
            raise OSError(str(error)) from error

    def _answer(self, content: bytes) -> None:
        if not self._under_way:
            raise FrameFault("it answers what was not sent")
        group, jobs, texts, *_ = self._under_way[0]
        answer, results = decode_answer(content, len(jobs), len(texts))
        self._under_way.popleft().timeout.cancel()
        if answer.unavailable is None:
            self._texts.note_numbers(texts, answer.numbers)
        if len(jobs) < len(group.jobs):
            by_job = dict(zip(map(id, jobs), results, strict=True))
            results = [by_job.get(id(job), JobResult()) for job in group.jobs]
        self._answered(answer, group, results)

    def _lose(self, reason: str) -> None:
        """Close the connection, and refuse all that it has taken and not answered."""
        self.close()
        lost, self._under_way = self._under_way, deque()
        if lost:
            log.error("ledger_unavailable", reason=reason, calls=sum([len(one.jobs) for one in lost]))
        with ExitStack() as refusals:  # whatever comes of one
            for one in reversed(lost):
                one.timeout.cancel()
                refused = [JobResult(refusal=StoreUnavailable(reason)) for _ in one.group.jobs]
                refusals.callback(one.group.finish, refused)

    def _unwatch(self) -> None:
        if self._is_watched and self._connection is not None and not self.loop.is_closed():
            self.loop.remove_reader(self._connection)
            self.loop.remove_writer(self._connection)
        self._is_watched = False


def _gone(error: OSError) -> str:
    return f"the writer of the log has gone ({error})"


def _greeted(address: Path) -> tuple[socket.socket, FrameReader]:
    """A connection that a writer of this version has taken, and what reads it. Raises as `FrameReader.read`."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(GREETING_SECONDS)
        connection.connect(str(address))
        if not is_own_user(connection):
            raise FrameFault("its process runs as another user")
        frames = FrameReader(connection)
        frames.read()
        connection.setblocking(False)
    except BaseException:
        connection.close()
        raise
    return connection, frames
