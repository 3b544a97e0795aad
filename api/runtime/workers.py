"""Several processes that answer, and the one that watches them, which waits for none longer than for an answer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from time import monotonic

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from api.runtime.loggers import get_logger

START_SECONDS = 60
"""So long may a worker take to answer, before it is replaced: it starts in seconds on a quiet machine, and in many on
a busy one.
"""
ANSWER_SECONDS = 0.1
"""So long is one waited for at a time; one that runs answers at once."""
END_SECONDS = 5
"""So long may one take to end once it has given up its end of the pipe."""

log = get_logger()


class _Health:
    """What a worker has answered so far, and since when it has been asked in vain."""

    def __init__(self, process: Process, clock: Callable[[], float]) -> None:
        self._process = process
        self._clock = clock
        self._asked_at: float | None = None
        self.is_ready = False
        # As long as this process holds that end open too, it does not notice when the other one has gone.
        process.child_conn.close()

    def answers(self) -> bool:
        """Whether the worker runs, and has answered or may still be about to."""
        connection = self._process.parent_conn
        if not self._process.process.is_alive():
            return False
        try:
            if self._asked_at is None:
                self._asked_at = self._clock()
                connection.send(b"ping")
            if connection.poll(ANSWER_SECONDS):
                self.is_ready, self._asked_at = connection.recv(), None
        except (OSError, EOFError):
            self._process.process.join(END_SECONDS)  # killed, it would not say why it ends
            return False
        return self._asked_at is None or self._clock() < self._asked_at + START_SECONDS


class Workers(Multiprocess):
    """Several processes that answer; `announce` is called once all of them do. One that dies or hangs is replaced.

    Their port is closed once the last of them takes no more calls. One that has not stopped after `stop_seconds` is
    killed. A signal is heeded although workers start or hang.
    """

    def __init__(
        self,
        config: Config,
        sockets: list[socket.socket],
        announce: Callable[[], None],
        stop_seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(config, sockets)
        self._announce: Callable[[], None] | None = announce
        self._stop_seconds = stop_seconds
        self._clock = clock
        self._health: dict[Process, _Health] = {}

    @property
    def have_failed(self) -> bool:
        """Whether one of them ended before it could answer."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)

    def keep_subprocess_alive(self) -> None:
        """Replace processes that have ended or hang (called every half second)."""
        if self.should_exit.is_set():
            return
        self._health = {one: self._health.get(one) or _Health(one, self._clock) for one in self.processes}
        for place, process in enumerate(self.processes):
            if self._health[process].answers():
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:  # another would fail likewise
                self.should_exit.set()
                return
            log.error("worker_died", pid=process.pid, exit_code=process.exitcode)
            self.processes[place] = another = Process(self.config, self.sockets)
            another.start()
        if self._announce and all(self._is_ready(process) for process in self.processes):
            self._announce()
            self._announce = None

    def _is_ready(self, process: Process) -> bool:
        return process in self._health and self._health[process].is_ready

    def terminate_all(self) -> None:
        """Have them stop; connections that this process held open would be answered by nobody."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def join_all(self) -> None:
        """Wait until they have stopped."""
        until = self._clock() + self._stop_seconds
        for process in self.processes:
            process.process.join(max(0.0, until - self._clock()))
            if process.process.is_alive():
                log.error("worker_does_not_stop", pid=process.pid)
                process.kill()
                process.join()
