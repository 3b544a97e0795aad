"""The databases fail under a really running server with callers at it: nothing answered is lost, and nobody hangs.

The whole file takes about half a minute on two cores. A caller who waits longer than `BOUND_SECONDS` fails the test.
"""

import resource
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from api.cli.main import app
from api.doors.running_server import running_server
from api.http.openapi import EXAMPLE_REQUEST
from api.server import ServerFault, run_server
from api.settings import Settings
from tests.api.ledger.test_log import every_transaction_runs
from tests.support.postgres import running_postgres
from tests.support.server_process import SHIPPED, Running, server
from tests.support.waiting import PATIENCE_SECONDS, wait_until

CALLERS = 6
BOUND_SECONDS = 20


class Load:
    """Callers who ask again and again, and what they got; whoever got no HTTP answer in time is in `broken`."""

    def __init__(self) -> None:
        self.answered: list[bytes] = []
        self.refused: list[httpx.Response] = []
        self.broken: list[Exception] = []
        self._stop = Event()

    def run(self, url: str) -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=BOUND_SECONDS) as client:
            while not self._stop.is_set():
                try:
                    answer = client.post("/v1/pre-check", json=EXAMPLE_REQUEST)
                except httpx.TransportError as error:
                    self.broken.append(error)
                    return
                if answer.status_code == 200:
                    self.answered.append(answer.content)
                else:
                    self.refused.append(answer)
                    self._stop.wait(0.02)

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def load_on(url: str) -> Iterator[Load]:
    load = Load()
    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(load.run, url) for _ in range(CALLERS)]
        try:
            yield load
        finally:
            load.stop()
            for call in calls:
                call.result()


def more(found: list[Any], number: int = 30) -> Callable[[], bool]:
    """Whether so many were added since now."""
    wanted = len(found) + number
    return lambda: len(found) >= wanted


def settings_of(database: str, tmp_path: Path) -> Settings:
    return Settings(
        policies=SHIPPED,
        database=database,
        signing_key=tmp_path / "signing.key",
        port=0,
        insecure_no_auth=True,
    )


@contextmanager
def server_on(database: str, tmp_path: Path) -> Iterator[Running]:
    settings = settings_of(database, tmp_path)
    named = settings.model_dump(include={"policies", "database", "signing_key", "port", "insecure_no_auth"})
    with server({f"CHANNELGATE_{name.upper()}": str(value) for name, value in named.items()}) as running:
        yield running


def check_that_nothing_was_lost(load: Load, url: str, database: str, tmp_path: Path) -> None:
    assert load.broken == []
    assert {answer.status_code for answer in load.refused} <= {503}
    assert all(answer.headers["retry-after"] for answer in load.refused)
    with httpx.Client(base_url=url, trust_env=False, timeout=BOUND_SECONDS) as client:
        for answer in load.answered:
            decision = httpx.Response(200, content=answer).json()["decision_id"]
            assert client.get(f"/v1/decisions/{decision}").content == answer
    key = {"CHANNELGATE_SIGNING_KEY": str(tmp_path / "signing.key")}
    verified = CliRunner().invoke(app, ["log", "verify", database], env=key)
    assert verified.exit_code == 0, verified.output


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Any]:
    """A PostgreSQL that a test may kill."""
    with running_postgres() as server:
        yield server


def kill(server: Any) -> None:
    """Kill PostgreSQL and wait for the last of its processes, some of which nobody may collect."""
    postmaster = psutil.Process(server.get_pid())
    family = [postmaster, *postmaster.children(recursive=True)]
    postmaster.kill()
    wait_until(lambda: not any(map(is_alive, family)))
    sockets = Path(str(make_url(server.get_uri()).query["host"]))
    for lock in [server.pgdata / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")]:
        lock.unlink()


@contextmanager
def suspended(family: list[psutil.Process]) -> Iterator[None]:
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            process.resume()


def is_alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def test_a_postgresql_that_is_killed_under_load_costs_no_answered_decision(
    own_postgres: Any, tmp_path: Path
) -> None:
    own_postgres.psql("CREATE DATABASE killed;")
    database = str(own_postgres.get_uri("killed"))
    with server_on(database, tmp_path) as running:
        with load_on(running.url) as load:
            for _ in range(3):
                wait_until(more(load.answered))
                kill(own_postgres)
                wait_until(more(load.refused))
                own_postgres.ensure_postgres_running()
            wait_until(more(load.answered))
        check_that_nothing_was_lost(load, running.url, database, tmp_path)


def test_a_postgresql_whose_connections_are_cut_under_load_costs_no_answered_decision(
    own_postgres: Any, tmp_path: Path
) -> None:
    own_postgres.psql("CREATE DATABASE cut;")
    database = str(own_postgres.get_uri("cut"))
    with server_on(database, tmp_path) as running:
        with load_on(running.url) as load:
            for _ in range(10):
                wait_until(more(load.answered))
                own_postgres.psql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cut';"
                )
            wait_until(more(load.answered))
        check_that_nothing_was_lost(load, running.url, database, tmp_path)


def test_a_table_locked_by_another_is_answered_with_503_and_not_waited_for(
    own_postgres: Any, tmp_path: Path
) -> None:
    own_postgres.psql("CREATE DATABASE locked;")
    database = str(own_postgres.get_uri("locked"))
    with server_on(database, tmp_path) as running:
        with load_on(running.url) as load:
            wait_until(more(load.answered))
            held = f"BEGIN; LOCK TABLE log_state; SELECT pg_sleep({PATIENCE_SECONDS});"
            other = subprocess.Popen(
                [own_postgres.bin_path / "psql", database, "-c", held],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            wait_until(more(load.refused, CALLERS))
            own_postgres.psql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%';"
            )
            other.wait()
            wait_until(more(load.answered))
        check_that_nothing_was_lost(load, running.url, database, tmp_path)


def test_a_postgresql_that_does_not_answer_is_not_waited_for(
    own_postgres: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.ledger.group_commit.ANSWER_SECONDS", 0.5)
    own_postgres.psql("CREATE DATABASE frozen;")
    database = str(own_postgres.get_uri("frozen"))
    with running_server(settings_of(database, tmp_path)) as url:
        with load_on(url) as load:
            wait_until(more(load.answered))
            with suspended(psutil.Process(own_postgres.get_pid()).children(recursive=True)):
                wait_until(more(load.refused))
            wait_until(more(load.answered))
        check_that_nothing_was_lost(load, url, database, tmp_path)


def test_a_full_disk_is_answered_with_503_until_there_is_room_again(tmp_path: Path) -> None:
    database = str(tmp_path / "log.db")
    with server_on(database, tmp_path) as running:
        free = resource.prlimit(running.pid, resource.RLIMIT_FSIZE)
        with load_on(running.url) as load:
            for _ in range(3):
                wait_until(more(load.answered))
                resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (4096, free[1]))
                wait_until(more(load.refused))
                assert httpx.get(f"{running.url}/readyz", trust_env=False).status_code == 503
                resource.prlimit(running.pid, resource.RLIMIT_FSIZE, free)
            wait_until(more(load.answered))
        check_that_nothing_was_lost(load, running.url, database, tmp_path)


def test_a_database_that_can_only_be_read_is_answered_with_503_and_refused_at_the_start(
    tmp_path: Path,
) -> None:
    database = str(tmp_path / "log.db")
    settings = settings_of(database, tmp_path)
    with running_server(settings) as url, load_on(url) as load:
        wait_until(more(load.answered))
        with every_transaction_runs("query_only=1"):
            wait_until(more(load.refused))
            assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 503
        with every_transaction_runs("query_only=0"):
            wait_until(more(load.answered))
            load.stop()
    with every_transaction_runs("query_only=1"), pytest.raises(ServerFault, match="readonly database"):
        run_server(settings)
    with running_server(settings) as url:
        check_that_nothing_was_lost(load, url, database, tmp_path)
