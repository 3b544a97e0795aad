"""The service as a process of its own: it can be killed, and its standard error is what an operator sees.

As a rule it is a fork of one that has imported the service and proved the shipped policies.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO

from api.server import run_server
from api.settings import Settings

SHIPPED = Path(__file__).parents[2] / "policies"
SERVE = "from api.server import run_server; from api.settings import Settings; run_server(Settings())"
FEW_FILES = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({}, {})); "
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.support.preloaded"])


class Running:
    """A server process, its address, and the log lines it has written so far."""

    def __init__(self, environment: dict[str, str], *, anew: bool = False, files: int | None = None) -> None:
        """Wait until it listens; `anew` starts an interpreter of its own, which several workers need.

        `files` is how many files such a one may open.
        """
        self._process: subprocess.Popen[str] | BaseProcess
        self._process, self._stderr = _started(environment, files) if anew else _forked(environment)
        assert self._process.pid
        self.pid = self._process.pid
        self.lines: list[str] = []
        self.url = self._address()
        self._reader = threading.Thread(target=lambda: self.lines.extend(self._stderr))
        self._reader.start()

    def _address(self) -> str:
        for line in self._stderr:
            self.lines.append(line)
            if (event := json.loads(line))["event"] == "listening":
                return f"http://{event['host']}:{event['port']}"
        raise AssertionError("".join(self.lines))

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        process = self._process
        return process.poll() is None if isinstance(process, subprocess.Popen) else process.is_alive()

    def end(self, how: signal.Signals) -> int:
        """Send the signal, wait, and return the exit code."""
        os.kill(self.pid, how)
        self._reader.join()
        self._stderr.close()
        if isinstance(self._process, subprocess.Popen):
            return self._process.wait()
        self._process.join()
        return int(self._process.exitcode or 0)


def _started(environment: dict[str, str], files: int | None) -> tuple[subprocess.Popen[str], IO[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE if files is None else FEW_FILES.format(files, files) + SERVE],
        env={**os.environ, **environment},
        cwd=SHIPPED.parent,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    return process, process.stderr


def _forked(environment: dict[str, str]) -> tuple[BaseProcess, IO[str]]:
    reader, writer = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=_serve, args=(environment, writer))
    process.start()
    writer.close()
    stderr = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
    reader.close()
    return process, stderr


def _serve(environment: dict[str, str], stderr: Connection) -> None:
    os.dup2(stderr.fileno(), 2)
    stderr.close()
    os.environ.update(environment)
    os.chdir(SHIPPED.parent)
    run_server(Settings())


def environment(tmp_path: Path) -> dict[str, str]:
    """The settings of a server of the shipped policies that answers anybody."""
    return {
        "CHANNELGATE_POLICIES": str(SHIPPED),
        "CHANNELGATE_DATABASE": str(tmp_path / "log.db"),
        "CHANNELGATE_PORT": "0",
        "CHANNELGATE_INSECURE_NO_AUTH": "1",
    }


@contextmanager
def server(environment: dict[str, str], *, anew: bool = False) -> Iterator[Running]:
    """A server that is stopped at the end of the block, unless it has ended."""
    running = Running(environment, anew=anew)
    try:
        yield running
    finally:
        if running.is_alive:
            running.end(signal.SIGTERM)
