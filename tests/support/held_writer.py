"""A writer of the ledger that can be stopped, so that what arrives meanwhile is committed as one group."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.ledger.group_commit import Completion, Group, Job
from api.ledger.log import Ledger
from tests.support.approving import Clients
from tests.support.waiting import PATIENCE_SECONDS, wait_until

Call = tuple[str, str, Any]
"""Who calls, the path, and the body."""

BLOCKING = {
    "request_id": "blocking",
    "mission": {"countries": ["IS"]},
    "items": [{"line": 1, "description": "a sample"}],
}


class HeldWriter:
    """Holds the writer back while calls arrive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._may_write = threading.Event()
        self._may_write.set()
        self._is_held = threading.Event()
        self._arrived = 0
        self._written: list[int] = []
        commit, enqueue = Ledger._commit, Ledger._enqueue

        def commit_when_allowed(ledger: Ledger, group: Group) -> None:
            if not self._may_write.is_set():
                self._is_held.set()
                assert self._may_write.wait(PATIENCE_SECONDS)
            self._written.append(sum(job.unit is not None for job in group.jobs))
            commit(ledger, group)

        def enqueue_and_count(ledger: Ledger, job: Job, completion: Completion) -> None:
            enqueue(ledger, job, completion)
            self._arrived += job.unit is not None

        monkeypatch.setattr(Ledger, "_commit", commit_when_allowed)
        monkeypatch.setattr(Ledger, "_enqueue", enqueue_and_count)

    def in_one_group(self, clients: Clients, *calls: Call) -> list[int]:
        """Make calls in this order, which are committed together while none sees another; return their statuses."""
        answers = []
        before = self._arrived
        self._is_held.clear()
        self._may_write.clear()
        with ThreadPoolExecutor() as threads:
            try:
                blocking = threads.submit(clients.call, "host", "POST", "/v1/pre-check", BLOCKING)
                wait_until(self._is_held.is_set)
                for caller, path, body in calls:
                    answers.append(threads.submit(clients.call, caller, "POST", path, body))
                    wait_until(lambda: self._arrived == before + len(answers))
            finally:
                self._may_write.set()
        assert blocking.result().status_code == 200
        assert len(calls) in self._written, "they were not committed as one group"
        return [answer.result().status_code for answer in answers]
