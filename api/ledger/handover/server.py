"""The writer's side: what has arrived from all workers is committed in one transaction, and each is answered.

One thread does it all. Meanwhile the next groups wait in the sockets: no more than a group of each worker is here.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice

from api.ledger.handover.answers import answer_with, encode_answer
from api.ledger.handover.frames import MAX_FRAME_BYTES, FrameFault, FrameReader, frame, is_own_user
from api.ledger.handover.groups import HandedGroup, decode_group
from api.ledger.revisions import PolicyFiles
from api.ledger.transactions import LogTransactions
from api.runtime.loggers import get_logger

MAX_WORKERS = 128
"""So many connections are taken at once."""

log = get_logger()


class HandoverServer:
    """Commits what workers hand over at `listener` by `transactions`.

    It ends once `supervisor`, a file descriptor, has come to its end, and no worker is connected any more.
    """

    def __init__(self, listener: socket.socket, transactions: LogTransactions, supervisor: int) -> None:
        self._listener = listener
        self._transactions = transactions
        self._supervisor = supervisor
        self._selector = selectors.DefaultSelector()
        self._workers: set[_ConnectedWorker] = set()
        self._ending = False

    def run(self) -> None:
        """Take groups until the end."""
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._supervisor, selectors.EVENT_READ, self._end)
        with self._selector:
            while self._workers or not self._ending:
                for key, _ in self._selector.select():
                    act: Callable[[], None] = key.data
                    act()
                self._commit_arrived()

    def _end(self) -> None:
        self._selector.unregister(self._supervisor)
        self._ending = True

    def _accept(self) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            connection, _ = self._listener.accept()
            if len(self._workers) >= MAX_WORKERS or not is_own_user(connection):
                log.warning("log_writer_refused", connections=len(self._workers))
                connection.close()
                return
            worker = _ConnectedWorker(connection)
            self._workers.add(worker)
            self._selector.register(connection, selectors.EVENT_READ, lambda: self._receive(worker))
            self._send(worker, b"")

    def _receive(self, worker: _ConnectedWorker) -> None:
        try:
            worker.receive()
        except FrameFault as fault:
            log.error("handed_over_wrongly", reason=str(fault))
            self._drop(worker)
        except (EOFError, OSError):
            self._drop(worker)

    def _drop(self, worker: _ConnectedWorker) -> None:
        self._selector.unregister(worker.connection)
        self._workers.remove(worker)
        worker.connection.close()

    def _send(self, worker: _ConnectedWorker, content: bytes) -> None:
        """Send a frame, for which there is room: a worker has few groups under way."""
        whole = frame(content)
        try:
            if worker.connection.send(whole) == len(whole):
                return
        except OSError as error:
            log.warning("handed_over_by_nobody", reason=str(error))
        self._drop(worker)

    def _commit_arrived(self) -> None:
        """Commit the groups that are complete, as many together as one transaction may take."""
        arrived = [(worker, worker.group) for worker in self._workers if worker.group is not None]
        while arrived:
            together = _first_of(arrived)
            arrived = arrived[len(together) :]
            self._commit(together)

    def _commit(self, groups: Sequence[tuple[_ConnectedWorker, HandedGroup]]) -> None:
        committed = self._transactions.commit(
            [job for _, group in groups for job in group.jobs],
            [text for _, group in groups for text in group.texts],
        )
        signer = self._transactions.signing_key.verifying.format()
        results, numbers = iter(committed.results), iter(committed.numbers)
        for worker, group in groups:
            worker.group = None
            own = [next(results) for _ in group.jobs]
            answer = answer_with(signer, own, committed.newest, [*islice(numbers, len(group.texts))])
            self._send(worker, encode_answer(answer))


class _ConnectedWorker:
    """One connection, with the group that has come whole and is not answered."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.group: HandedGroup | None = None
        self.size = 0
        self._frames = FrameReader(connection)
        self._policies: dict[str, PolicyFiles] = {}

    def receive(self) -> None:
        """Read on, to the end of one group. Raises `FrameFault`, EOFError, OSError: then it is of no use any more."""
        content = self._frames.read()
        if content is not None:
            self.group, self.size = decode_group(content, self._policies), len(content)


def _first_of(
    arrived: Sequence[tuple[_ConnectedWorker, HandedGroup]],
) -> Sequence[tuple[_ConnectedWorker, HandedGroup]]:
    """The first groups that are not longer together than one may be, at least one."""
    size = 0
    for place, (worker, _) in enumerate(arrived):
        size += worker.size
        if place and size > MAX_FRAME_BYTES:
            return arrived[:place]
    return arrived
