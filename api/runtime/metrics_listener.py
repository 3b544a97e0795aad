"""The address at which the metrics are read: a listener of its own, in the process that has the port.

With several workers that is their parent: each writes its values into a folder that they share, and the parent
adds them up whenever somebody reads. A call for another path, or by another method than GET, is refused.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CollectorRegistry, Metric, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from api.runtime.loggers import get_logger

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PATH = "/metrics"
READING_SECONDS = 10
"""So long may a reader take to send its call, and to take the answer."""
READERS = 16
"""So many readers are answered at once; who comes besides is turned away."""
log = get_logger()

_OF_PROCESS = re.compile(r"_(\d+)\.db$")


class WorkerValues(Collector):
    """The values of all workers, in the files of `folder`; of one that died, what it counted stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._lock = threading.Lock()
        self._collector: Collector = MultiProcessCollector(None, self._folder)  # type: ignore[no-untyped-call]  # not typed there

    def collect(self) -> Iterable[Metric]:
        """Return the metrics, added up."""
        with self._lock:  # another reader would find files gone that it has listed
            return self._collected()

    def _collected(self) -> Iterable[Metric]:
        processes = {found[1] for name in os.listdir(self._folder) if (found := _OF_PROCESS.search(name))}
        for process in processes:
            if not _is_running(int(process)):
                mark_process_dead(int(process), self._folder)  # type: ignore[no-untyped-call]  # not typed there
        return self._collector.collect()


def registry_of_workers(folder: Path) -> CollectorRegistry:
    """Return the metrics of all workers that put their values into a folder."""
    registry = CollectorRegistry()
    registry.register(WorkerValues(folder))
    return registry


@contextmanager
def shared_values() -> Iterator[Path]:
    """A folder for the values of several workers, for the length of a `with` block.

    The library decides by a variable of the environment where values lie, once, when a process imports it first: so
    workers are started within the block.
    """
    with tempfile.TemporaryDirectory(prefix="channelgate-metrics-") as name:
        os.environ[FOLDER_VARIABLE] = name
        try:
            yield Path(name)
        finally:
            del os.environ[FOLDER_VARIABLE]


class MetricsListener:
    """Answers readers of the metrics in `registry` from a thread, within a `with` block.

    Port 0 takes a free one; `port` is the one it took. Raises OSError if it cannot be opened.
    """

    def __init__(self, host: str, port: int, registry: CollectorRegistry) -> None:
        self._server = (_ListenerIPv6 if ":" in host else _Listener)((host, port), _Reader)
        self._server.set_app(_only_metrics(registry))
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> MetricsListener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Listener(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        self._places = threading.BoundedSemaphore(READERS)
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a reader in a thread, if there is a place."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the place back at the end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a failure as all are; that a reader went away, or sent nothing, is none."""
        if not isinstance(sys.exception(), OSError):
            log.exception("metrics_not_read")

    def server_bind(self) -> None:
        """Take the port. The server of the standard library would look up the name of the host besides."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _ListenerIPv6(_Listener):
    address_family = socket.AF_INET6


class _Reader(WSGIRequestHandler):
    timeout = READING_SECONDS

    def log_message(self, *_: Any) -> None:
        """Log nothing: a reader comes every few seconds."""


def _only_metrics(registry: CollectorRegistry) -> Any:
    """Answer at one path (WSGI): the library would answer at any."""
    app = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            return app(environ, start_response)  # type: ignore[no-any-return]  # the library says no more of it
        status = HTTPStatus.NOT_FOUND
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain")])
        return [f"The metrics are at {PATH}.\n".encode()]

    return answer


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (
        ProcessLookupError,
        PermissionError,
    ):  # workers are of one user: the number is somebody else's by now
        return False
    return True
