"""The process that watches workers: whatever one of them does, the others are looked after, and a signal is heeded.

Covers: api.http.workers
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE

from api.http import workers as module
from api.http.workers import START_SECONDS, Workers
from api.runtime.supervised_process import LONGEST_DELAY_SECONDS

KILLED = -signal.SIGKILL


class Worker:
    """Stands in for a worker: both ends of its pipe, of which it has `theirs`, and what is done to it."""

    made: list[Worker]

    def __init__(self, *_: object) -> None:
        self.parent_conn, self.child_conn = Pipe()
        self.theirs = Connection(os.dup(self.child_conn.fileno()))
        self.process = self
        self.pid = 4711
        self.exitcode: int | None = None
        self.is_stubborn = False
        self.ends_with: int | None = None
        self.made.append(self)

    def start(self) -> None:
        assert self.is_alive()

    def is_alive(self) -> bool:
        return self.exitcode is None

    def answer(self, *, is_ready: bool = True) -> None:
        while self.theirs.poll():
            self.theirs.recv()
        self.theirs.send(is_ready)

    def kill(self) -> None:
        self.exitcode = KILLED if self.exitcode is None else self.exitcode
        self.parent_conn.close()

    def terminate(self) -> None:
        if not self.is_stubborn:
            self.exitcode = 0

    def join(self, timeout: float | None = None) -> None:
        if self.exitcode is None:
            self.exitcode = self.ends_with
        assert timeout is not None or self.exitcode is not None


class Watched:
    """Workers under a clock that is set by hand."""

    def __init__(self, count: int = 2) -> None:
        self.now = 1000.0
        self.announced = 0
        self.watching = Workers(Config("app", workers=count), [], self._announce, 30, lambda: self.now)
        self.watching.init_processes()

    def _announce(self) -> None:
        self.announced += 1

    def look(self) -> list[Any]:
        self.watching.keep_subprocess_alive()
        return self.watching.processes


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (*signal.Signals,)}
    Worker.made = []
    monkeypatch.setattr(module, "Process", Worker)
    monkeypatch.setattr("uvicorn.supervisors.multiprocess.Process", Worker)
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0)
    yield
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)
    for worker in Worker.made:
        for end in (worker.parent_conn, worker.child_conn, worker.theirs):
            end.close()


def test_one_that_answers_nothing_yet_keeps_nobody_from_being_replaced() -> None:
    watched = Watched()
    silent, ended = Worker.made
    ended.exitcode = KILLED
    assert watched.look() == [silent, Worker.made[2]]
    watched.now += START_SECONDS - 1
    assert watched.look() == [silent, Worker.made[2]]


@pytest.mark.parametrize(
    "end", [lambda one: one.theirs.close(), lambda one: one.kill()], ids=["gone", "ended"]
)
def test_one_that_ends_while_it_starts_is_replaced_at_once(end: Callable[[Worker], None]) -> None:
    watched = Watched(1)
    (first,) = watched.look()
    end(first)
    assert watched.look() == [Worker.made[1]]


def test_one_that_hangs_is_replaced_in_time() -> None:
    watched = Watched()
    first, second = Worker.made
    first.answer()
    second.answer()
    watched.look()
    watched.look()
    second.answer()
    watched.now += START_SECONDS
    assert watched.look() == [Worker.made[2], second]
    assert first.exitcode == KILLED


def test_it_is_announced_once_that_all_answer() -> None:
    watched = Watched()
    first, second = Worker.made
    first.answer()
    second.answer(is_ready=False)
    watched.look()
    assert watched.announced == 0
    first.kill()
    second.answer()
    watched.look()
    assert watched.announced == 0, "the one in the place of the first does not answer yet"
    Worker.made[2].answer()
    for _ in range(2):
        watched.look()
        assert watched.announced == 1


@pytest.mark.parametrize("has_ended", [True, False], ids=["ended", "about to end"])
@pytest.mark.parametrize("code", [STARTUP_FAILURE, 1])
def test_one_that_cannot_start_ends_a_service_that_starts(code: int, has_ended: bool) -> None:
    watched = Watched()
    watched.look()
    failed = Worker.made[1]
    failed.theirs.close()
    failed.ends_with = code
    if has_ended:
        failed.exitcode = code
    watched.look()
    assert watched.watching.should_exit.is_set()
    assert watched.watching.has_failed
    assert len(Worker.made) == 2


def test_one_that_ends_since_the_service_is_stopped_has_not_failed() -> None:
    watched = Watched()
    watched.look()
    Worker.made[1].exitcode = 1
    watched.watching.signal_queue.append(signal.SIGINT)
    watched.look()
    assert not watched.watching.has_failed
    watched.watching.handle_signals()
    assert watched.watching.should_exit.is_set()


def test_one_that_cannot_start_is_tried_ever_more_seldom_while_others_answer() -> None:
    watched = Watched()
    for worker in Worker.made:
        worker.answer()
    watched.look()
    Worker.made[1].exitcode = KILLED
    watched.look()
    assert len(Worker.made) == 3, "one that has answered is replaced at once"
    started = list[float]()
    for _ in range(200):
        watched.now += 1
        Worker.made[0].answer()
        Worker.made[-1].exitcode = STARTUP_FAILURE
        if len(watched.look()) == 2 and len(Worker.made) > 3 + len(started):
            started.append(watched.now)
    gaps = [after - before for before, after in pairwise(started)]
    assert gaps == sorted(gaps)
    assert LONGEST_DELAY_SECONDS <= gaps[-1] <= LONGEST_DELAY_SECONDS + 1
    assert not watched.watching.should_exit.is_set()
    assert not watched.watching.has_failed


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU], ids=lambda one: one.name)
def test_other_signals_change_nothing(number: signal.Signals) -> None:
    watched = Watched()
    watched.watching.signal_queue.append(number)
    watched.watching.handle_signals()
    assert watched.watching.signal_queue == []
    assert watched.look() == Worker.made[:2]


def test_one_that_does_not_stop_is_killed() -> None:
    watched = Watched()
    stops, hangs = Worker.made
    hangs.is_stubborn = True
    watched.watching.terminate_all()
    watched.watching.join_all()
    assert (stops.exitcode, hangs.exitcode) == (0, KILLED)
