"""Several workers whose log one process writes: whatever is killed under load, every answer is in the log, once.

Covers: api.runtime.supervised_process
Covers: api.log_writer.__main__
"""

from __future__ import annotations

import json
import os
import signal
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.database import Database
from api.ledger.entries import DECISION, Entry, EntryKind
from api.ledger.reader import whole_entries
from api.runtime.shared_port import take_shared
from api.runtime.supervised_process import NotStarted, SupervisedProcess
from tests.acceptance.test_served_metrics import address_of, value
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

CALLERS = 6
SERVICE = [EntryKind.STARTED, EntryKind.SIGNING_KEY]


class Load:
    """Callers who ask until the end of the block, and what they have been answered."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.statuses = Counter[int]()
        self.ended = False

    def ask(self, url: str) -> None:
        while not self.ended:
            with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
                try:
                    while not self.ended:
                        answer = client.post("/v1/pre-check", json=EXAMPLE_REQUEST)
                        self.statuses[answer.status_code] += 1
                        if answer.status_code == 200:
                            self.answers.append(answer.content)
                except httpx.TransportError:
                    continue  # it was under way in a worker that was killed

    def wait_for_more(self, calls: int = 30) -> None:
        before = len(self.answers)
        wait_until(lambda: len(self.answers) >= before + calls)


@contextmanager
def load_on(running: Running) -> Iterator[Load]:
    load = Load()
    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(load.ask, running.url) for _ in range(CALLERS)]
        try:
            yield load
        finally:
            load.ended = True
        for call in calls:
            call.result()


@pytest.fixture
def temporary() -> Iterator[Path]:
    """The folder for temporary files of the service; the name of a socket in it may not be long."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def running(tmp_path: Path, temporary: Path) -> Iterator[Running]:
    settings = {"CHANNELGATE_WORKERS": "2", "CHANNELGATE_METRICS_PORT": "0", "TMPDIR": str(temporary)}
    service = Running(environment(tmp_path) | settings, anew=True)
    yield service
    if service.is_alive:
        service.end(signal.SIGTERM)


def children_of(running: Running, command: str) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(running.pid).children():
        try:
            if command in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def writer_of(running: Running) -> psutil.Process:
    (writer,) = children_of(running, "api.log_writer")
    return writer


def entries_in(database: Path) -> list[Entry]:
    store = Database(str(database), read_only=True)
    with store.reading() as connection:
        entries = [entry for _, entry in whole_entries(connection)]
    store.dispose()
    return entries


def check_record(database: Path, load: Load, starts: int, stops: int = 1) -> None:
    """Every answer that was given is in the log as it was given, once, and the log is intact."""
    entries = entries_in(database)
    keys = Counter(entry.key for entry in entries if entry.kind is EntryKind.DECISION)
    assert set(keys.values()) == {1}
    recorded = {entry.key: entry.payloads[DECISION] for entry in entries if entry.kind is EntryKind.DECISION}
    for answer in load.answers:
        assert json.loads(answer)["decision_id"] in recorded
    assert load.answers
    kinds = Counter(entry.kind for entry in entries)
    assert (kinds[EntryKind.STARTED], kinds[EntryKind.SIGNING_KEY]) == (starts, starts)
    assert kinds[EntryKind.STOPPED] == stops
    assert [entry.kind for entry in entries[:2]] == SERVICE
    assert (entries[-1].kind is EntryKind.STOPPED) == bool(stops)
    assert CliRunner().invoke(app, ["log", "verify", str(database)]).exit_code == 0


def test_a_service_of_several_workers_starts_and_stops_once(
    tmp_path: Path, temporary: Path, running: Running
) -> None:
    with load_on(running) as load:
        load.wait_for_more()
        assert value(address_of(running), "channelgate_commit_group_calls_sum") > 0
    assert running.end(signal.SIGTERM) == 0
    assert set(load.statuses) == {200}
    check_record(tmp_path / "log.db", load, starts=1)
    assert os.listdir(temporary) == []
    assert "log_writer_missed" not in "".join(running.lines)


def test_a_stop_under_load_loses_no_answer(tmp_path: Path, running: Running) -> None:
    with load_on(running) as load:
        load.wait_for_more()
        os.kill(running.pid, signal.SIGTERM)
        wait_until(lambda: any('"stopping"' in line for line in running.lines))
        load.ended = True
    assert running.end(signal.SIGTERM) == 0
    check_record(tmp_path / "log.db", load, starts=1)


def test_a_writer_that_is_killed_is_started_again_and_no_answer_is_lost(
    tmp_path: Path, running: Running
) -> None:
    killed = []
    with load_on(running) as load:
        for _ in range(2):
            load.wait_for_more()
            killed.append(writer_of(running).pid)
            os.kill(killed[-1], signal.SIGKILL)
            wait_until(lambda: sum('"log_writer_ready"' in line for line in running.lines) > len(killed))
            assert writer_of(running).pid not in killed
        load.wait_for_more()
    assert running.end(signal.SIGTERM) == 0
    assert set(load.statuses) <= {200, 503}
    check_record(tmp_path / "log.db", load, starts=3)


def test_a_worker_that_is_killed_disturbs_no_other(tmp_path: Path, running: Running) -> None:
    with load_on(running) as load:
        load.wait_for_more()
        workers = children_of(running, "spawn_main")
        workers[0].kill()
        load.wait_for_more()
        wait_until(lambda: len(children_of(running, "spawn_main")) == 2)
        load.wait_for_more()
    assert running.end(signal.SIGTERM) == 0
    assert set(load.statuses) == {200}
    check_record(tmp_path / "log.db", load, starts=1)


def test_a_service_that_is_killed_takes_its_processes_along_and_frees_its_port(
    tmp_path: Path, running: Running
) -> None:
    processes = psutil.Process(running.pid).children()
    with load_on(running) as load:
        load.wait_for_more()
        os.kill(running.pid, signal.SIGKILL)
        _, left = psutil.wait_procs(processes, timeout=60)
        load.ended = True
    for process in left:
        process.kill()
    running.end(signal.SIGKILL)
    assert left == []
    check_record(tmp_path / "log.db", load, starts=1)
    take_shared("127.0.0.1", int(running.url.rpartition(":")[2])).close()


def test_workers_go_on_by_themselves_without_the_folder_of_the_socket(
    tmp_path: Path, temporary: Path, running: Running
) -> None:
    (folder,) = temporary.glob("channelgate-log-*")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "log").unlink()
    folder.rmdir()
    with load_on(running) as load:
        load.wait_for_more()
        writer_of(running).kill()
        wait_until(lambda: any("log_writer_missed" in line for line in running.lines))
        load.wait_for_more()
    assert running.end(signal.SIGTERM) == 0
    assert set(load.statuses) <= {200, 503}
    check_record(tmp_path / "log.db", load, starts=1, stops=0)


def test_a_process_that_cannot_be_ready_is_reported() -> None:
    with pytest.raises(NotStarted), SupervisedProcess("api.log_writer", b"{}", 10):
        pass
