"""Several processes that answer, and the one that watches them, which waits for none longer than for an answer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from time import monotonic

from uvicorn import Config
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from api.runtime.loggers import get_logger
from api.runtime.supervised_process import longer

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
    """What a worker has answered so far, and since when an answer is awaited."""

    def __init__(self, process: Process, clock: Callable[[], float]) -> None:
        self._process = process
        self._clock = clock
        self._requested_at: float | None = None
        self.is_ready = self.has_ended = False
        # As long as this process holds that end open too, it does not notice when the other one has gone.
        process.child_conn.close()

    def answers(self) -> bool:
        """Whether the worker runs, and has answered or may still be about to."""
        connection = self._process.parent_conn
        if not self._process.process.is_alive():
            return False
        try:
            if self._requested_at is None:
                self._requested_at = self._clock()
                connection.send(b"ping")
            if connection.poll(ANSWER_SECONDS):
                self.is_ready, self._requested_at = connection.recv(), None
        except (OSError, EOFError):
            self._process.process.join(END_SECONDS)  # killed, it would not say why it ends
            return False
        return self._requested_at is None or self._clock() < self._requested_at + START_SECONDS


class Workers(Multiprocess):
    """Several processes that answer; `announce` is called once all of them do. One that dies or hangs is replaced.

    Their port is closed once the last of them takes no more calls. One that has not stopped after `stop_seconds` is
    killed. They are stopped by SIGTERM and SIGINT, which are heeded although workers start or hang; other signals do
    nothing. `has_failed` is whether they were stopped since one could not start.
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
        self._delay = self._not_before = 0.0
        self.has_failed = False

    def keep_subprocess_alive(self) -> None:
        """Replace processes that have ended or hang (called every half second)."""
        if self.should_exit.is_set():
            return
        self._health = {one: self._health.get(one) or _Health(one, self._clock) for one in self.processes}
        for place, process in enumerate(self.processes):
            health = self._health[process]
            if health.answers():
                continue
            if not health.has_ended:
                self._end(process, health)
            if self.has_failed:
                self.should_exit.set()
                return
            if self._clock() >= self._not_before:
                self.processes[place] = another = Process(self.config, self.sockets)
                another.start()
        if all(self._is_ready(process) for process in self.processes):
            self._delay = 0.0
            if self._announce:
                self._announce()
                self._announce = None

    def _end(self, process: Process, health: _Health) -> None:
        """Have a worker that does not answer ended, and find out what that means for the one in its place."""
        process.kill()
        process.join()
        health.has_ended = True
        log.error("worker_died", pid=process.pid, exit_code=process.exitcode)
        if health.is_ready:
            return
        # By itself, another would fail likewise: at the start of the service there is no use in trying again.
        is_starting = self._announce is not None and not self.signal_queue  # Ctrl-C reaches them as well
        self.has_failed = is_starting and (process.exitcode or 0) > 0
        self._not_before = self._clock() + self._delay
        self._delay = longer(self._delay)

    def _is_ready(self, process: Process) -> bool:
        health = self._health.get(process)
        return health is not None and health.is_ready and not health.has_ended

    def handle_hup(self) -> None:
        """Do nothing: policies and keys are read anew as they change."""

    def handle_ttin(self) -> None:
        """Do nothing: there are as many workers as were set."""

    def handle_ttou(self) -> None:
        """Do nothing: there are as many workers as were set."""

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
