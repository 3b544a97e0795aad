"""The ages of the policies in force: what they are counted from, and how limits are written.

Covers: api.policies.ages
"""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from api.ledger.revisions import LastInForce, PolicyFiles
from api.policies.active import PolicyProvider
from api.policies.ages import ServingMoments, ages_at, read_limits
from api.policies.floor import read_floor_file
from api.runtime.counters import Counters
from api.runtime.shipped import shipped_floor
from engine import AgeKind, Approval

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
HOUR = 3_600


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> dt.datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += dt.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def provided(
    folder: Path, clock: Clock, *, unproved: bool = False, before: LastInForce | None = None
) -> PolicyProvider:
    return PolicyProvider(
        folder,
        Counters(),
        floor=read_floor_file(shipped_floor()),
        before=before,
        accept_unproved=unproved,
        clock=clock.now,
    )


def ages(provider: PolicyProvider, clock: Clock) -> tuple[int | None, int | None, int | None]:
    """The ages of the set, its proof and its reload."""
    status = provider.serving_status(provider.current, clock.at)
    return status.ages[AgeKind.SET], status.ages[AgeKind.PROOF], status.ages[AgeKind.RELOAD]


def change(folder: Path, text: bytes) -> None:
    directive = folder / "directive.yaml"
    directive.write_bytes(directive.read_bytes() + text)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("", {}),
        ("proof=P30D", {AgeKind.PROOF: 30 * 24 * HOUR}),
        ("set=P400D, reload=PT1H30M", {AgeKind.SET: 400 * 24 * HOUR, AgeKind.RELOAD: HOUR + 1_800}),
    ],
)
def test_limits_are_read(text: str, limits: dict[AgeKind, int]) -> None:
    assert read_limits(text) == limits


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("prof=P30D", "did you mean `proof`?"),
        ("proof", "`` is no duration of a second or more"),
        ("proof=30", "`30` is no duration"),
        ("proof=PT0S", "`PT0S` is no duration"),
        ("proof=-P1D", "`-P1D` is no duration"),
        ("proof=P1D,proof=P2D", "`proof` has two limits"),
    ],
)
def test_what_is_no_limit_is_named(text: str, fact: str) -> None:
    with pytest.raises(ValueError, match=fact.replace("?", r"\?")):
        read_limits(text)


def test_a_clock_that_was_set_back_makes_no_age_negative() -> None:
    moments = ServingMoments(START, None, START)
    assert ages_at(moments, START - dt.timedelta(days=1)) == {
        AgeKind.SET: 0,
        AgeKind.PROOF: None,
        AgeKind.RELOAD: 0,
    }


def test_ages_are_counted_from_the_start_in_whole_seconds(folder: Path, clock: Clock) -> None:
    provider = provided(folder, clock, unproved=True)
    clock.advance(seconds=5.9)
    assert ages(provider, clock) == (5, None, 5)
    assert provider.serving_status(provider.current, clock.at).approval is Approval.NONE


def test_a_folder_that_is_read_well_is_confirmed_and_the_set_grows_older(folder: Path, clock: Clock) -> None:
    provider = provided(folder, clock)
    clock.advance(hours=2)
    assert not asyncio.run(provider.reload())
    assert ages(provider, clock) == (2 * HOUR, 2 * HOUR, 0)


def test_while_the_folder_has_faults_the_set_in_force_is_not_confirmed(folder: Path, clock: Clock) -> None:
    provider = provided(folder, clock, unproved=True)
    clock.advance(hours=1)
    change(folder, b"\nno_such_key: 1\n")
    for _ in range(2):
        asyncio.run(provider.reload())
        assert provider.faults
        assert ages(provider, clock) == (HOUR, None, HOUR)


def test_a_fault_that_is_undone_confirms_the_same_set_anew(folder: Path, clock: Clock) -> None:
    provider = provided(folder, clock)
    whole = (folder / "directive.yaml").read_bytes()
    change(folder, b"\nno_such_key: 1\n")
    asyncio.run(provider.reload())
    clock.advance(hours=1)
    (folder / "directive.yaml").write_bytes(whole)
    assert asyncio.run(provider.reload())
    assert ages(provider, clock) == (HOUR, 0, 0)


def test_another_set_is_new(folder: Path, clock: Clock) -> None:
    provider = provided(folder, clock, unproved=True)
    clock.advance(hours=1)
    change(folder, b"\n# another revision\n")
    assert asyncio.run(provider.reload())
    assert ages(provider, clock) == (0, None, 0)


@pytest.mark.parametrize(("same", "age"), [(True, 24 * HOUR), (False, 0)])
def test_a_set_that_was_in_force_before_the_start_is_as_old_as_the_log_says(
    folder: Path, clock: Clock, same: bool, age: int
) -> None:
    revision = provided(folder, clock, unproved=True).current.policies.revision
    before = LastInForce(revision if same else "another", START - dt.timedelta(days=1), None)
    provider = provided(folder, clock, unproved=True, before=before)
    assert ages(provider, clock) == (age, None, 0)
    assert PolicyFiles.of(revision, {}).revision == provider.current.files.revision
