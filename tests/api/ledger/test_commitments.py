"""Erasable texts: cutting and putting back, the facts that can be named, the rules that may not read them."""

import asyncio
import hashlib
import itertools
import json
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.app import create_app
from api.cli.main import app
from api.ledger.commitments import commitments_of, detach_texts, find_texts, restore_texts
from api.ledger.entries import DECISION, FACT, REQUEST, Entry, EntryKind
from api.policies.active import PolicyProvider
from api.policies.erasable_facts import OF_RECORDS, read_names
from api.policies.floor import read_floor_file
from api.runtime.counters import Counters
from api.runtime.shipped import shipped_floor
from api.settings import Settings
from engine import PolicyFaults
from tests.support.shipped_words import VERSION_1

ROOT = Path(__file__).parents[3]
NOW = datetime(1965, 1, 1, tzinfo=UTC)

names = st.text(max_size=4) | st.sampled_from(["mission", "name", "items", 'a"b', "\\", "\u4e2d"])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Any JSON, escaped or not, with white space wherever it may stand."""
    space = st.text(" \t\r\n", max_size=2)
    escaped = draw(st.booleans())

    def written(value: Any) -> str:
        before, after = draw(space), draw(space)
        match value:
            case dict():
                members = (
                    f"{draw(space)}{string(name)}{draw(space)}:{written(member)}"
                    for name, member in value.items()
                )
                inner = "{" + ",".join(members) + draw(space) + "}"
            case list():
                inner = "[" + ",".join(map(written, value)) + draw(space) + "]"
            case str():
                inner = string(value)
            case _:
                inner = json.dumps(value)
        return before + inner + after

    def string(text: str) -> str:
        return json.dumps(text, ensure_ascii=escaped)

    return written(draw(values)).encode()


def texts_in(value: Any, path: tuple[str | None, ...] = ()) -> list[tuple[tuple[str | None, ...], str]]:
    match value:
        case dict():
            return [found for name, inner in value.items() for found in texts_in(inner, (*path, name))]
        case list():
            return [found for inner in value for found in texts_in(inner, (*path, None))]
        case str():
            return [(path, value)]
        case _:
            return []


@given(documents())
def test_every_text_of_any_json_is_found_at_its_place(content: bytes) -> None:
    found = [(path, json.loads(content[start:end])) for path, start, end in find_texts(content)]
    assert found == texts_in(json.loads(content))


def without(value: Any, chosen: set[str], path: str) -> Any:
    match value:
        case dict():
            return {name: without(inner, chosen, f"{path}.{name}") for name, inner in value.items()}
        case list():
            return [without(inner, chosen, f"{path}[]") for inner in value]
        case str() if path in chosen:
            return None
        case _:
            return value


def path_name(path: tuple[str | None, ...]) -> str:
    return "x" + "".join("[]" if step is None else f".{step}" for step in path)


PLAIN = st.text('abc\u4e2d"\\\n ', min_size=1, max_size=3)
plain_values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner), max_leaves=20
).filter(lambda value: isinstance(value, dict))


@given(plain_values, st.booleans(), st.data())
def test_what_is_cut_is_null_and_put_back_gives_the_bytes_that_were_received(
    value: Any, escaped: bool, data: st.DataObject
) -> None:
    content = json.dumps(value, ensure_ascii=escaped, indent=data.draw(st.sampled_from([None, 1]))).encode()
    paths = sorted({path_name(path) for path, _ in texts_in(value)})
    chosen = set(data.draw(st.lists(st.sampled_from(paths))) if paths else [])
    whole = Entry(EntryKind.CASE_OPENED, "k", NOW, {}, {"x": content, DECISION: b'{"a": "b"}'})
    entry, texts = detach_texts(whole, chosen, lambda: secrets.token_bytes(32))
    entry = Entry.from_bytes(entry.to_bytes())
    assert json.loads(entry.payloads["x"]) == without(value, chosen, "x")
    assert restore_texts(entry, dict(enumerate(texts))).payloads == whole.payloads
    some = {place: text for place, text in enumerate(texts) if data.draw(st.booleans())}
    json.loads(restore_texts(entry, some).payloads["x"])


def test_a_member_written_with_escapes_is_cut_too() -> None:
    content = b'{"mi\\u0073sion": {"n\\u0061me" : "P\\"ak"}, "items": [{"owner": "x"}, {"owner": null}]}'
    whole = Entry(EntryKind.DECISION, "d", NOW, {}, {REQUEST: content})
    entry, texts = detach_texts(whole, {"mission.name", "item.owner"}, lambda: bytes(32))
    assert [text.content for text in texts] == [b'"P\\"ak"', b'"x"']
    assert [piece.fact for piece in commitments_of(entry)] == ["mission.name", "item.owner"]
    assert json.loads(entry.payloads[REQUEST])["mission"] == {"name": None}


def test_a_commitment_is_the_hash_of_salt_and_text() -> None:
    whole = Entry(EntryKind.DECISION, "d", NOW, {}, {REQUEST: b'{"mission": {"name": "Pak"}}'})
    entry, _ = detach_texts(whole, {"mission.name"}, lambda: b"s" * 32)
    assert commitments_of(entry)[0].commitment == hashlib.sha256(b"s" * 32 + b'"Pak"').hexdigest()


@pytest.mark.parametrize(
    ("named", "cut"),
    [({"urgency.ground"}, ["value"]), ({"evidence"}, ["evidence"]), ({"mission.name"}, []), (set(), [])],
)
def test_of_a_recorded_fact_the_value_is_cut_if_that_fact_is_named(named: set[str], cut: list[str]) -> None:
    fact = {"fact": "urgency.ground", "value": "a reason", "evidence": "a letter"}
    whole = Entry(EntryKind.CASE_FACT, "c", NOW, {}, {FACT: json.dumps(fact).encode()})
    entry, _ = detach_texts(whole, named, lambda: bytes(32))
    left = json.loads(entry.payloads[FACT])
    assert [name for name, value in left.items() if value is None] == cut


def test_of_any_other_payload_a_text_is_named_with_the_payload() -> None:
    content = b'{"recipient": "Pak", "items": [{"description": "a"}, {"description": "b"}], "to": "mission"}'
    whole = Entry(EntryKind.CASE_OPENED, "c", NOW, {}, {"handover": content})
    chosen = {"handover.recipient", "handover.items[].description"}
    entry, texts = detach_texts(whole, chosen, lambda: bytes(32))
    assert len(texts) == 3
    assert restore_texts(entry, dict(enumerate(texts))).payloads == whole.payloads


def test_equal_texts_have_different_commitments() -> None:
    salts = itertools.count()
    content = b'{"items": [{"owner": "x"}, {"owner": "x"}]}'
    whole = Entry(EntryKind.DECISION, "d", NOW, {}, {REQUEST: content})
    entry, _ = detach_texts(whole, {"item.owner"}, lambda: next(salts).to_bytes(32))
    one, other = commitments_of(entry)
    assert one.commitment != other.commitment


def test_personal_stands_for_all_personal_facts() -> None:
    assert read_names("personal", VERSION_1) == OF_RECORDS | {
        "department.name",
        "mission.name",
        "mission.organiser",
        "visit.place",
        "urgency.ground",
        "item.description",
        "item.owner",
    }
    assert read_names(" mission.name , item.unit", VERSION_1) == {"mission.name", "item.unit"}
    assert read_names("", VERSION_1) == frozenset()


@pytest.mark.parametrize(
    ("named", "remedy"),
    [
        ("misson.name", "did you mean `mission.name`?"),
        ("item.kind", "item.owner"),
        ("department.id", "department.name"),
        ("item.channel.project_no", "personal"),
    ],
)
def test_serve_refuses_what_cannot_be_erasable_with_a_remedy(named: str, remedy: str) -> None:
    result = CliRunner().invoke(app, ["serve", "--keep-apart", f"visit.place,{named}"])
    assert result.exit_code == 2
    message = " ".join(result.output.replace("\u2502", " ").split())
    assert f"`{named}` is no text that can be kept apart" in message
    assert remedy in message


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """A policy folder with a rule that reads a text."""
    folder = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", folder)
    file = folder / "directive.yaml"
    text = file.read_text()
    when = 'when: item.kind == "oral_or_visual"'
    assert when in text
    file.write_text(text.replace(when, f'{when} or mission.name == "a secret mission"', 1))
    return folder


def test_a_policy_set_that_reads_an_erasable_text_is_refused_with_its_place(
    reader: Path, tmp_path: Path
) -> None:
    settings = Settings(
        policies=reader, database=str(tmp_path / "log.db"), insecure_no_auth=True, keep_apart="personal"
    )
    with pytest.raises(PolicyFaults, match=r"directive\.yaml:\d+:\d+ L05 .*`mission\.name`"):
        create_app(settings)
    create_app(settings.model_copy(update={"keep_apart": "visit.place"}))


def test_serve_says_which_rule_reads_an_erasable_text(reader: Path, tmp_path: Path) -> None:
    database = str(tmp_path / "log.db")
    arguments = ["serve", "--policies", str(reader), "--database", database, "--keep-apart", "personal"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "L05" in result.stderr
    assert "leave the fact out of --keep-apart" in result.stderr
    assert not Path(database).exists()


def test_a_set_that_reads_an_erasable_text_does_not_take_the_place_of_the_one_in_force(
    reader: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in_force"
    shutil.copytree(ROOT / "policies", folder)
    policies = PolicyProvider(folder, Counters(), "mission.name", floor=read_floor_file(shipped_floor()))
    before = policies.current
    shutil.copy(reader / "directive.yaml", folder / "directive.yaml")
    assert not asyncio.run(policies.reload())
    assert policies.current is before
    assert {fault.code for fault in policies.faults} == {"L05"}
