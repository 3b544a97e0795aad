"""Two nodes on one PostgreSQL under load: no decision by two revisions, none lost, whatever node is killed when.

Covers: api.ledger.preconditions, api.http.superseded

By default a few changes are made; CHANNELGATE_TEST_ACTIVATIONS and CHANNELGATE_TEST_RETURNS ask for more.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.ledger.database import Database
from api.ledger.entries import DECISION, EntryKind
from api.ledger.reader import whole_entries
from tests.support.approving import Clients, Office, make_office
from tests.support.postgres import new_database
from tests.support.server_process import Running

ACTIVATIONS = int(os.environ.get("CHANNELGATE_TEST_ACTIVATIONS", "4"))
RETURNS = int(os.environ.get("CHANNELGATE_TEST_RETURNS", "2"))
SENTENCE = "Our release desk looks at this first. We cannot let you have it now."
PATIENCE_SECONDS = 120


class Nodes:
    """Two nodes, each started again once it was killed, and a client that goes to whichever is there."""

    def __init__(self, office: Office, database: str) -> None:
        self.office = office
        self.settings = office.environment(database=database)
        self.running = [Running(self.settings), Running(self.settings)]
        self._next = itertools.count()

    def kill(self, index: int) -> None:
        """Kill a node, which has no time to do anything about it, and start another in its place."""
        self.running[index].end(signal.SIGKILL)
        self.running[index] = Running(self.settings)

    def end(self) -> None:
        for node in self.running:
            if node.is_alive:
                node.end(signal.SIGTERM)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Make a call at one node after the other, until one answers: a repetition is recorded once."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            node = self.running[next(self._next) % 2]
            with suppress(httpx.HTTPError), httpx.Client(trust_env=False, timeout=60) as client:
                response = client.request(method, node.url + path, **more)
                if response.status_code < 500:
                    return response
            time.sleep(0.05)
        raise AssertionError(f"no node answered {method} {path}")

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)


class Load:
    """Hosts that ask without a pause, each its own requests; every answer is collected."""

    def __init__(self, nodes: Nodes, hosts: int = 3) -> None:
        self.answers: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self._nodes = nodes
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(hosts)]

    @contextmanager
    def going_on(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def _ask(self, host: int) -> None:
        clients = Clients(self._nodes.office, self._nodes)  # type: ignore[arg-type]  # as a client, with retries
        for number in itertools.count():
            if self._stop.is_set():
                return
            request = {
                "request_id": f"host-{host}-{number}",
                "mission": {"countries": ["IS"]},
                "items": [{"line": 1, "description": "a sample"}],
            }
            response = clients.call("host", "POST", "/v1/pre-check", request)
            if response.status_code != 200:
                self.faults.append(response.text)
                return
            self.answers.append(response.json())


def test_no_decision_is_by_another_revision_than_the_one_in_force(tmp_path: Path, postgres: Any) -> None:
    office = make_office(tmp_path)
    with new_database(postgres, "approvals_on_nodes") as url:
        nodes = Nodes(office, url)
        load = Load(nodes)
        clients = Clients(office, nodes)  # type: ignore[arg-type]
        try:
            with load.going_on():
                _change(clients, nodes)
        finally:
            nodes.end()
        assert load.faults == []
        assert len(load.answers) > 10 * (ACTIVATIONS + RETURNS)
        _check_log(url, load.answers)
        verified = _run(office, "verify", url)
        assert verified.exit_code == 0, verified.output
        replayed = _run(office, "replay", url)
        assert replayed.exit_code == 0, replayed.output


def _change(clients: Clients, nodes: Nodes) -> None:
    """Make the changes; in the middle of each kind, a node is killed."""
    kinds = [*_killed_in(ACTIVATIONS), *_killed_in(RETURNS)]
    for number, killed in enumerate(kinds):
        files = {name: text.decode() for name, text in nodes.office.files().items()}
        words = f"Please ask our release desk first ({number})."
        files["directive.yaml"] = files["directive.yaml"].replace(SENTENCE, words)
        before = clients.get("auditor", "/v1/approvers")["in_force"]["revision"]
        proposal = _proposed(clients, files=files)
        _interrupted(nodes, number, killed, partial(_activated, clients, proposal))
        if number < ACTIVATIONS:
            continue
        stated = {"revision": before, "reason": "an emergency"}
        _interrupted(nodes, number, killed, partial(clients.post, "head-1", "/v1/policies/return", stated))
        _activated(clients, _proposed(clients, revision=before))


def _killed_in(times: int) -> list[bool]:
    """For each of so many changes, whether a node is killed in it: in the middle one."""
    return [number == times // 2 for number in range(times)]


def _proposed(clients: Clients, **members: Any) -> str:
    """A proposal that two officers approved; a node that was killed computes no evidence, so another does."""
    proposal = clients.propose(**members)
    until = time.monotonic() + PATIENCE_SECONDS
    while clients.proposal(proposal)["evidence"] is None:
        assert time.monotonic() < until, "the evidence was not computed"
        time.sleep(0.2)
    clients.approve(proposal, "officer-2", "officer-3")
    return proposal


def _activated(clients: Clients, proposal: str) -> None:
    """Bring it into force, if a call that was cut off has not done so."""
    response = clients.call("officer-2", "POST", f"/v1/proposals/{proposal}/activation", {})
    assert response.status_code == 201 or clients.proposal(proposal)["state"] == "active", response.text


def _interrupted(nodes: Nodes, number: int, killed: bool, change: Callable[[], Any]) -> None:
    """Make a change; if a node is to be killed, it is while the change is being made."""
    if not killed:
        change()
        return
    thread = threading.Thread(target=nodes.kill, args=(number % 2,))
    thread.start()
    change()
    thread.join()


def _check_log(url: str, answers: list[dict[str, Any]]) -> None:
    """Every answer is in the log, each decision by the revision in force at its place."""
    database = Database(url, read_only=True)
    recorded: dict[str, str] = {}
    in_force, changes = "", 0
    with database.reading() as connection:
        for sequence, entry in whole_entries(connection):
            if entry.kind is EntryKind.POLICIES:
                in_force, changes = entry.key, changes + 1
            elif entry.kind is EntryKind.DECISION:
                recorded[entry.key] = str(entry.members["revision"])
                assert recorded[entry.key] == in_force, sequence
                assert entry.payloads[DECISION].count(in_force.encode()) == 1
    database.dispose()
    assert changes == 1 + ACTIVATIONS + 3 * RETURNS
    assert {one["decision_id"]: one["policy"]["revision"] for one in answers}.items() <= recorded.items()


def _run(office: Office, command: str, url: str) -> Result:
    environment = office.log_variables
    more = ["--floor", str(office.floor)] if command == "replay" else []
    return CliRunner().invoke(app, ["log", command, "--database", url, *more], env=environment)
