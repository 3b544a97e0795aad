"""The days ahead, looked at in the background: each once, one at a time, for the policies in force.

Covers: api.services.upcoming_tasks, api.services.upcoming_runs, api.services.work_folders
"""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from api.domain.upcoming import NO_CLASSES, DayClasses
from api.ledger.revisions import PolicyFiles
from api.policies.folder import read_folder
from api.runtime.child_process import ChildTooSlow
from api.services import upcoming_runs
from api.services.upcoming_runs import UpcomingFailed, compute_classes, compute_days
from api.services.upcoming_tasks import UpcomingTasks
from tests.support.mistakes import ROOT
from tests.support.proposals import processes_about

FIRST, SECOND, THIRD = (dt.date(1965, month, 1) for month in (1, 2, 3))
FILES = PolicyFiles.of("revision-1", {"one.yaml": b"one"})
OTHER_FILES = PolicyFiles.of("revision-2", {"one.yaml": b"two"})
SHIPPED = read_folder(ROOT / "policies").files


class Computer:
    """Computes nothing; says what was wanted, and waits until it may go on."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.calls: list[tuple[bytes, dt.date]] = []
        self.running = 0
        self.called = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.fault = fault

    async def __call__(self, files: Mapping[str, bytes], day: dt.date, limit_seconds: float) -> DayClasses:
        assert self.running == 0
        self.running += 1
        try:
            self.calls.append((files["one.yaml"], day))
            self.called.set()
            await self.may_go_on.wait()
            if self.fault and day == FIRST:
                raise self.fault
            return NO_CLASSES
        finally:
            self.running -= 1


async def finish() -> None:
    """Wait for what is under way in the loop of this test."""
    own = asyncio.current_task()
    await asyncio.gather(*(one for one in asyncio.all_tasks() if one is not own), return_exceptions=True)


def test_a_day_is_looked_at_once_however_often_it_is_wanted() -> None:
    async def run() -> None:
        computer = Computer()
        tasks = UpcomingTasks(computer)
        for _ in range(20):
            for day in (FIRST, SECOND):
                assert tasks.find(FILES, day).because == "it is being computed; call again later"
        await computer.called.wait()
        assert tasks.find(FILES, THIRD).classes is None
        assert tasks.find(FILES, FIRST).classes is None
        computer.may_go_on.set()
        await finish()
        assert [day for _, day in computer.calls] == [FIRST, SECOND, THIRD]
        for day in (FIRST, SECOND, THIRD):
            assert tasks.find(FILES, day) == NO_CLASSES
        await finish()
        assert len(computer.calls) == 3

    asyncio.run(run())


def test_for_other_policies_what_is_under_way_ends_and_nothing_is_taken_over() -> None:
    async def run() -> None:
        computer = Computer()
        tasks = UpcomingTasks(computer)
        tasks.find(FILES, FIRST)
        tasks.find(FILES, SECOND)
        await computer.called.wait()
        assert tasks.find(OTHER_FILES, FIRST).classes is None
        computer.may_go_on.set()
        await finish()
        assert computer.calls == [(b"one", FIRST), (b"two", FIRST)]
        assert tasks.find(OTHER_FILES, FIRST) == NO_CLASSES

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "because"),
    [
        (ChildTooSlow(), "it took longer than 7 seconds"),
        (UpcomingFailed("the disk is full", "make room"), "see the log of the service"),
        (RuntimeError("unforeseen"), "see the log of the service"),
    ],
)
def test_a_day_that_came_to_nothing_is_not_tried_again_and_keeps_no_other_waiting(
    fault: Exception, because: str
) -> None:
    async def run() -> None:
        computer = Computer(fault)
        computer.may_go_on.set()
        tasks = UpcomingTasks(computer, limit_seconds=7)
        tasks.find(FILES, FIRST)
        tasks.find(FILES, SECOND)
        await finish()
        first = tasks.find(FILES, FIRST)
        assert (first.classes, first.complete) == (None, False)
        assert because in str(first.because)
        assert tasks.find(FILES, SECOND) == NO_CLASSES
        await finish()
        assert len(computer.calls) == 2

    asyncio.run(run())


def test_at_the_end_of_the_service_the_process_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = tmp_path / "begun"
    stand_in(
        f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(600)", tmp_path, monkeypatch
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    async def run() -> None:
        tasks = UpcomingTasks()
        tasks.find(PolicyFiles.of("revision-1", SHIPPED), FIRST)
        while not begun.exists():
            await asyncio.sleep(0.01)
        assert processes_about(scratch)
        await tasks.stop()

    asyncio.run(run())
    assert processes_about(scratch) == []
    assert list(scratch.iterdir()) == []


def stand_in(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another module in the place of the process."""
    (folder / "stand_in_for_upcoming.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(upcoming_runs, "PROCESS", "stand_in_for_upcoming")


def compute(day: dt.date, files: Mapping[str, bytes] = SHIPPED) -> DayClasses:
    return asyncio.run(compute_classes(files, day, 300))


def test_a_day_on_which_something_changes_has_classes_and_another_none() -> None:
    assert compute(FIRST).classes
    assert compute(SECOND) == NO_CLASSES


def test_a_day_that_takes_long_leaves_their_share_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys, time\n"
        f"if sys.argv[2] == {FIRST.isoformat()!r}:\n"
        "    time.sleep(600)\n"
        f"print({NO_CLASSES.to_text()!r})\n"
    )
    stand_in(code, tmp_path, monkeypatch)
    found = asyncio.run(compute_days(SHIPPED, [FIRST, SECOND, THIRD], 12))
    assert found[FIRST].classes is None
    assert "in 4 seconds, the share of this day in 12; look at the day alone" in str(found[FIRST].because)
    assert (found[SECOND], found[THIRD]) == (NO_CLASSES, NO_CLASSES)


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("raise SystemExit('out of memory')", "ended with code 1: out of memory"),
        ("print('no json')", "wrote something that cannot be read"),
        ("print('{}')", "wrote something that cannot be read"),
        ("", "ended with code 0: it wrote nothing"),
    ],
    ids=["fails", "no JSON", "no classes", "nothing"],
)
def test_a_process_that_fails_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, fact: str
) -> None:
    stand_in(code, tmp_path, monkeypatch)
    with pytest.raises(UpcomingFailed) as failed:
        compute(FIRST)
    assert fact in failed.value.fact
    assert failed.value.remedy


@pytest.mark.parametrize(
    ("files", "fact"), [({"../a.yaml": b"x"}, "file name"), ({"a.yaml": b"x: ["}, "cannot be read")]
)
def test_files_that_are_no_policies_are_reported(files: Mapping[str, bytes], fact: str) -> None:
    with pytest.raises(UpcomingFailed, match=fact):
        compute(FIRST, files)


def test_a_service_that_looks_ahead_does_not_load_z3() -> None:
    code = (
        "import sys; import api.services.upcoming;"
        "print({'z3', 'engine.analysis', 'api.upcoming_classes'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
