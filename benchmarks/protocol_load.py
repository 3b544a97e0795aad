"""Pre-checks through the service's own protocol without a socket: 64 connections, whose transports take all answers.

For measuring the process that answers alone; the log is written to disk.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.contenders import new_key
from benchmarks.http_requests import DEPARTMENT
from benchmarks.processes import ROOT

CONNECTIONS = 64


class Transport:
    """Takes what is written, and reports each answer."""

    def __init__(self, answered: Any) -> None:
        self._answered = answered

    def get_extra_info(self, _: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 "):  # the route, which takes the first calls, writes a body by itself
            assert data.startswith(b"HTTP/1.1 200"), data
            self._answered()

    def writelines(self, parts: Sequence[bytes]) -> None:
        self.write(b"".join(parts))

    def nothing(self) -> None:
        """Take note of nothing."""

    pause_reading = resume_reading = write_eof = close = abort = nothing


class Load:
    """Calls from 64 connections, each of which waits for the others' answers before the next round."""

    def __init__(self, app: Any, headers: str = "") -> None:
        from uvicorn.server import ServerState

        from api.server import server_config

        config, self._state = server_config(app), ServerState()
        config.load()
        self._protocols = []
        for _ in range(CONNECTIONS):
            protocol: Any = config.http_protocol_class(config, self._state, {})  # type: ignore[call-arg, operator]
            protocol.connection_made(Transport(self._count))
            self._protocols.append(protocol)
        self.app = app
        self._head = f"POST /v1/pre-check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}"
        self._due = 0
        self._done = asyncio.Event()

    def _count(self) -> None:
        self._due -= 1
        if not self._due:
            self._done.set()

    def calls(self, bodies: Iterator[bytes], rounds: int) -> list[bytes]:
        """The next bodies of so many rounds, each as a whole call."""
        return [
            b"%sContent-Length: %d\r\n\r\n%s" % (self._head.encode(), len(body), body)
            for _, body in zip(range(rounds * CONNECTIONS), bodies, strict=False)
        ]

    async def put(self, calls: Sequence[bytes]) -> None:
        """Send the calls, a round of one from each connection after the other."""
        for first in range(0, len(calls), CONNECTIONS):
            self._due = CONNECTIONS
            self._done.clear()
            for protocol, call in zip(self._protocols, calls[first : first + CONNECTIONS], strict=True):
                protocol.data_received(call)
            await self._done.wait()

    def end(self) -> None:
        for protocol in self._protocols:
            protocol.connection_lost(None)


@asynccontextmanager
async def serving_load(
    folder: Path, *, key: bool = False, headers: str = "", **settings: Any
) -> AsyncIterator[Load]:
    """A load on the service of the tree that is imported, which writes its log into the folder.

    With `key`, the caller is a department with an API key, as in the benchmark over HTTP.
    """
    from api.app import create_app
    from api.settings import Settings

    if key:
        headers += f"Authorization: Bearer {new_key(folder / 'keys.json', DEPARTMENT)}\r\n"
    app = create_app(
        Settings(
            policies=Path("policies"),
            database=str(folder / "log.db"),
            accept_unproved=True,
            console=False,
            **({"api_keys": folder / "keys.json"} if key else {"insecure_no_auth": True}),
            **settings,
        )
    )
    async with app.router.lifespan_context(app):
        load = Load(app, headers)
        yield load
        load.end()


def import_from(tree: Path) -> None:
    """Import the service from another source tree, whose folder becomes the current one."""
    others = [path for path in sys.path if Path(path).resolve() != ROOT]
    sys.path[:] = [str(tree), *others]
    os.chdir(tree)
