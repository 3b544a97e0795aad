"""The console, imported when it is called: what decides does not wait for it at the start."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


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
            console = await asyncio.to_thread(self.load)
        await console(scope, receive, send)

    def load(self) -> ASGIApp:
        """Import the console, if it is not yet, and return it."""
        with self._lock:
            console = self._console
            if console is None:
                from api.console.application import Console

                console = self._console = Console(self._elsewhere)
            return console
