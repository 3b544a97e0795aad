"""Calls are gathered into groups, of which one is committed at a time; work in steps is taken together."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger import commit_delay, group_commit
from api.ledger.database import StoreUnavailable
from api.ledger.group_commit import Group, Intake, Job, JobResult

Answer = asyncio.Future[object]
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def rounds(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def ask(intake: Intake, calls: int = 1) -> list[Answer]:
    waiting: list[Answer] = [asyncio.get_running_loop().create_future() for _ in range(calls)]
    for answered in waiting:
        intake.add(Job((), None, answered))
    return waiting


def sizes(written: list[Group]) -> list[int]:
    return [len(group.jobs) for group in written]


class Clock:
    """A time that stands still until it is set on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def commit_last(written: list[Group], clock: Clock, seconds: float = 0.001) -> None:
    """Have the last group take so long, and answer it."""
    clock.now += seconds
    written[-1].finish([JobResult()] * len(written[-1].jobs))


async def test_what_arrives_during_a_commit_makes_up_the_next_group() -> None:
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, clock=Clock())
    first = ask(intake)
    await rounds()
    others = [answered for _ in range(4) for answered in ask(intake, 2)]
    await rounds()
    assert sizes(written) == [1]
    written[0].answer([JobResult(result="first")])
    assert [await answered for answered in first] == ["first"]
    await rounds()
    assert sizes(written) == [1, 8]
    written[1].answer([JobResult(result=number) for number in range(8)])
    assert [await answered for answered in others] == [*range(8)]
    ask(intake)
    await rounds()
    assert sizes(written) == [1, 8, 1]


async def test_another_process_gets_the_next_group_once_it_is_as_large_as_the_one_before() -> None:
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, 2, Clock())
    ask(intake, 2)
    await rounds()
    ask(intake)
    await rounds()
    assert sizes(written) == [2]
    ask(intake)
    await rounds()
    assert sizes(written) == [2, 2]
    ask(intake, 5)
    await rounds()
    assert sizes(written) == [2, 2]
    written[0].finish([JobResult()] * 2)
    await rounds()
    assert sizes(written) == [2, 2, 5]


async def test_what_is_smaller_is_passed_on_once_nothing_is_under_way() -> None:
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, 2, Clock())
    ask(intake, 2)
    await rounds()
    ask(intake)
    written[0].finish([JobResult()] * 2)
    await rounds()
    assert sizes(written) == [2, 1]


async def test_a_group_waits_while_each_round_of_the_loop_meets_more() -> None:
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, clock=Clock())
    for _ in range(10):
        ask(intake)
        await rounds(1)
    assert written == []
    await rounds()
    assert sizes(written) == [10]


async def test_a_large_group_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "FULL_GROUP_CALLS", 4)
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, clock=Clock())
    for _ in range(10):
        ask(intake)
        await rounds(1)
    assert len(written[0].jobs) in (4, 5)


async def commit_divided(intake: Intake, written: list[Group], clock: Clock) -> None:
    """Four callers, of whom one calls first and three during the commit of that, and so on, four times."""
    ask(intake)
    await rounds()
    for calls in (3, 1, 3, 1):
        ask(intake, calls)
        commit_last(written, clock)
        await rounds()


async def test_callers_who_call_again_are_not_divided_for_good() -> None:
    written, clock = list[Group](), Clock()
    intake = Intake(asyncio.get_running_loop(), written.append, clock=clock)
    await commit_divided(intake, written, clock)
    assert sizes(written) == [1, 3, 1, 3]  # one calls again already, and the three of the last group may
    for _ in range(3):
        ask(intake)
        await rounds()
    assert sizes(written) == [1, 3, 1, 3, 4]
    commit_last(written, clock)
    for _ in range(4):
        assert sizes(written) == [1, 3, 1, 3, 4]
        ask(intake)
        await rounds()
    assert sizes(written) == [1, 3, 1, 3, 4, 4]


async def test_no_call_waits_longer_for_others_than_half_as_long_as_the_group_before_took() -> None:
    written, clock = list[Group](), Clock()
    intake = Intake(asyncio.get_running_loop(), written.append, clock=clock)
    await commit_divided(intake, written, clock)
    clock.now += 0.0004
    await rounds()
    assert sizes(written) == [1, 3, 1, 3]
    clock.now += 0.0002
    await rounds()
    assert sizes(written) == [1, 3, 1, 3, 1]
    ask(intake, 3)
    commit_last(written, clock)
    await rounds()
    assert sizes(written) == [1, 3, 1, 3, 1, 3]  # it was in vain, and is not tried again at once


async def test_a_disk_that_stalls_keeps_the_next_group_waiting_no_longer() -> None:
    written, clock = list[Group](), Clock()
    intake = Intake(asyncio.get_running_loop(), written.append, clock=clock)
    ask(intake, 4)
    await rounds()
    for _ in range(4):
        commit_last(written, clock, seconds=20)
        ask(intake, 4)
        await rounds()
    assert sizes(written) == [4] * 5
    commit_last(written, clock, seconds=20)
    ask(intake)
    await rounds()
    assert sizes(written) == [4] * 5
    clock.now += commit_delay.LONGEST_SECONDS + 0.0001
    await rounds()
    assert sizes(written) == [*[4] * 5, 1]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40))
def test_callers_whose_number_differs_wait_for_nobody(arriving: list[int]) -> None:
    clock = Clock()
    delay = commit_delay.CommitDelay(clock)
    waited = [0]
    for calls in arriving:
        delay.pass_on()
        clock.now += 0.001
        waited.append(calls)
        delay.await_as_many(calls)
        is_alike = len(set(waited[-4:])) == 1
        assert delay.applies(calls - 1) == is_alike
        assert not delay.applies(calls)


def test_calls_that_arrive_evenly_are_waited_for_less_and_less_often() -> None:
    clock = Clock()
    delay = commit_delay.CommitDelay(clock)
    delayed = []
    for group in range(200):
        delay.pass_on()
        clock.now += 0.001
        delay.await_as_many(4)
        if delay.applies(2):
            delayed.append(group)
        clock.now += 0.0006
        assert not delay.applies(3)  # the fourth comes later
    assert delayed == [3, 10, 25, 56, 119, 182]
    for _ in range(100):
        delay.pass_on()
        clock.now += 0.001
        delay.await_as_many(4)
        assert not delay.applies(4)  # now they come at once
    assert delayed[-1] == 182


async def test_what_was_awaited_is_not_once_more_or_fewer_have_waited() -> None:
    written, clock = list[Group](), Clock()
    intake = Intake(asyncio.get_running_loop(), written.append, 2, clock)
    ask(intake, 4)
    await rounds()
    for calls in (4, 4, 4, 5):
        ask(intake, calls)
        await rounds()
        clock.now += 0.001
        written[-2].finish([JobResult()] * len(written[-2].jobs))
    clock.now += 0.001
    written[-1].finish([JobResult()] * 5)
    ask(intake)
    await rounds()
    assert sizes(written) == [4, 4, 4, 4, 5, 1]


async def test_another_process_gets_no_group_later_for_calls_that_may_come() -> None:
    written, clock = list[Group](), Clock()
    intake = Intake(asyncio.get_running_loop(), written.append, 2, clock)
    ask(intake, 4)
    await rounds()
    ask(intake, 4)
    await rounds()
    assert sizes(written) == [4, 4]
    clock.now += 0.001
    written[0].finish([JobResult()] * 4)
    ask(intake, 4)
    await rounds()
    assert sizes(written) == [4, 4, 4]


async def test_a_refusal_is_for_its_own_call_and_the_next_group_goes_on() -> None:
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, clock=Clock())
    refused, accepted, left = ask(intake, 3)
    left.cancel()
    await rounds()
    ask(intake)
    written[0].answer([JobResult(refusal=ValueError("no")), JobResult(result=1), JobResult(result=2)])
    with pytest.raises(ValueError, match="no"):
        await refused
    assert await accepted == 1
    await rounds()
    assert sizes(written) == [3, 1]


async def test_a_writer_that_says_nothing_is_given_up_group_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "ANSWER_SECONDS", 0.01)
    written: list[Group] = []
    intake = Intake(asyncio.get_running_loop(), written.append, clock=Clock())
    for _ in range(3):
        for answered in ask(intake, 2):
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await answered
    assert sizes(written) == [2]
    waiting = ask(intake)
    written[0].answer([JobResult(), JobResult()])
    await rounds()
    assert sizes(written) == [2, 1]
    written[1].answer([JobResult(result="late")])
    assert [await answered for answered in waiting] == ["late"]


async def test_no_more_wait_than_can_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MAX_PENDING_CALLS", 2)
    intake = Intake(asyncio.get_running_loop(), lambda _: None)
    ask(intake)
    await rounds()
    ask(intake, 2)
    with pytest.raises(StoreUnavailable, match="too many"):
        ask(intake)
