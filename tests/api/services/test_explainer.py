"""Explanations take a thread of their own, end when their caller leaves, and are bounded in number."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

import api.services.answered
from api.doors.running_server import running_server
from api.http.openapi import EXAMPLE_REQUEST
from api.services.explainer import MOST_WAITING
from api.settings import Settings
from engine import ExplanationStopped, explain
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).parents[3]
EXPLAINED = "/v1/pre-check?explain=full"


class Work:
    """Explaining, as long as a test wants; how it ended."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.begun = 0
        self.stopped = 0
        self.explain = explain
        self.explanation: Any = None

    def __call__(
        self, policies: Any, request: Any, decision: Any, stopped: Callable[[], bool], *rest: Any
    ) -> Any:
        self.begun += 1
        wait_until(lambda: stopped() or self.may_end.is_set())
        try:
            self.explanation = self.explanation or self.explain(policies, request, decision, stopped, *rest)
        except ExplanationStopped:
            self.stopped += 1
            raise
        return self.explanation


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    monkeypatch.setattr(api.services.answered, "explain", work)
    return work


@pytest.fixture
def client(tmp_path: Path, work: Work) -> Iterator[httpx.Client]:
    settings = Settings(policies=ROOT / "policies", database=str(tmp_path / "log.db"), insecure_no_auth=True)
    with (
        running_server(settings) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE_SECONDS) as client,
    ):
        yield client
        work.may_end.set()


def ask(client: httpx.Client) -> httpx.Response:
    return httpx.post(f"{client.base_url}{EXPLAINED}", json=EXAMPLE_REQUEST, trust_env=False, timeout=60)


def test_reads_are_answered_while_many_explanations_are_waited_for(client: httpx.Client, work: Work) -> None:
    decision = client.post("/v1/pre-check", json=EXAMPLE_REQUEST).json()["decision_id"]
    with ThreadPoolExecutor(MOST_WAITING) as callers:
        answers = [callers.submit(ask, client) for _ in range(MOST_WAITING)]
        try:
            wait_until(lambda: client.get("/readyz").json()["counters"]["decisions"] == 1 + MOST_WAITING)
            wait_until(lambda: work.begun > 0)
            assert client.get(f"/v1/decisions/{decision}").status_code == 200
            assert client.get("/v1/cases").status_code == 200
            assert client.post("/v1/pre-check", json=EXAMPLE_REQUEST).status_code == 200
            refused = ask(client)
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-taken")
            assert work.begun == 1
        finally:
            work.may_end.set()
        assert [answer.result().status_code for answer in answers] == [200] * MOST_WAITING


def test_an_explanation_stops_when_its_caller_leaves(client: httpx.Client, work: Work) -> None:
    body = json.dumps(EXAMPLE_REQUEST).encode()
    head = f"POST {EXPLAINED} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    parts = urlsplit(str(client.base_url))
    with ExitStack() as stack:
        for _ in range(3):
            caller = stack.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0)))
            caller.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        wait_until(lambda: client.get("/readyz").json()["counters"]["decisions"] == 3)
        wait_until(lambda: work.begun == 1)
    wait_until(lambda: work.stopped == 1)
    work.may_end.set()
    assert ask(client).status_code == 200
    assert work.stopped + 1 <= work.begun <= 4
