"""A process beside the service that is started again whenever it ends before the service does."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading

from api.runtime.loggers import get_logger

LONGEST_DELAY_SECONDS = 30
"""So long is waited at most before a process that ended is started again; each time twice as long, at first not."""
_FIRST_DELAY_SECONDS = 0.25

log = get_logger()


def longer(delay: float) -> float:
    """Return the seconds until a process that did not get ready is started again; `delay` is those before."""
    return min(2 * delay or _FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS)


class NotStarted(Exception):
    """The process ended before it was ready; what it wrote to standard error says why."""


class SupervisedProcess:
    """A module of the product that runs as long as a `with` block.

    It is given `plan` as one line on its standard input, which ends when it shall stop, and writes a line to its
    standard output once it is ready. At the beginning of the block it is; raises `NotStarted` if it cannot be.
    """

    def __init__(self, module: str, plan: bytes, stop_seconds: float) -> None:
        self._module = module
        self._plan = plan
        self._stop_seconds = stop_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._restart, name=module, daemon=True)
        self._lock = threading.Lock()

    def __enter__(self) -> SupervisedProcess:
        self._process = self._started()
        if not self._is_ready(self._process):
            _end_input(self._process)
            self._process.wait()
            raise NotStarted(self._module)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._stopping.set()
            _end_input(self._process)
        try:
            self._process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            log.error("process_does_not_stop", module=self._module, pid=self._process.pid)
            self._process.kill()
        self._thread.join()

    def _started(self) -> subprocess.Popen[bytes]:
        # -P: a module that lies where the process is started does not shadow the product's.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin
        try:
            process.stdin.write(self._plan + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; its exit code says so
        return process

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.stdout
        with process.stdout as output:
            return bool(output.readline())

    def _restart(self) -> None:
        """Wait for the end of the process, and start it again, until it is to stop."""
        delay = 0.0
        while True:
            code = self._process.wait()
            if self._stopping.wait(delay):
                return
            log.error("process_died", module=self._module, pid=self._process.pid, exit_code=code)
            with self._lock:
                if self._stopping.is_set():
                    return
                _end_input(self._process)
                self._process = self._started()
            delay = 0.0 if self._is_ready(self._process) else longer(delay)


def _end_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
