"""A running server on a free port, for the length of a `with` block."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.server import server_config
from api.settings import Settings

SECONDS_TO_STOP = 10


class _Server(uvicorn.Server):
    """A server that stops at once when `stop` is called, instead of at its next poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Wait for the end (called by the server itself)."""
        self._loop = asyncio.get_running_loop()
        ticks = 0
        while not (self._stop.is_set() or await self.on_tick(ticks)):
            ticks += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.1)

    def stop(self) -> None:
        """Stop; called from another thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: it has stopped by itself
                self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def running_server(settings: Settings, **options: Any) -> Iterator[str]:
    """Run the service on a free port of the loopback address; yields its base URL. `options` are the server's.

    Raises RuntimeError if it does not start.
    """
    with running_app(create_app(settings), **options) as address:
        yield address


@contextmanager
def running_app(app: FastAPI, **options: Any) -> Iterator[str]:
    """Run an application that is there already, likewise."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(server_config(app, **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            thread.join(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join(SECONDS_TO_STOP)
