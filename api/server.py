"""The service as a process: everything it needs is checked before the port is opened."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from api.app import create_app
from api.domain.identity import IdentityFault
from api.http.connection_limits import (
    RESERVED_FILES,
    ConnectionGate,
    ConnectionLimits,
    available_files,
    usual_connections,
)
from api.http.fast_path import FastPathProtocol
from api.http.framework import FastAPI
from api.http.workers import Workers
from api.ledger.database import StoreUnavailable
from api.ledger.database_url import name_of
from api.log_writer.plan import WriterPlan
from api.runtime.drain import announce_stops, stop_with_parent, stops_taken_by
from api.runtime.gc_tuning import freeze_loaded_objects, loading
from api.runtime.loggers import get_logger
from api.runtime.logging import configure_logging
from api.runtime.shared_port import listen, take_shared
from api.runtime.supervised_process import NotStarted, SupervisedProcess
from api.services.context import Context
from api.services.live.webhook_fault import WebhookFault
from api.settings import USUAL_STOP_SECONDS, Settings
from api.signing.faults import SigningFault
from engine import PolicyFaults

if TYPE_CHECKING:
    from api.runtime.metrics import Metrics

WORKER_STOP_SECONDS = 5
"""So long may a worker take to stop once its callers are not waited for any more."""
WRITER_STOP_SECONDS = 10
"""So long may the process that writes the log take to record the stop, once all workers have ended."""
LONGEST_FOLDER_BYTES = 100
"""The name of a Unix socket has at most 107 bytes."""
SHARED_VALUES = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the library of metrics finds the folder that workers share; it is ours to set."""

log = get_logger()


class ServerFault(Exception):  # reported to an operator, like a fault of the policies
    """Why the service cannot run, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


def run_server(settings: Settings) -> None:
    """Answer on the host and port of `settings` until stopped by a signal; port 0 takes a free one.

    With several workers, each is a process of its own; they share the port and the log. Returns once it has stopped
    in order. Raises `ServerFault` if the service cannot start, `engine.PolicyFaults` if the policies are the reason.
    """
    configure_logging()
    limits = _find_limits(settings)
    with _metrics_folder(settings) as folder:
        _run(settings, limits, folder)


def _run(settings: Settings, limits: ConnectionLimits, folder: Path | None) -> None:
    app = _checked_app(settings)
    context: Context = app.state.context
    revision = context.policies.current.policies.revision
    with _metrics_answered(settings, context.metrics, folder), _listen(settings) as listener:
        host, port = listener.getsockname()[:2]
        announce = partial(
            log.info, "listening", host=host, port=port, revision=revision, floor=str(settings.floor)
        )
        if settings.workers == 1:
            announce()
            freeze_loaded_objects()
            started = _run_alone(app, settings, limits, listener)
        else:
            context.store.close()
            with _log_written(settings, context.policies.approvals) as log_writer:
                started = _run_workers(settings, limits, listener, log_writer, announce)
    if not started:
        raise ServerFault("the service did not start", "see the log lines above")


def _metrics_folder(settings: Settings) -> AbstractContextManager[Path | None]:
    """The folder in which several workers put their metrics together; None where there is none."""
    if settings.metrics_port is None:
        return nullcontext()
    os.environ.pop(SHARED_VALUES, None)  # the library would put values where this says, and never clear them
    if settings.workers == 1:
        return nullcontext()
    from api.runtime.metrics_listener import shared_values

    return shared_values()


@contextmanager
def _log_written(settings: Settings, approvals: str) -> Iterator[Path | None]:
    """Have a process of its own write the log for all workers, and yield its address.

    None where the log is in PostgreSQL: that lets many take turns, and other nodes write to it as well. Raises
    `ServerFault` if the process cannot be started.
    """
    if "://" in settings.database:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="channelgate-log-") as folder:
        if len(os.fsencode(folder)) > LONGEST_FOLDER_BYTES:
            raise ServerFault(
                f"a socket cannot lie in {folder}, whose name is too long",
                "set TMPDIR to a folder with a shorter one",
            )
        plan = WriterPlan(
            database=settings.database,
            key_file=settings.key_file,
            origin=settings.log_origin,
            started={"approvals": approvals},
            address=Path(folder, "log"),
            metrics=settings.metrics_port is not None,
        )
        process = SupervisedProcess("api.log_writer", plan.model_dump_json().encode(), WRITER_STOP_SECONDS)
        try:
            with process:
                yield plan.address
        except NotStarted as fault:
            raise ServerFault("the writer of the log did not start", "see the log lines above") from fault


def _metrics_answered(
    settings: Settings, metrics: Metrics | None, folder: Path | None
) -> AbstractContextManager[object]:
    """Answer readers of the metrics, if any are made. Raises `ServerFault` if the port cannot be opened."""
    if metrics is None:
        return nullcontext()
    from api.runtime.metrics_listener import MetricsListener, registry_of_workers

    host, port = settings.metrics_host, settings.metrics_port or 0
    try:
        listener = MetricsListener(
            host, port, metrics.registry if folder is None else registry_of_workers(folder)
        )
    except OSError as error:
        raise ServerFault(
            f"the metrics cannot be given at {host} port {port} ({error.strerror or error})",
            "choose another --metrics-port or CHANNELGATE_METRICS_HOST",
        ) from error
    log.info("metrics_listening", host=host, port=listener.port)
    return listener


@loading()
def _checked_app(settings: Settings) -> FastAPI:
    """Return the application, with a database that can be used. Raises `ServerFault`, `engine.PolicyFaults`."""
    with _server_faults(settings):
        app = create_app(settings)
        context: Context = app.state.context
        context.store.prepare()
    return app


@contextmanager
def _server_faults(settings: Settings) -> Iterator[None]:
    """Raise `ServerFault` for what keeps an application from being made, but for faults of the policies."""
    try:
        yield
    except (IdentityFault, WebhookFault) as fault:
        raise ServerFault(str(fault), fault.remedy) from fault
    except SigningFault as fault:
        raise ServerFault(f"the signing key {settings.key_file}: {fault.fact}", fault.remedy) from fault
    except StoreUnavailable as error:
        raise ServerFault(
            f"the decision log {name_of(settings.database)} cannot be used ({error})",
            "name a file in a folder that can be written, or a PostgreSQL URL, with --database",
        ) from error


def _run_alone(app: FastAPI, settings: Settings, limits: ConnectionLimits, listener: socket.socket) -> bool:
    """Answer in this process until stopped; returns whether it ever started."""
    server = uvicorn.Server(_config(partial(_announcing, app), settings, limits))
    with stops_taken_by(server.handle_exit):
        server.run(sockets=[listener])
    return server.started


def _run_workers(
    settings: Settings,
    limits: ConnectionLimits,
    listener: socket.socket,
    log_writer: Path | None,
    announce: Callable[[], None],
) -> bool:
    """Answer in several processes until stopped; returns whether they ever started. One that dies is replaced."""
    workers = Workers(
        _config(partial(_worker, settings, log_writer), settings, limits, workers=settings.workers),
        [listener],
        announce,
        settings.stop_notice_seconds + settings.stop_seconds + WORKER_STOP_SECONDS,
    )
    workers.run()
    return not workers.has_failed


def _worker(settings: Settings, log_writer: Path | None) -> FastAPI:
    """Return the application of one of several processes; one that cannot be made ends the process, and says why."""
    configure_logging()
    stop_with_parent()
    try:
        with _server_faults(settings):
            app = create_app(settings, log_writer=log_writer)
    except (ServerFault, PolicyFaults) as fault:
        log.error(
            "worker_cannot_start", reason=str(fault), remedy=getattr(fault, "remedy", "mend the policies")
        )
        raise SystemExit(STARTUP_FAILURE) from fault
    freeze_loaded_objects()
    return _announcing(app)


def _announcing(app: FastAPI) -> FastAPI:
    """Return the application, which learns of a stop before its server; called by that, once it takes signals."""
    context: Context = app.state.context
    announce_stops(context.drain, context.settings.stop_notice_seconds)
    return app


def _find_limits(settings: Settings) -> ConnectionLimits:
    """Return the limits of each process. Raises `ServerFault` for more connections than it may open files for."""
    connections, files = settings.max_connections or usual_connections(), available_files()
    if connections > files:
        raise ServerFault(
            f"for {connections} connections a process has to open {connections + RESERVED_FILES} files,"
            f" and it may open {files + RESERVED_FILES}",
            "raise that number (ulimit -n), or set a smaller CHANNELGATE_MAX_CONNECTIONS",
        )
    return ConnectionLimits(connections=connections)


def _config(
    factory: Callable[[], FastAPI], settings: Settings, limits: ConnectionLimits, **options: Any
) -> uvicorn.Config:
    return server_config(
        factory, limits, factory=True, timeout_graceful_shutdown=settings.stop_seconds, **options
    )


def server_config(
    app: FastAPI | Callable[[], FastAPI], limits: ConnectionLimits | None = None, **options: Any
) -> uvicorn.Config:
    """Return how an application is served over HTTP/1.1, by default within the usual limits of this process."""
    limits = limits or ConnectionLimits()
    usual: dict[str, Any] = {
        "http": partial(FastPathProtocol, limits=limits, gate=ConnectionGate(limits.connections)),
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": USUAL_STOP_SECONDS,
    }
    return uvicorn.Config(app, **{**usual, **options})


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    try:
        return listen(host, port) if settings.workers == 1 else take_shared(host, port)
    except OSError as error:
        raise ServerFault(
            f"the service cannot listen at {host} port {port} ({error.strerror or error})",
            "choose another --host or --port",
        ) from error
