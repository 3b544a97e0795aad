"""The console, imported at the first call of a page or soon after the start: what decides does not wait for it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOADED_AFTER_SECONDS = 3.0
"""So long after the start the console is imported without a call, so that the first visitor does not wait for it."""


class ConsoleOnDemand:
    """Answers as `api.console.application.Console` does (ASGI); `elsewhere` is as there."""

    def __init__(self, elsewhere: ASGIApp) -> None:
        self._elsewhere = elsewhere
        self._lock = threading.Lock()
        self._console: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        console = self._console
        if console is None:
            console = await asyncio.to_thread(self._load)
        await console(scope, receive, send)

    async def load_soon(self, stop: asyncio.Event) -> None:
        """Import the console a little after the start, unless `stop` is set before."""
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping}, timeout=LOADED_AFTER_SECONDS)
        if not done:
            stopping.cancel()
            await asyncio.to_thread(self._load)

    def _load(self) -> ASGIApp:
        with self._lock:
            console = self._console
            if console is None:
                from api.console.application import Console

                console = self._console = Console(self._elsewhere)
            return console
