"""A request of a known shape is answered from a template, with the bytes that working it out gives.

Covers: api.services.shape_templates
"""

import asyncio
import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.http.authentication.key_file import revoke_api_keys
from api.policies.active import PolicyProvider
from api.runtime.counters import ShapeUse
from api.services.decision_work import DecisionAnswer
from api.services.shape_cache import LOOKS_EVERY, MISSES_BEFORE_SPARING, WEIGHT_BYTES, Lesson
from api.services.shape_templates import FilledAnswer
from tests.support.shaped import CALLERS, EXAMPLES, NOON, ROOT, TRACE, Shapes, assert_same, body_of

URGENT = next(one for one in EXAMPLES if one["request_id"] == "an-urgent-request")
CLAIMS: dict[str, Any] = {
    "request_id": "claims",
    "mission": {"countries": ["KP"]},
    "items": [
        {"line": "a", "channel": {"consultation": "agreed", "project_no": "7/65", "committee_agrees": True}},
        {"kind": "sample", "legacy_list": "none", "description": "salt", "quantity": 3},
    ],
}
REQUESTS = {str(one["request_id"]): one for one in [*EXAMPLES, CLAIMS]}


@pytest.fixture
def shapes(tmp_path: Path) -> Shapes:
    return Shapes(tmp_path)


def changed(**changes: Any) -> bytes:
    """The urgent request with other values of free members."""
    return body_of({**URGENT, **changes})


def is_filled(shapes: Shapes, body: bytes, caller: str = "department") -> bool:
    return isinstance(shapes.look_up(body, caller), FilledAnswer)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", REQUESTS)
def test_the_third_request_of_a_shape_is_answered_as_if_it_were_worked_out(
    shapes: Shapes, name: str, caller: str
) -> None:
    request = {**REQUESTS[name]}
    request.setdefault("department", {"id": "metallurgy"})
    if caller == "department":
        request["department"] = {**request["department"], "id": "metallurgy"}
    shapes.teach(body_of(request), caller)
    shapes.at += dt.timedelta(seconds=77)
    for trace in (None, TRACE):
        assert_same(shapes.send(body_of({**request, "request_id": "another"}), caller, trace))


def test_every_free_value_may_be_another(shapes: Shapes) -> None:
    shapes.teach(body_of(URGENT))
    mission = {**URGENT["mission"], "name": "a group of 3, “welders”: 電"}
    item = {**URGENT["items"][0], "description": "é", "quantity": 999999999999999, "unit": "t"}
    urgency = {**URGENT["urgency"], "deadline": "1964-02-29", "ground": "x" * 2000}
    body = changed(request_id="y" * 200, mission=mission, items=[item], urgency=urgency)
    assert_same(shapes.send(body))


NOT_OF_THE_SHAPE: dict[str, Callable[[], bytes]] = {
    "another choice": lambda: changed(trigger="host_offer"),
    "another country": lambda: changed(mission={**URGENT["mission"], "countries": ["VN"]}),
    "another mark": lambda: changed(items=[{**URGENT["items"][0], "line": 2}]),
    "a fraction": lambda: changed(items=[{**URGENT["items"][0], "quantity": 1.5}]),
    "an amount of many digits": lambda: changed(items=[{**URGENT["items"][0], "quantity": 10**15}]),
    "an amount as text": lambda: changed(items=[{**URGENT["items"][0], "quantity": "5"}]),
    "null": lambda: changed(request_id=None),
    "no id": lambda: changed(request_id=""),
    "a long id": lambda: changed(request_id="x" * 201),
    "a long text": lambda: changed(urgency={**URGENT["urgency"], "ground": "x" * 2001}),
    "no such day": lambda: changed(urgency={**URGENT["urgency"], "deadline": "1965-02-29"}),
    "a day in another form": lambda: changed(urgency={**URGENT["urgency"], "deadline": "1965-W01-1"}),
    "an escape": lambda: changed(request_id="a\nb"),
    "a quotation mark": lambda: changed(request_id='a"b'),
    "not in its normal form": lambda: changed(request_id="e\u0301"),
    "what does not show": lambda: changed(request_id="a\u200bb"),
    "a deletion": lambda: changed(request_id="a\x7fb"),
    "a member twice": lambda: changed()[:-1] + b', "request_id": "x"}',
    "not UTF-8": lambda: changed().replace(b"an-urgent-request", b"\xff"),
    "a line break in a text": lambda: changed().replace(b"an-urgent-request", b"a\nb"),
    "something behind": lambda: changed() + b"x",
    "a byte order mark": lambda: b"\xef\xbb\xbf" + changed(),
}


@pytest.mark.parametrize("name", NOT_OF_THE_SHAPE)
def test_what_is_of_another_shape_or_out_of_bounds_is_not_filled_in(shapes: Shapes, name: str) -> None:
    shapes.teach(body_of(URGENT))
    assert is_filled(shapes, changed())
    assert not is_filled(shapes, NOT_OF_THE_SHAPE[name]())


def test_a_shape_that_comes_once_is_no_lesson(shapes: Shapes) -> None:
    assert shapes.look_up(changed()) is None
    assert isinstance(shapes.look_up(changed()), Lesson)


def test_while_nothing_comes_again_most_rounds_are_not_looked_up(shapes: Shapes) -> None:
    shapes.teach(changed())
    shapes.cache.note_round(0, MISSES_BEFORE_SPARING - 1)
    assert all(is_filled(shapes, changed()) for _ in range(2 * LOOKS_EVERY))
    shapes.cache.note_round(0, 1)
    assert [is_filled(shapes, changed()) for _ in range(2 * LOOKS_EVERY)].count(True) == 2
    shapes.cache.note_round(1, 63)
    assert all(is_filled(shapes, changed()) for _ in range(2 * LOOKS_EVERY))


def test_a_template_is_for_one_caller(shapes: Shapes) -> None:
    shapes.teach(changed())
    assert not is_filled(shapes, changed(), "committee")


def test_a_key_that_is_revoked_fills_in_nothing(shapes: Shapes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.http.authentication.api_keys.CHECK_INTERVAL_SECONDS", 0.0)
    shapes.teach(changed())
    assert is_filled(shapes, changed())
    revoke_api_keys(shapes.context.settings.api_keys or Path(), "department")
    assert shapes.look_up(changed()) is None


def test_the_next_day_is_learned_anew(shapes: Shapes) -> None:
    request = {name: value for name, value in URGENT.items() if name != "as_of"}
    shapes.teach(body_of(request))
    assert is_filled(shapes, body_of(request))
    shapes.at = dt.datetime(1965, 3, 1, 16, tzinfo=dt.UTC)  # midnight where the policies are
    found = shapes.look_up(body_of(request))
    assert isinstance(found, Lesson)
    shapes.send(body_of(request))
    assert_same(shapes.send(body_of(request)))


def test_other_policies_are_learned_anew(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", folder)
    shapes = Shapes(tmp_path, policies=folder)
    shapes.teach(changed())
    korea = folder / "korea.yaml"
    korea.write_text(korea.read_text() + "\n# Another revision.\n")
    policies = shapes.context.policies
    assert isinstance(policies, PolicyProvider)
    assert asyncio.run(policies.reload())
    assert shapes.look_up(changed()) is None


def test_policies_that_are_too_old_are_left_to_be_worked_out(tmp_path: Path) -> None:
    shapes = Shapes(tmp_path, hold_past="set=PT1H")
    since = shapes.context.policies.current.active_since
    shapes.at = since + dt.timedelta(minutes=59)  # of the same day, whenever the test runs
    shapes.teach(changed())
    assert_same(shapes.send(changed()))
    shapes.at = since + dt.timedelta(minutes=61)
    assert not is_filled(shapes, changed())


def test_erasable_texts_are_left_to_be_worked_out(tmp_path: Path) -> None:
    assert Shapes(tmp_path, keep_apart="mission.name").cache.begin_round() is None


def test_without_room_for_shapes_everything_is_worked_out(tmp_path: Path) -> None:
    assert Shapes(tmp_path, limit=0).cache.begin_round() is None


def test_no_more_shapes_are_held_than_there_is_room_for(tmp_path: Path) -> None:
    shapes = Shapes(tmp_path, limit=4)
    for mark in range(20):
        shapes.teach(changed(items=[{**URGENT["items"][0], "line": mark}]))
    assert 0 < len(shapes.cache.templates) <= 8


def test_long_shapes_take_the_room_of_several(tmp_path: Path) -> None:
    shapes = Shapes(tmp_path, limit=16)
    for number in range(1, 20):
        shapes.teach(b" " * (30_000 + number) + changed())
    assert is_filled(shapes, b" " * 30_019 + changed())
    assert len(shapes.cache.templates) * 30_000 <= 2 * 16 * WEIGHT_BYTES


def test_a_number_of_few_values_is_not_taken_for_other_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", folder)
    vocabulary, session = folder / "vocabulary.yaml", "  - fact: item.channel.inclusion_session\n"
    grade = (
        "  - {fact: item.grade, kind: number, least: 1, most: 3,"
        " ask: Which grade?, answered_by: receiving_department}\n\n"
    )
    vocabulary.write_text(vocabulary.read_text().replace(session, grade + session))
    shapes = Shapes(tmp_path, policies=folder)
    item = {"line": 1, "grade": 1}
    for drawn in range(3):
        monkeypatch.setattr("secrets.randbits", lambda _, drawn=drawn: drawn)
        request = {**URGENT, "as_of": f"1965-03-0{drawn + 1}"}
        shapes.teach(body_of({**request, "items": [item]}))
        assert_same(shapes.send(body_of({**request, "items": [{**item, "grade": 2}]})))


def test_what_the_floor_stopped_is_no_template(shapes: Shapes) -> None:
    shapes.send(changed())
    lesson, strict = shapes.look_up(changed()), shapes.work_out(changed())
    assert isinstance(lesson, Lesson)
    assert isinstance(strict, DecisionAnswer)
    shapes.cache.learn(lesson, dataclasses.replace(strict, is_stopped=True))
    assert shapes.look_up(changed()) is None


def test_an_answer_that_would_not_be_given_again_is_no_template(shapes: Shapes) -> None:
    shapes.send(changed())
    lesson, strict = shapes.look_up(changed()), shapes.work_out(changed())
    assert isinstance(lesson, Lesson)
    assert isinstance(strict, DecisionAnswer)
    assert b"Beijing" in strict.end
    shapes.cache.learn(lesson, dataclasses.replace(strict, end=strict.end.replace(b"Beijing", b"Peking.")))
    assert shapes.look_up(changed()) is None
    assert dict(shapes.context.counters.by_shape_use())[ShapeUse.UNUSABLE] == 1


def test_an_answer_that_is_another_when_it_is_decided_again_is_no_template(shapes: Shapes) -> None:
    shapes.send(changed())
    lesson, strict = shapes.look_up(changed()), shapes.work_out(changed())
    assert isinstance(lesson, Lesson)
    assert isinstance(strict, DecisionAnswer)
    entry = strict.entry
    first, second, *others = entry.pieces
    assert b"report" in b"".join(others)
    pieces = [first, second, *(piece.replace(b"report", b"notify") for piece in others)]
    payloads = {**entry.payloads, "decision": b"".join(pieces)}
    other = dataclasses.replace(entry, payloads=payloads, pieces=pieces)
    shapes.cache.learn(lesson, dataclasses.replace(strict, entry=other))
    assert shapes.look_up(changed()) is None


@pytest.mark.parametrize(
    ("keys", "marks", "filled"),
    [
        ({("metallurgy", "known")}, set(), False),
        ({("textiles", "known")}, set(), True),
        (set(), {"1"}, False),
        (set(), {"2"}, True),
    ],
    ids=["a case", "a case of another", "a listed item", "another listed item"],
)
def test_a_request_with_records_is_worked_out(
    shapes: Shapes, keys: set[tuple[str, str]], marks: set[str], filled: bool
) -> None:
    shapes.teach(changed())
    vars(shapes.context.index).update(_keys=keys, _item_nos=marks)
    assert is_filled(shapes, changed(request_id="known")) is filled


def test_while_newer_records_are_not_read_everything_is_worked_out(shapes: Shapes) -> None:
    shapes.teach(changed())
    shapes.context.store.newest_record = 5
    assert not is_filled(shapes, changed())


def test_who_may_not_read_cases_is_answered_whatever_records_there_are(shapes: Shapes) -> None:
    shapes.teach(changed(), "policy_officer")
    shapes.context.store.newest_record = 5
    assert is_filled(shapes, changed(), "policy_officer")


def test_the_moment_is_that_of_the_round(shapes: Shapes) -> None:
    shapes.teach(changed())
    shapes.at = NOON + dt.timedelta(hours=1)
    found = shapes.look_up(changed())
    assert isinstance(found, FilledAnswer)
    assert found.entry.to_entry().at == shapes.at
