"""When a connection is read from: not while its calls or its answers wait."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from uvicorn.protocols.http.flow_control import FlowControl


class BoundedFlow(FlowControl):
    """Reads nothing more while there are calls that wait for an answer, or answers that wait for their reader."""

    def __init__(self, transport: asyncio.Transport, pipeline: Collection[object]) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        """Read on, if that is in order (called by the server and its calls)."""
        if not (self._pipeline or self.write_paused):
            super().resume_reading()
