"""An interview as JSON: what was written is read back, and whatever else is sent is refused."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.interview.state import ANOTHER_ITEM, Interview, InterviewAnswer, members_of
from api.domain.interview.written import InterviewUnreadable, read_interview, received_of, write_interview
from api.parsing.requests import Received
from conftest import shipped_files
from engine import vocabulary_in

VOCABULARY = vocabulary_in(shipped_files())
STEPS = (
    InterviewAnswer("mission.countries", None, {"mission.countries": ["VN", "CU"]}),
    InterviewAnswer("item.description", 0, {"item.description": "a drill", "item.quantity": Decimal("1.5")}),
    InterviewAnswer("urgency.deadline", None, {"urgency.deadline": dt.date(1965, 3, 20)}),
    InterviewAnswer("trigger", None, {"trigger": None}),
    InterviewAnswer(ANOTHER_ITEM, None, {ANOTHER_ITEM: True}),
    InterviewAnswer("item.published", 1, {"item.published": False}),
)
STATE = Interview(
    "r1",
    as_of=dt.date(1965, 3, 1),
    whole={"department.id": "metallurgy"},
    lines=({"item.kind": "drawing"},),
    more_lines=False,
    steps=STEPS,
)


def test_what_was_written_makes_the_same_request_when_it_is_read() -> None:
    again = read_interview(write_interview(STATE), VOCABULARY)
    assert write_interview(again) == write_interview(STATE)
    assert [(step.fact, step.line) for step in again.steps] == [(step.fact, step.line) for step in STEPS]
    first, second = received_of(VOCABULARY, STATE), received_of(VOCABULARY, again)
    assert isinstance(first, Received)
    assert first == second
    assert members_of(again)["items"][1] == {"line": 2, "published": False}


def with_step(**step: Any) -> dict[str, Any]:
    return {"steps": [{"fact": "trigger", "line": None, "stated": {"trigger": None}, **step}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"request_id": ""},
        {"request_id": "a\u200bb"},
        {"as_of": "1965-02-30"},
        {"as_of": 1},
        {"whole": {"no.fact": 1}},
        {"whole": {"item.kind": "drawing"}},
        {"whole": {"handover.to": "nobody"}},
        {"lines": []},
        {"lines": [{"trigger": "host_offer"}]},
        {"lines": [{"item.quantity": -1}]},
        {"lines": [{}] * 1001},
        {"steps": [{}]},
        {"more": 1},
        with_step(stated={}),
        with_step(stated={"handover.to": "mission"}),
        with_step(stated={"trigger": "nothing"}),
        with_step(stated={"trigger": None, "item.kind": "drawing"}),
        with_step(line=0),
        with_step(fact="item.kind", line=None, stated={"item.kind": "drawing"}),
        with_step(fact="item.unit", line=1, stated={"item.unit": "kg"}),
        with_step(fact="item.kind", line=0, stated={"item.kind": "drawing"}),
        with_step(fact="items", stated={"items": False}),
        with_step(fact="items", line=0, stated={"items": True}),
        with_step(fact="as_of", stated={"as_of": "1965-03-01"}),
        with_step(fact="mission.country", stated={"mission.country": "VN"}),
    ],
)
def test_whatever_is_no_interview_in_these_words_is_refused(changes: dict[str, Any]) -> None:
    state = {**json.loads(write_interview(STATE)), **changes}
    with pytest.raises(InterviewUnreadable):
        read_interview(json.dumps(state), VOCABULARY)


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)).map(json.dumps)
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InterviewUnreadable):
        read_interview(text, VOCABULARY)
