"""A denial that is requestable opens a case, and the question is answered by what is recorded of it.

Covers: api.domain.authzen.access_requests, api.services.authzen.access_requests,
api.http.routes.authzen.access_requests
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.authzen_calls import call_of, named
from tests.support.desks import URGENT, Desk, fact, serving

EVALUATION, REQUESTS = "/access/v1/evaluation", "/access/v1/requests"
ERROR = "urn:openid:authzen:access-request:error:"
NUMBERS = itertools.count(1)

Call = dict[str, Any]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


def urgent(**changes: Any) -> Call:
    """A question whose answer is that it has to be reported first, under an id of its own."""
    department = {name: value for name, value in URGENT["department"].items() if name != "id"}
    request = {**URGENT, "request_id": f"question {next(NUMBERS)}", "department": department, **changes}
    return call_of(named(request))


def ask(desk: Desk, call: Call, caller: str = "department") -> Any:
    answer = desk.call(caller, "POST", EVALUATION, call)
    assert answer.status_code == 200, answer.text
    return answer.json()


def denial_of(answer: Any) -> Call:
    context = answer["context"]
    return {"evaluation_id": context["evaluation_id"], "expires_at": context["access_request"]["expires_at"]}


def request_access(
    desk: Desk, call: Call, answer: Any, caller: str = "department", **more: Any
) -> httpx.Response:
    return desk.call(caller, "POST", REQUESTS, {**call, "denial": denial_of(answer)}, **more)


def test_a_denial_says_that_it_is_requestable_and_stays_a_denial(desk: Desk) -> None:
    answer = ask(desk, urgent())
    context = answer["context"]
    assert (answer["decision"], context["reason"]) == (False, "escalate_urgent")
    waited = dt.datetime.fromisoformat(context["access_request"]["expires_at"]) - dt.datetime.fromisoformat(
        context["evaluated_at"]
    )
    assert waited == dt.timedelta(hours=24)


@pytest.mark.parametrize("caller", ["auditor", "liaison", "policy_officer"])
def test_it_says_so_to_nobody_who_may_open_no_case(desk: Desk, caller: str) -> None:
    call = urgent(department={"id": "metallurgy"})
    assert "access_request" not in ask(desk, call, caller)["context"]


def test_it_says_so_of_no_other_denial(desk: Desk) -> None:
    call = urgent(urgency={"time_sensitive": False, "eagerly_wanted": False})
    answer = ask(desk, call)
    assert answer["context"]["reason"] == "route_bilateral"
    assert "access_request" not in answer["context"]


def test_a_request_opens_the_case_and_what_is_recorded_of_it_answers_the_question(desk: Desk) -> None:
    call = urgent()
    answer = ask(desk, call)
    opened = request_access(desk, call, answer)
    assert opened.status_code == 202, opened.text
    task = opened.json()["task"]
    assert opened.headers["location"] == task["status_endpoint"]
    assert task["status"] == "pending"
    assert desk.case(task["id"])["request_id"] == call["context"]["request_id"]

    address = task["status_endpoint"].removeprefix(str(desk.client.base_url).rstrip("/"))
    pending = desk.call("department", "GET", address).json()
    assert pending["task"]["status"] == "pending"
    assert "committee" in pending["task"]["progress"]["awaiting"]
    again = ask(desk, {**call, "context": {**call["context"], "approval": {"id": task["id"]}}})
    assert "access_request" not in again["context"]
    assert again["context"]["next_action"] == "retry"

    desk.record("committee", task["id"], fact("item.channel.consultation", "refused", "1965-03-01"),
                fact("item.channel.reported_to_committee", True, "1965-03-01"))  # fmt: skip
    denied = desk.call("department", "GET", address).json()
    assert (denied["task"]["status"], "result" in denied) == ("denied", False)
    last = ask(desk, {**call, "context": {**call["context"], "approval": {"id": task["id"]}}})
    assert (last["context"]["reason"], last["context"]["next_action"]) == ("refuse", "none")


AGREED = {
    "item.legacy_list": "none",
    "item.channel.reported_to_committee": True,
    "item.channel.consultation": "agreed",
    "item.channel.committee_agrees": True,
    "item.channel.accepted_as_project": True,
    "item.channel.inclusion": "agreed_to_include",
    "item.channel.inclusion_session": 8,
}
BY_THE_COMMITTEE = {"by": "committee", "to": "counterpart_institution"}


def test_an_approval_leads_a_question_without_an_id_to_its_case(desk: Desk) -> None:
    call = urgent(handover=BY_THE_COMMITTEE)
    del call["context"]["request_id"]
    del call["context"]["as_of"]
    answer = ask(desk, call)
    task = request_access(desk, call, answer).json()["task"]
    desk.record("committee", task["id"], *(fact(name, value, "1965-03-01") for name, value in AGREED.items()))
    found = desk.call("department", "GET", f"{REQUESTS}/{task['id']}").json()
    assert found["task"]["status"] == "approved", found
    assert found["result"]["mode"] == "reevaluate"
    approval = found["result"]["approval"]
    assert dt.datetime.fromisoformat(approval["approved_until"]) > dt.datetime.now(dt.UTC)

    assert ask(desk, call)["decision"] is False, "another question, of nobody's case"
    approved = {**call, "context": {**call["context"], "approval": approval}}
    assert ask(desk, approved)["decision"] is True
    other_item = {**call["resource"]["properties"], "description": "drawings of another mill"}
    other = {**approved, "resource": {**call["resource"], "properties": other_item}}
    swapped = ask(desk, other)
    assert swapped["decision"] is False, "an approval is for the item that it was given for"
    foreign = desk.call("other", "POST", EVALUATION, approved).json()
    assert foreign["decision"] is False, "an approval is for the department that asked"


def test_a_repeated_request_is_the_same(desk: Desk) -> None:
    call = urgent()
    answer = ask(desk, call)
    first, second = (request_access(desk, call, answer) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    key = {"Idempotency-Key": f"another {next(NUMBERS)}".replace(" ", "-")}
    third = request_access(desk, call, answer, headers=key)
    assert (third.status_code, third.json()["type"]) == (409, f"{ERROR}duplicate_request")


def test_a_key_stands_for_one_request(desk: Desk) -> None:
    key = {"Idempotency-Key": f"key-{next(NUMBERS)}"}
    calls = [urgent(), urgent()]
    answers = [ask(desk, call) for call in calls]
    first, second = (
        request_access(desk, call, answer, headers=key) for call, answer in zip(calls, answers, strict=True)
    )
    assert first.status_code == 202, first.text
    assert (second.status_code, second.json()["type"]) == (409, f"{ERROR}duplicate_request")


def changed(call: Call, part: str, **changes: Any) -> Call:
    return {**call, part: {**call[part], **changes}}


@pytest.mark.parametrize(
    "other",
    [
        lambda call: changed(call, "subject", id="another mission"),
        lambda call: changed(call, "action", properties={"by": "other"}),
        lambda call: changed(call, "resource", properties={"kind": "sample"}),
        lambda call: changed(call, "context", trigger="host_offer"),
        lambda call: {name: part for name, part in call.items() if name != "context"},
        lambda call: changed(call, "context", request_id="another question"),
    ],
    ids=["subject", "action", "resource", "context", "no context", "id"],
)
def test_a_request_about_another_question_is_refused(desk: Desk, other: Any) -> None:
    call = urgent()
    answer = ask(desk, call)
    refused = request_access(desk, other(call), answer)
    assert (refused.status_code, refused.json()["type"]) == (400, f"{ERROR}invalid_denial_binding")
    assert request_access(desk, call, answer).status_code == 202


def test_what_says_nothing_to_the_policies_may_be_added(desk: Desk) -> None:
    call = urgent()
    answer = ask(desk, call)
    assert (
        request_access(desk, changed(call, "context", justification="the furnace"), answer).status_code == 202
    )


@pytest.mark.parametrize(
    "denial",
    [
        {"evaluation_id": "nobody's"},
        {"evaluation_id": "a\0b"},
        {"evaluation_id": ""},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
        {"expires_at": "2026-01-01T00:00:00"},
    ],
    ids=["an unknown id", "an impossible id", "no id", "another time", "no time", "a time of nowhere"],
)
def test_a_denial_that_is_not_the_one_that_was_given_is_refused(desk: Desk, denial: Call) -> None:
    call = urgent()
    sent = {**call, "denial": {**denial_of(ask(desk, call)), **denial}}
    refused = desk.call("department", "POST", REQUESTS, sent)
    assert (refused.status_code, refused.json()["type"]) == (400, f"{ERROR}invalid_denial_binding")


def test_the_denial_of_another_department_is_not_known(desk: Desk) -> None:
    call = urgent()
    answer = ask(desk, call)
    refused = request_access(desk, call, answer, "other")
    assert (refused.status_code, refused.json()["type"]) == (400, f"{ERROR}invalid_denial_binding")


def test_a_denial_that_is_not_requestable_is_refused(desk: Desk) -> None:
    call = urgent(urgency={"time_sensitive": False, "eagerly_wanted": False})
    context = ask(desk, call)["context"]
    denial = {"evaluation_id": context["evaluation_id"], "expires_at": context["evaluated_at"]}
    refused = desk.call("department", "POST", REQUESTS, {**call, "denial": denial})
    assert (refused.status_code, refused.json()["type"]) == (400, f"{ERROR}not_requestable")


def test_an_unknown_request_is_not_found(desk: Desk) -> None:
    answer = desk.call("department", "GET", f"{REQUESTS}/nobody")
    assert (answer.status_code, answer.json()["type"]) == (404, f"{ERROR}unknown_task")


def test_it_is_announced(desk: Desk) -> None:
    found = desk.client.get("/.well-known/authzen-configuration").json()
    assert found["access_request_endpoint"].endswith(REQUESTS)
    assert found["capabilities"] == ["urn:openid:authzen:capability:access-request"]
