"""The shape of a request: its bytes without the values of free members."""

import json
from typing import Any

import pytest

from api.parsing.request_shapes import (
    MOST_LAYOUT_PARTS,
    FreeMember,
    ShapeReader,
    free_members,
    is_day,
    placeholders,
)
from engine import Kind, PolicySet, Vocabulary, unread_facts
from engine.compiling import compile_policies
from tests.support.shipped_words import VERSION_1

REQUEST: dict[str, Any] = {
    "request_id": "r1",
    "department": {"id": "d", "name": "n"},
    "visit": {"place": "Beijing", "starts_on": "1965-03-01"},
    "items": [{"line": "a", "description": "salt", "quantity": 3, "kind": "sample"}],
}
FREE = [b"r1", b"n", b"Beijing", b"1965-03-01", b"salt", b"3"]


@pytest.fixture(scope="module")
def reader(shipped: PolicySet) -> ShapeReader:
    return ShapeReader(shipped.vocabulary, unread_facts(shipped))


def body(**changes: Any) -> bytes:
    return json.dumps({**REQUEST, **changes}, ensure_ascii=False).encode()


def test_no_fact_is_unread_that_is_a_part_of_the_key_on_some_day(shipped: PolicySet) -> None:
    for day in [*shipped.change_days, shipped.change_days[0].replace(year=1960)]:
        keys = compile_policies(shipped).interval_on(day).keys
        assert not unread_facts(shipped) & set(keys._names)
    assert "item.kind" not in unread_facts(shipped)
    assert "mission.name" in unread_facts(shipped)


def test_free_are_texts_days_and_numbers_that_nothing_depends_on(shipped: PolicySet) -> None:
    members = free_members(shipped.vocabulary, unread_facts(shipped))
    assert {"request_id", "name", "place", "starts_on", "description", "quantity"} <= members.keys()
    never = {"id", "as_of", "line", "countries", "items", "kind", "published", "inclusion_session", "country"}
    assert not never & members.keys()


def test_a_name_is_free_only_where_each_of_its_uses_is() -> None:
    every = frozenset(VERSION_1.facts)
    assert "name" in free_members(VERSION_1, every)
    assert "name" not in free_members(VERSION_1, every - {"mission.name"})
    assert "inclusion_session" in free_members(VERSION_1, every)


def test_the_office_that_asks_is_never_free() -> None:
    assert "id" not in free_members(VERSION_1, frozenset(VERSION_1.facts))


def test_the_values_are_cut_out_and_put_back(reader: ShapeReader) -> None:
    shaped = reader.read(body())
    assert shaped
    assert [*shaped.values] == FREE
    assert shaped.with_values(shaped.values) == body()
    assert [member.name for member in reader.members_of(shaped.shape) or ()] == [
        "request_id",
        "name",
        "place",
        "starts_on",
        "description",
        "quantity",
    ]


def test_bodies_of_one_shape_differ_in_free_values_alone(reader: ShapeReader) -> None:
    one, other = (
        reader.read(body()),
        reader.read(body(request_id="電", visit={"place": "x", "starts_on": "y"})),
    )
    assert one
    assert other
    assert one.shape == other.shape
    assert reader.read(body(department={"id": "e", "name": "n"})) != one
    assert reader.read(body().replace(b": ", b":")) != one


@pytest.mark.parametrize(
    "sent",
    [
        b'{"request_id":"a\\nb"}',
        b'{"request_id":"\xff"}',
        '{"request_id":"e\u0301"}'.encode(),
        '"\u200b"'.encode(),
    ],
    ids=["escape", "not UTF-8", "not in its normal form", "does not show"],
)
def test_what_needs_a_closer_look_has_no_shape(reader: ShapeReader, sent: bytes) -> None:
    assert reader.read(sent) is None


@pytest.mark.parametrize(
    "value",
    ["01", "-1", "1.5", "1e3", "1" * 16, "null", "true", '""', '"a\tb"', f'"{"x" * 2001}"', "[1]", "3x"],
)
def test_a_value_in_another_form_is_a_part_of_the_shape(reader: ShapeReader, value: str) -> None:
    shaped = reader.read(f'{{"description": {value}, "quantity": {value}}}'.encode())
    assert shaped is not None
    assert not shaped.values


def test_an_amount_as_a_text_makes_no_template(reader: ShapeReader) -> None:
    shaped = reader.read(b'{"request_id": "r", "items": [{"quantity": "5"}]}')
    assert shaped
    assert reader.members_of(shaped.shape) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1964-02-29", True),
        ("1965-02-29", False),
        ("0000-01-01", False),
        ("1965-3-2", False),
        ("1965-W01-1", False),
    ],
)
def test_a_day_is_one_of_the_calendar(text: str, is_one: bool) -> None:
    assert is_day(text.encode()) is is_one


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.DATE, Kind.NUMBER])
def test_placeholders_are_values_that_their_members_take(kind: Kind) -> None:
    members = [FreeMember("x", kind, 1 if kind is Kind.NUMBER else None, None)] * 5
    own = [*placeholders(members, [b""] * 5, 2**62 - 1)]
    values = [*placeholders(members, own, 2**62 - 1)]
    assert len({*own}) == len(members)
    assert all(value != before for value, before in zip(values, own, strict=True))
    checks = [member.check for member in members]
    assert all(check is None or check(value) for check, value in zip(checks, values, strict=True))


def test_a_placeholder_is_another_number_than_the_one_stated_however_few_there_are() -> None:
    members = [FreeMember("x", Kind.NUMBER, 1, 2)] * 2
    for drawn in range(2):
        assert [*placeholders(members, [b"1", b"2"], drawn)] == [b"2", b"1"]


def test_a_number_is_within_its_bounds() -> None:
    check = FreeMember("x", Kind.NUMBER, 2, 9).check
    assert check
    assert [check(value) for value in (b"1", b"2", b"9", b"10")] == [False, True, True, False]


def test_a_closed_set_of_values_is_never_free() -> None:
    with pytest.raises(ValueError, match="never free"):
        _ = FreeMember("x", Kind.TRUTH).check


def test_a_vocabulary_without_free_facts_has_the_id_alone() -> None:
    words: Vocabulary = VERSION_1
    assert [*free_members(words, ())] == ["request_id"]


@pytest.mark.parametrize("lines", [1, MOST_LAYOUT_PARTS])
def test_a_body_is_cut_alike_whether_its_layout_is_known_or_not(shipped: PolicySet, lines: int) -> None:
    reader = ShapeReader(shipped.vocabulary, unread_facts(shipped))
    item = {"description": "d", "kind": "drawing"}
    sent = json.dumps({"request_id": "r", "items": [item] * lines}).encode()
    shaped = reader.read(sent)
    assert shaped
    reader.note_layout(shaped.shape)
    again = reader.read(sent)
    assert again
    assert (again.shape, [*again.values]) == (shaped.shape, [*shaped.values])
    assert bool(vars(reader)["_layouts"]) is (lines == 1)
