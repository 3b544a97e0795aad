"""For any text: a request in NFC and in NFD is the same request, finds the same case and gets the same answer."""

import datetime as dt
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from api.domain.cases.recordable_facts import marks_of
from api.parsing.problems import Problem
from api.parsing.requests import Received, read_model, read_recorded_request, read_request, read_sound_request
from api.parsing.stated_texts import form_member, may_mislead
from api.parsing.strict_json import DoubtError
from engine import PolicySet, Request, decide
from tests.support.shipped_words import VERSION_1

MOMENT = dt.datetime(1965, 3, 1, tzinfo=dt.UTC)
LETTERS = st.characters(exclude_categories=["Cs"])
ACCENTED = st.sampled_from(
    "e\u0301 \u00e9 o\u0302\u0323 \u1ed9 \uac01 \u1100\u1161\u11a8 \u212b \u0344 \u0958 \u2126 n\u0303".split()
)
TEXTS = st.lists(ACCENTED | LETTERS, min_size=1, max_size=12).map("".join)


def request_with(text: str) -> dict[str, Any]:
    return {
        "request_id": text,
        "department": {"id": text, "name": text},
        "mission": {"countries": ["KP"], "name": text, "organiser": text},
        "visit": {"place": text},
        "items": [{"line": text, "description": text, "unit": text, "kind": "drawing"}],
    }


def bodies_of(text: str) -> list[bytes]:
    """The request in both forms, each as letters and as escapes."""
    forms = (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text), text)
    return [
        json.dumps(request_with(form), ensure_ascii=ascii_only).encode()
        for form in forms
        for ascii_only in (False, True)
    ]


@given(TEXTS)
@example("e\u0301")
@example("\u0301e")
@example("/\u0338")
@example('\\\u0301"\u0301')
def test_the_forms_of_a_request_are_one_request(shipped: PolicySet, text: str) -> None:
    found = [read_request(body, VERSION_1) for body in bodies_of(text)]
    first, *others = found
    if isinstance(first, Problem):
        assert all(isinstance(other, Problem) for other in others)
        return
    requests = [one.request for one in found if isinstance(one, Received)]
    assert len(requests) == len(found)
    assert {request.request_id for request in requests} == {unicodedata.normalize("NFC", text)}
    assert set(filter(None, map(VERSION_1.office_of, requests))) == {requests[0].request_id}
    assert {mark for request in requests for mark in marks_of(request)} == {requests[0].request_id}
    answers = {
        decide(shipped, request, decision_id="d", evaluated_at=MOMENT).to_json() for request in requests
    }
    assert len(answers) == 1


@given(TEXTS)
def test_what_was_taken_is_read_back_as_it_was_taken(text: str) -> None:
    for body in bodies_of(text):
        taken = read_request(body, VERSION_1)
        assume(isinstance(taken, Received))
        assert isinstance(taken, Received)
        assert read_recorded_request(body, form_member(body), VERSION_1) == taken.request
        as_received = read_recorded_request(body, {}, VERSION_1)
        assert isinstance(as_received, Request)
        assert as_received.request_id == json.loads(body)["request_id"]


@given(TEXTS)
@example("e\u0301")
@example("two\nlines")
def test_the_fast_reading_takes_a_text_as_the_strict_one_does(text: str) -> None:
    for body in bodies_of(text):
        try:
            fast: object = read_sound_request(body, VERSION_1)
        except DoubtError:
            continue
        assert fast == read_model(body, VERSION_1.request)


@given(st.text(LETTERS, min_size=1, max_size=5))
def test_what_the_bytes_do_not_betray_has_no_fault(text: str) -> None:
    for body in bodies_of(text):
        if not may_mislead(body):
            assert unicodedata.is_normalized("NFC", json.loads(body)["request_id"])
            assert isinstance(read_request(body, VERSION_1), Received)


def test_a_form_that_is_not_known_is_not_guessed() -> None:
    body = json.dumps(request_with("e\u0301")).encode()
    with pytest.raises(ValueError, match="in a form that is not known"):
        read_recorded_request(body, {"normal_form": "NFKC"}, VERSION_1)
