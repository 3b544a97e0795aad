"""What AuthZEN is answered is what `/v1/pre-check` answers: the same request, decision, entry, and faults.

Covers: api.domain.authzen.mapping
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.authzen.call_models import EvaluationCall
from api.domain.authzen.mapping import map_question
from api.ledger.database import Database
from api.ledger.reader import find_decision
from api.parsing.json_values import json_text
from api.parsing.problems import Problem
from api.parsing.requests import read_open_model, read_request
from engine import Outcome
from tests.support.authzen_calls import PLACES, SHIPPED_MAPPING, SHIPPED_POLICIES, call_of, named
from tests.support.desks import Desk, serving
from tests.support.strategies import Plain, requests

VOCABULARY = SHIPPED_POLICIES.vocabulary
JSON = {"Content-Type": "application/json"}


def of_one_line(request: Plain) -> Plain:
    return named(without_empty_groups({**request, "items": request["items"][:1]}))


def without_empty_groups(members: Plain) -> Plain:
    """A request without groups that state nothing: no call can have such."""
    pruned: Plain = {
        name: without_empty_groups(value) if isinstance(value, dict) else value
        for name, value in members.items()
    }
    if "items" in pruned:
        pruned["items"] = [without_empty_groups(line) for line in pruned["items"]]
    return {name: value for name, value in pruned.items() if value != {}}


ONE_LINE = requests().map(of_one_line)


def test_every_fact_can_be_stated() -> None:
    assert {*PLACES} == {"request_id", "item.line", *VOCABULARY.row_facts}


@settings(max_examples=300, deadline=None)
@given(ONE_LINE)
def test_a_question_is_the_request_that_it_states(request: Plain) -> None:
    call = read_open_model(json_text(call_of(request)).encode(), EvaluationCall)
    assert isinstance(call, EvaluationCall), call
    received = map_question(SHIPPED_MAPPING, call, "another id", VOCABULARY)
    expected = read_request(json_text(request).encode(), VOCABULARY)
    if isinstance(expected, Problem):
        assert isinstance(received, Problem)
        assert faults(received) == {(moved(pointer), detail) for pointer, detail in faults(expected)}
    else:
        assert not isinstance(received, Problem), received
        assert received.request == expected.request
        assert read_request(received.body, VOCABULARY) == received


def faults(problem: Problem) -> set[tuple[str, str]]:
    return {(error.pointer or "", error.detail) for error in problem.errors or ()}


def moved(pointer: str) -> str:
    """Where a call states what stands at a place of a request."""
    steps = pointer.removeprefix("/").split("/")
    fact = ".".join(["item", *steps[2:]] if steps[0] == "items" else steps)
    for known, place in PLACES.items():
        if fact == known or fact.startswith(f"{known}."):
            rest = fact.removeprefix(known).replace(".", "/")
            return "/" + "/".join(place) + rest
    raise AssertionError(pointer)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    folder = tmp_path_factory.mktemp("desk")
    with serving(folder) as desk:
        yield desk, folder / "log.db"


def post(desk: Desk, caller: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {desk.keys[caller]}", **JSON}
    return desk.client.post(path, content=json_text(body).encode(), headers=headers)


OWN = ("decision_id", "evaluated_at")
CALLERS = st.sampled_from(["department", "committee", "liaison", "auditor"])


@settings(max_examples=60, deadline=None)
@given(ONE_LINE, CALLERS)
def test_the_decision_is_that_of_a_pre_check(office: tuple[Desk, Path], request: Plain, caller: str) -> None:
    desk, database = office
    checked = post(desk, caller, "/v1/pre-check", request)
    answer = post(desk, caller, "/access/v1/evaluation", call_of(request))
    assert answer.status_code == checked.status_code
    if answer.status_code != 200:
        assert answer.json()["type"] == checked.json()["type"]
        return
    context, decision = answer.json()["context"], checked.json()
    assert answer.json()["decision"] is (decision["outcome"] == Outcome.DELIVER)
    assert context["reason"] == decision["outcome"]
    (line,) = decision["lines"]
    assert [one["properties"] for one in context["obligations"]] == line["duties"]
    assert recorded(database, context["evaluation_id"]) == recorded(database, decision["decision_id"])


def recorded(database: Path, decision_id: str) -> tuple[Mapping[str, Any], Any, Any]:
    """What the log has of a decision beside its id and its time, with the request as it is read again."""
    reader = Database(str(database), read_only=True)
    try:
        with reader.reading() as connection:
            entry = find_decision(connection, decision_id)
    finally:
        reader.dispose()
    assert entry is not None
    decision = json.loads(entry.payloads["decision"])
    request = read_request(entry.payloads["request"], VOCABULARY)
    assert not isinstance(request, Problem)
    members = {name: value for name, value in entry.members.items() if name != "ages"}  # they grow
    return members, request.request, {name: decision[name] for name in decision if name not in OWN}
