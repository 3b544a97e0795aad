"""What the benchmarks rest on: that requests are new where they should be, and that answers are really compared."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any

import pytest

from api.parsing.requests import Received, read_request
from benchmarks.instructions import BOUND, find_faults
from benchmarks.mixes import (
    OFFICE_DEPARTMENTS,
    Plan,
    read_sample,
    write_office_plan,
    write_share_plan,
)
from benchmarks.processes import Run
from benchmarks.request_streams import known_shapes, new_facts, new_rules, new_shapes
from benchmarks.results import Measurement, assess_share, assess_times
from benchmarks.sameness import comparable
from engine import PolicySet
from engine.compiling import compile_policies
from engine.contract.vocabulary import Kind

STREAMS = (known_shapes, new_shapes, new_facts, new_rules)


def bodies(stream: Callable[[], Iterator[bytes]], count: int = 1_000) -> list[dict[str, Any]]:
    return [json.loads(body) for body in islice(stream(), count)]


def shape(body: dict[str, Any], free: frozenset[str]) -> str:
    """The request without its id and without the values of the facts that are free."""

    def without(path: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without(f"{path}{name}.", member) for name, member in value.items()}
        if isinstance(value, list):
            return [without("item." if path == "items." else path, member) for member in value]
        return "free" if path[:-1] in free or path == "request_id." else value

    return json.dumps(without("", body))


@pytest.fixture(scope="module")
def free(shipped: PolicySet) -> frozenset[str]:
    """Texts, numbers and dates that no policy of the day reads."""
    interval = compile_policies(shipped).interval_on(dt.date(1966, 1, 1))
    (key,) = interval.keys.of_lines(_read(shipped, next(known_shapes())).request, dt.date(1966, 1, 1))
    read = interval.keys.facts(key).keys()
    words = shipped.vocabulary.words.items()
    kinds = (Kind.TEXT, Kind.NUMBER, Kind.DATE)
    return frozenset(name for name, word in words if word.kind in kinds and name not in read) - {
        "as_of",
        "department.id",
    }


def _read(policies: PolicySet, body: bytes) -> Received:
    received = read_request(body, policies.vocabulary)
    assert isinstance(received, Received), received
    return received


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_every_request_is_one_of_the_contract(
    stream: Callable[[], Iterator[bytes]], shipped: PolicySet
) -> None:
    for body in islice(stream(), 500):
        _read(shipped, body)


def test_known_shapes_recur(free: frozenset[str]) -> None:
    assert len({shape(body, free) for body in bodies(known_shapes)}) == 48


def test_new_shapes_are_all_different(free: frozenset[str]) -> None:
    assert len({shape(body, free) for body in bodies(new_shapes)}) == 1_000


def test_new_facts_are_all_different_in_what_policies_read(shipped: PolicySet) -> None:
    interval = compile_policies(shipped).interval_on(dt.date(1966, 1, 1))
    keys = [
        interval.keys.of_lines(_read(shipped, body).request, dt.date(1966, 1, 1))[0]
        for body in islice(new_facts(), 1_000)
    ]
    assert len(set(keys)) == 1_000


def test_new_shapes_are_about_facts_that_recur(shipped: PolicySet) -> None:
    interval = compile_policies(shipped).interval_on(dt.date(1966, 1, 1))
    keys = [
        interval.keys.of_lines(_read(shipped, body).request, dt.date(1966, 1, 1))[0]
        for body in islice(new_shapes(), 1_000)
    ]
    assert len(set(keys)) <= 48


def test_a_plan_has_384_known_shapes_and_as_many_new_ones_as_it_states(
    tmp_path: Path, free: frozenset[str]
) -> None:
    plan = write_share_plan(tmp_path / "plan")
    lines = [line.split("\t") for line in plan.file.read_text().splitlines()]
    known = {shape(json.loads(fields[2]), free) for fields in lines if fields[0] == "known"}
    new = {shape(json.loads(fields[2]), free) for fields in lines if fields[0] == "new"}
    values = [len(fields) - 2 for fields in lines if fields[0] == "slot"]
    assert len(known) == 384
    assert plan == Plan(plan.file, len(new) * prod(values))


def test_an_office_calls_with_the_key_of_each_department(tmp_path: Path) -> None:
    tokens = {department: f"key of {department}" for department in OFFICE_DEPARTMENTS}
    plan = write_office_plan(tmp_path / "plan", tokens)
    requests = [line.split("\t") for line in plan.file.read_text().splitlines() if line.startswith("new")]
    assert {(token, json.loads(body)["department"]["id"]) for _, token, body in requests} == {
        (token, department) for department, token in tokens.items()
    }


def test_a_sample_has_each_request_with_the_token_it_was_sent_with(tmp_path: Path) -> None:
    file = tmp_path / "sample"
    file.write_bytes(b'\t{"a":1}\nkey\t{"b":"\xc3\xa9"}\n')
    assert read_sample(file) == [("", b'{"a":1}'), ("key", '{"b":"é"}'.encode())]


ANSWER = b'{"decision_id":"%b","outcome":"hold","evaluated_at":"%b","links":{"self":"/v1/decisions/%b"}}'


def test_answers_that_differ_in_id_and_moment_alone_are_alike() -> None:
    one = ANSWER % (b"01a2", b"2026-11-30T03:00:00Z", b"01a2")
    other = ANSWER % (b"77ff", b"2026-11-30T03:00:01Z", b"77ff")
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"hold", b"refuse"), (b'"hold"', b"hold"), (b"decisions/01a2", b"decisions/01a3")],
    ids=["another outcome", "a quote left out", "another id in a link"],
)
def test_any_other_difference_is_seen(old: bytes, new: bytes) -> None:
    answer = ANSWER % (b"01a2", b"2026-11-30T03:00:00Z", b"01a2")
    assert comparable(answer) != comparable(answer.replace(old, new))


def test_counts_within_the_bound_are_no_fault() -> None:
    assert find_faults({"decide": 1_000 * BOUND}, {"decide": 1_000}) == []


def test_a_count_beyond_the_bound_names_the_part_the_counts_and_the_remedy() -> None:
    (fault,) = find_faults({"decide": 1_200.0}, {"decide": 1_000})
    assert fault == (
        "instructions: `decide` takes 1,200 instructions for a call, 1.20 times the recorded 1,000 (bound 1.10). "
        "Make it as cheap as it was; if the change is worth it, run `python -m benchmarks.instructions --write` and "
        "commit the counts with the reason."
    )


def test_a_part_without_a_count_is_a_fault() -> None:
    (fault,) = find_faults({"decide": 1.0}, {})
    assert fault.startswith("instructions: decide: counted or recorded, but not both")


def run(per_second: float, p99: float = 1, sync: float = 0.1) -> Run:
    return Run(per_second, 1, p99, p99, 0, sync_p99=sync)


def test_a_share_is_held_against_its_own_bound() -> None:
    own = Measurement("shares", "channelgate", 0.7, 64, [run(45), run(41)])
    bare = Measurement("shares", "bare", 0.7, 64, [run(100), run(100)])
    (goal,) = assess_share(0.7, own, bare)
    assert goal.met
    assert assess_share(0.9, own, bare) == []


@pytest.mark.parametrize(
    ("p99", "sync", "met"), [(4.0, 0.5, True), (6.0, 0.5, False), (6.0, 1.5, None)], ids=str
)
def test_times_are_held_against_their_bound_where_the_disk_is_fast(
    p99: float, sync: float, met: bool | None
) -> None:
    (goal,) = assess_times(Measurement("times", "channelgate", 64, 64, [run(1, p99, sync)]))
    assert goal.met is met
