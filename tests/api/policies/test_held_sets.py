"""Sets that were checked before are read back, the same in all that they answer; what is not that is checked again.

Covers: api.policies.stored_sets
"""

from __future__ import annotations

import datetime as dt
import enum
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from pydantic import BaseModel

from api.ledger.revisions import PolicyFiles
from api.policies import held_sets
from api.policies.floor import FloorFile, read_floor_file
from api.policies.folder import PolicyFolder, read_folder
from api.policies.held_sets import HeldSets, inputs_of, load_held
from api.policies.stored_sets import NotReadableError, set_from_bytes, set_to_bytes
from api.runtime.private_cache import VARIABLE, PrivateCache
from api.runtime.shipped import FLOOR_FILE
from engine import (
    PolicyFaults,
    PolicySet,
    decide,
    decide_by_walking,
    describe_policies,
    find_answer_basis,
    find_links,
    hold_to,
    invariants_in,
    list_upcoming,
    prove,
    revision_of,
)
from engine.policy.stored_form import PARTS
from tests.support.shipped_words import make_request
from tests.support.strategies import NOW, Plain, ask, requests

ROOT = Path(__file__).parents[3]
FOLDERS = {
    "shipped": ROOT / "policies",
    "starter": ROOT / "api/files/starter/policies",
    "another_directive": ROOT / "examples/second_directive/policies",
    "house": ROOT / "tests/data/seed_house/policies",
    "exchange": ROOT / "tests/data/seed_exchange/policies",
    "laboratory": ROOT / "tests/data/laboratory",
    "authzen": ROOT / "tests/data/authzen/certification/policies",
}
DAYS = (dt.date(1964, 7, 1), dt.date(1965, 3, 1), dt.date(1966, 5, 1))


@cache
def checked(name: str) -> PolicySet:
    """The set of a folder as checking gives it, held to the floor beside it if there is one."""
    folder = FOLDERS[name]
    return HeldSets().load(read_folder(folder), floor_beside(folder))


@cache
def read_back(name: str) -> PolicySet:
    return set_from_bytes(set_to_bytes(checked(name)))


def floor_beside(folder: Path) -> FloorFile | None:
    floor = folder.parent / FLOOR_FILE
    return read_floor_file(floor) if floor.exists() else None


def assert_same(one: Any, other: Any, way: str = "") -> None:
    """Every part is of the same type and content, those that do not count for equality among them."""
    assert type(one) is type(other), way
    if is_dataclass(one):
        for field in fields(one):
            if field.name not in {"slot", "request"}:
                assert_same(getattr(one, field.name), getattr(other, field.name), f"{way}.{field.name}")
    elif isinstance(one, BaseModel):
        assert_same(one.model_dump(), other.model_dump(), way)
        assert one.model_fields_set == other.model_fields_set, way
    elif isinstance(one, Mapping):
        assert list(one) == list(other), way
        for key in one:
            assert_same(one[key], other[key], f"{way}[{key!r}]")
    elif isinstance(one, tuple | list) and not isinstance(one, enum.Enum):
        assert len(one) == len(other), way
        for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            assert_same(mine, theirs, f"{way}[{place}]")
    else:
        assert one == other, way


@pytest.mark.parametrize("name", FOLDERS)
def test_a_set_that_is_read_back_has_the_same_parts(name: str) -> None:
    assert_same(checked(name), read_back(name))
    assert checked(name) == read_back(name)


@pytest.mark.parametrize("name", FOLDERS)
def test_it_is_described_linked_and_fingerprinted_alike(name: str) -> None:
    one, other = checked(name), read_back(name)
    assert find_links(one) == find_links(other)
    assert find_answer_basis(one) == find_answer_basis(other)
    assert list_upcoming(one, *DAYS[::2]) == list_upcoming(other, *DAYS[::2])
    for day in DAYS:
        assert describe_policies(one, day) == describe_policies(other, day)
        assert one.hints_on(day) == other.hints_on(day)
    shared = [(policy.undeviated is policy.editions) for policy in one.policies]
    assert shared == [(policy.undeviated is policy.editions) for policy in other.policies]


@pytest.mark.parametrize("name", ["shipped", "laboratory"])
def test_it_is_proved_alike(name: str) -> None:
    assert prove(checked(name)) == prove(read_back(name))


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("*.json")), ids=lambda file: file.stem)
def test_the_examples_are_decided_alike(file: Path) -> None:
    request = checked("shipped").vocabulary.request.model_validate_json(file.read_bytes())
    again = read_back("shipped").vocabulary.request.model_validate_json(file.read_bytes())
    for day in DAYS:
        at = dt.datetime.combine(day, dt.time(12), dt.UTC)
        one = decide(checked("shipped"), request, decision_id="1", evaluated_at=at)
        other = decide(read_back("shipped"), again, decision_id="1", evaluated_at=at)
        assert one.to_json() == other.to_json()


@given(requests())
def test_any_request_is_decided_alike(request: Plain) -> None:
    one, other = checked("shipped"), read_back("shipped")
    answer = ask(one, request).to_json()
    assert ask(other, request).to_json() == answer
    walked = decide_by_walking(
        other, make_request(request), decision_id="of a test", evaluated_at=NOW
    ).to_json()
    assert walked == answer


@pytest.fixture
def sets(tmp_path: Path) -> HeldSets:
    return HeldSets(PrivateCache(tmp_path / "cache"))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The revisions that are checked, in order."""
    revisions: list[str] = []
    load = PolicyFolder.load

    def counted(content: PolicyFolder) -> PolicySet:
        revisions.append(revision_of(content.files))
        return load(content)

    monkeypatch.setattr(PolicyFolder, "load", counted)
    return revisions


SMALL = read_folder(FOLDERS["starter"])
FLOOR = read_floor_file(FOLDERS["starter"].parent / FLOOR_FILE)
CHANGED = {name: content + b"\n# a remark\n" for name, content in SMALL.files.items()}


def test_the_same_files_are_checked_once_and_each_call_has_a_set_of_its_own(
    sets: HeldSets, seen: list[str]
) -> None:
    first, second, third = (sets.load(SMALL, FLOOR) for _ in range(3))
    assert seen == [first.revision]
    assert first == second == third
    assert second is not third
    assert second.slot is not third.slot
    assert second.floor == hold_to(SMALL.load(), FLOOR.parse()).floor


def test_without_a_cache_they_are_checked_each_time(seen: list[str]) -> None:
    HeldSets().load(SMALL)
    HeldSets().load(SMALL)
    assert len(seen) == 2


def test_whatever_a_set_follows_from_makes_it_another(monkeypatch: pytest.MonkeyPatch) -> None:
    former = PolicyFiles.of(revision_of(CHANGED), CHANGED)
    name, *_ = SMALL.files
    inputs = [
        inputs_of(SMALL, None, None),
        inputs_of(SMALL, FLOOR, None),
        inputs_of(SMALL, FLOOR, former),
        inputs_of(SMALL, FloorFile(FLOOR.path, FLOOR.content + b"#"), None),
        inputs_of(SMALL, FloorFile(Path("elsewhere.yaml"), FLOOR.content), None),
        inputs_of(PolicyFolder(CHANGED), FLOOR, None),
        inputs_of(PolicyFolder({**SMALL.files, "renamed.yaml": SMALL.files[name]}), FLOOR, None),
    ]
    monkeypatch.setattr(held_sets, "fingerprint_program", lambda: "another program")
    inputs.append(inputs_of(SMALL, None, None))
    monkeypatch.undo()
    monkeypatch.setattr(sys, "version", "another Python")
    inputs.append(inputs_of(SMALL, None, None))
    assert len({*inputs}) == len(inputs)


def test_a_set_is_held_to_what_the_set_before_stated(sets: HeldSets, seen: list[str]) -> None:
    files = dict(SMALL.files)
    (name,) = [
        name
        for name, content in files.items()
        if b"\ninvariants:" in content or content.startswith(b"invariants:")
    ]
    del files[name]
    former = PolicyFiles.of(revision_of(SMALL.files), SMALL.files)
    held = [sets.load(PolicyFolder(files), FLOOR, former) for _ in range(2)]
    expected = hold_to(PolicyFolder(files).load(), FLOOR.parse(), invariants_in(SMALL.files))
    assert held[0] == held[1] == expected
    assert expected.former
    assert not sets.load(PolicyFolder(files), FLOOR).former


def test_a_set_with_faults_is_not_stored(sets: HeldSets, tmp_path: Path, seen: list[str]) -> None:
    broken = PolicyFolder({**SMALL.files, "broken.yaml": b"policy: nowhere"})
    for _ in range(2):
        with pytest.raises(PolicyFaults):
            sets.load(broken, FLOOR)
    assert len(seen) == 2
    assert not (tmp_path / "cache").exists()


def test_a_folder_with_something_that_is_not_read_is_not_read_back(tmp_path: Path, sets: HeldSets) -> None:
    sets.load(SMALL)
    folder = tmp_path / "policies"
    folder.mkdir()
    for name, content in SMALL.files.items():
        (folder / name).write_bytes(content)
    (folder / "more.txt").write_text("?")
    with pytest.raises(PolicyFaults, match="L08"):
        sets.load(read_folder(folder))


def test_a_floor_with_faults_stops_the_set(sets: HeldSets) -> None:
    sets.load(SMALL, FLOOR)
    with pytest.raises(PolicyFaults):
        sets.load(SMALL, FloorFile(FLOOR.path, b"invariants: 1"))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no pickle", id="no_pickle"),
        pytest.param(pickle.dumps("a text"), id="no_set"),
        pytest.param(pickle.dumps(os.getcwd), id="a_function"),
        pytest.param(b"cos\nsystem\n(S'exit 1'\ntR.", id="a_command"),
        pytest.param(b"cengine.policy.model\nPolicySet\n.", id="a_class"),
        pytest.param(set_to_bytes(SMALL.load())[:-100], id="cut_off"),
    ],
)
def test_what_is_no_set_is_not_read(content: bytes) -> None:
    with pytest.raises(NotReadableError):
        set_from_bytes(content)


def test_an_entry_that_is_no_set_is_checked_and_written_anew(
    sets: HeldSets, tmp_path: Path, seen: list[str]
) -> None:
    name = inputs_of(SMALL, FLOOR, None)
    sets.cache.put(name, pickle.dumps("an earlier form"))
    assert sets.load(SMALL, FLOOR) == sets.load(SMALL, FLOOR)
    assert len(seen) == 1


def test_calling_a_part_of_a_set_imports_and_opens_nothing() -> None:
    modules = {module.partition(".")[0] for module, _ in PARTS}
    assert modules == {"datetime", "decimal", "engine"}


def test_the_command_line_reads_back_what_another_process_stored(tmp_path: Path) -> None:
    code = (
        "import sys; from api.cli.main import app;"
        "app(['check', 'examples/hold.json', '--format', 'json'], standalone_mode=False);"
        "print('engine.checking' in sys.modules, file=sys.stderr)"
    )
    answers, imported = [], []
    for seed in "12":
        environment = {**os.environ, VARIABLE: str(tmp_path / "cache"), "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        answer = json.loads(done.stdout)
        del answer["decision_id"], answer["evaluated_at"]
        answers.append(answer)
        imported.append(done.stderr.strip())
    assert answers[0] == answers[1]
    assert imported == ["True", "False"]


def test_where_the_cache_is_turned_off_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "off")
    load_held(SMALL, FLOOR.path)
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    load_held(SMALL, FLOOR.path)
    assert len(list((tmp_path / "caches/channelgate").iterdir())) == 2
