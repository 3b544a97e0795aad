"""News of a running service as a caller gets it: the events of a stream, read one at a time."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.support.waiting import PATIENCE_SECONDS


class Events:
    """An open stream of events, read by a thread."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.last_id = ""
        self._blocks: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        block: dict[str, str] = {}
        try:
            for line in self.answer.iter_lines():
                name, _, value = line.partition(":")
                if line:
                    block[name or "comment"] = value.removeprefix(" ")
                else:
                    self._blocks.put(block)
                    block = {}
        except (httpx.TransportError, httpx.StreamError):
            pass
        self._blocks.put(None)

    def block(self) -> dict[str, str] | None:
        """The next block of lines; None at the end of the stream."""
        block = self._blocks.get(timeout=PATIENCE_SECONDS)
        if block is not None:
            self.last_id = block.get("id", self.last_id)
        return block

    def next(self) -> Any:
        """The next event, as data; None at the end of the stream."""
        while (block := self.block()) is not None:
            if "data" in block:
                return json.loads(block["data"]) | ({"event": block["event"]} if "event" in block else {})
        return None


@contextmanager
def listening(client: httpx.Client, path: str = "/cases/events", **headers: str) -> Iterator[Events]:
    """Open a stream; its first block, which only says where it begins, has been read."""
    timeout = httpx.Timeout(30, read=PATIENCE_SECONDS)
    with client.stream("GET", path, headers=headers, timeout=timeout) as answer:
        assert answer.status_code == 200, answer.read()
        events = Events(answer)
        assert events.block() is not None
        yield events
