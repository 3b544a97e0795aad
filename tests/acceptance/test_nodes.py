"""Two nodes on one PostgreSQL, restarted one after the other under load: no call is lost, and none refused.

Covers: api.runtime.drain
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from api.cli.main import app
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.database import Database
from api.ledger.entries import EntryKind
from api.ledger.reader import whole_entries
from tests.support.postgres import new_database
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

CALLERS = 4
RESTARTS = 4


class Balancer:
    """Callers whose calls go to a node that is ready, in turn, as those of a proxy that looks at `/readyz`."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.nodes = [Running(settings), Running(settings)]
        self.answers: list[bytes] = []
        self.faults: list[str] = []
        self.under_way: Counter[int] = Counter()
        self._settings = settings
        self._ready = set[int]()
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def look(self, index: int) -> bool:
        """Whether the node says that it is ready; from then on it gets calls, or gets no more."""
        try:
            ready = httpx.get(f"{self.nodes[index].url}/readyz", trust_env=False).status_code == 200
        except httpx.TransportError:
            ready = False
        with self._lock:
            (self._ready.add if ready else self._ready.discard)(index)
        return ready

    def restart(self, index: int) -> None:
        """Stop a node once it gets no more calls, and start another one in its place."""
        os.kill(self.nodes[index].pid, signal.SIGTERM)
        wait_until(lambda: not self.look(index))
        wait_until(lambda: not self.under_way[index])
        assert self.nodes[index].end(signal.SIGINT) == 0  # no caller needs the rest of the notice
        self.nodes[index] = Running(self._settings)
        wait_until(lambda: self.look(index))

    @contextmanager
    def load(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask, args=(caller,)) for caller in range(CALLERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def end(self) -> None:
        for node in self.nodes:
            if node.is_alive:
                node.end(signal.SIGINT)

    def _ask(self, caller: int) -> None:
        with httpx.Client(trust_env=False) as client:
            for number in itertools.count():
                if self._stop.is_set():
                    return
                with self._lock:
                    index = [*self._ready][next(self._turn) % len(self._ready)]
                    self.under_way[index] += 1
                try:
                    request = {**EXAMPLE_REQUEST, "request_id": f"{caller}-{number}"}
                    answer = client.post(f"{self.nodes[index].url}/v1/pre-check", json=request)
                    if answer.status_code == 200:
                        self.answers.append(answer.content)
                    else:
                        self.faults.append(answer.text)
                except httpx.TransportError as error:
                    self.faults.append(repr(error))
                finally:
                    with self._lock:
                        self.under_way[index] -= 1


def recorded_decisions(url: str) -> set[str]:
    database = Database(url, read_only=True)
    with database.reading() as connection:
        found = {entry.key for _, entry in whole_entries(connection) if entry.kind is EntryKind.DECISION}
    database.dispose()
    return found


def test_nodes_are_restarted_under_load_without_a_call_lost_or_refused(tmp_path: Path, postgres: Any) -> None:
    with new_database(postgres, "nodes") as url:
        settings = {
            **environment(tmp_path),
            "CHANNELGATE_DATABASE": url,
            "CHANNELGATE_SIGNING_KEY": str(tmp_path / "shared.key"),
            "CHANNELGATE_STOP_NOTICE_SECONDS": "600",
        }
        balancer = Balancer(settings)
        try:
            for index in range(2):
                wait_until(lambda index=index: balancer.look(index))  # type: ignore[misc]
            with balancer.load():
                for number in range(RESTARTS):
                    seen = len(balancer.answers)
                    balancer.restart(number % 2)
                    wait_until(lambda seen=seen: len(balancer.answers) > seen + 20)  # type: ignore[misc]
        finally:
            balancer.end()
        assert balancer.faults == []
        assert {json.loads(one)["decision_id"] for one in balancer.answers} == recorded_decisions(url)
        verified = CliRunner().invoke(
            app,
            ["log", "verify", "--database", url],
            env={"CHANNELGATE_SIGNING_KEY": settings["CHANNELGATE_SIGNING_KEY"]},
        )
        assert verified.exit_code == 0, verified.output
