"""The Python client against a running service: both kinds, typed answers, problems, what is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from channelgate_client import AsyncClient, Client, NoAnswer, NotUnderstood, ProblemAnswer, Retries
from channelgate_client.answers import Answer
from channelgate_client.generated import models
from tests.clients.conftest import ServedOffice, example, permitted_today

AT_ONCE = Retries(first_pause=0)


@pytest.fixture(scope="module")
def committee(served: ServedOffice) -> Iterator[Client]:
    with Client(served.url, served.keys["committee"], timeout=60) as client:
        yield client


def test_an_answer_is_typed_and_read_again(committee: Client) -> None:
    decision = committee.pre_check(example("deliver"))
    assert isinstance(decision, models.AnsweredDecision)
    assert decision.outcome is models.Outcome.DELIVER
    assert committee.read_decision(decision.decision_id).lines == decision.lines


def test_an_explanation_is_another_type(committee: Client) -> None:
    assert isinstance(committee.pre_check(example("refuse"), explain="full"), models.ExplainedDecision)


def test_a_list_has_a_problem_in_the_place_of_what_is_no_request(committee: Client) -> None:
    decision, problem = committee.pre_checks([example("hold"), {"request_id": "x"}])
    assert isinstance(decision, models.AnsweredDecision)
    assert isinstance(problem, models.Problem)


def test_a_problem_is_raised_with_its_places(committee: Client) -> None:
    with pytest.raises(ProblemAnswer, match=r"^400 .*\n/trigger: ") as raised:
        committee.pre_check(example("deliver", trigger="ad_hoc_reqest"))
    (fault,) = raised.value.problem.errors or ()
    assert (fault.pointer, fault.suggestion) == ("/trigger", "ad_hoc_request")


def test_who_has_no_credential_is_refused(served: ServedOffice) -> None:
    with Client(served.url) as nobody, pytest.raises(ProblemAnswer, match="401"):
        nobody.read_checkpoint()


def test_a_case_is_opened_once_under_one_key_and_carried_on_by_its_version(committee: Client) -> None:
    request = example("hold", request_id="a-case-by-a-client")
    request["department"] = request["department"] | {"id": "metallurgy"}
    opened = committee.post_case(request, idempotency_key="one")
    assert committee.post_case(request, idempotency_key="one") == opened
    case = committee.read_case(opened.case_id)
    fact: Any = {
        "fact": "item.channel.committee_agrees",
        "line": case.decision.lines[0].line,
        "value": True,
        "happened_on": "1965-03-01",
        "evidence": "minutes no. 3",
    }
    committee.post_facts(opened.case_id, {"facts": [fact]}, if_match=f'"{case.version}"')
    with pytest.raises(ProblemAnswer, match="412"):
        committee.post_facts(opened.case_id, {"facts": [fact]}, if_match=f'"{case.version}"')


def test_a_dry_run_is_another_type(committee: Client) -> None:
    decision = committee.pre_check(permitted_today())
    tried = committee.post_clearance({"decision_id": decision.decision_id}, dry_run=True)
    assert isinstance(tried, models.DryRunOfIssuedClearance)


def test_every_call_that_reads_without_a_name_is_understood(served: ServedOffice) -> None:
    with Client(served.url, served.keys["auditor"], timeout=60) as auditor:
        for read in (
            auditor.read_cases,
            auditor.read_handovers,
            auditor.read_reconcile,
            auditor.read_policies,
            auditor.read_upcoming,
            auditor.read_vocabulary,
            auditor.read_register_lists,
            auditor.read_register_report,
            auditor.read_due,
            auditor.read_log_entries,
            auditor.read_health,
            auditor.read_readiness,
        ):
            assert isinstance(read(), Answer), read.__name__


def test_the_client_for_async_does_the_same(served: ServedOffice, committee: Client) -> None:
    async def decide() -> models.AnsweredDecision:
        async with AsyncClient(served.url, served.keys["committee"], timeout=60) as client:
            decision = await client.pre_check(example("deliver"))
            return await client.read_decision(decision.decision_id)

    decision = asyncio.run(decide())
    assert committee.read_decision(decision.decision_id) == decision


# -- what is sent again --------------------------------------------------------------------------------------

Handler = Callable[[httpx.Request], httpx.Response]
PROBLEM = {
    "type": "/problems/not-recorded",
    "title": "No log.",
    "status": 503,
    "detail": "Hand nothing over.",
}
KEYED = {"decision_id": "d"}


def come_back(_: httpx.Request) -> httpx.Response:
    return httpx.Response(503, headers={"Retry-After": "0"}, json=PROBLEM)


def in_json(content: str, _: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=content, headers={"Content-Type": "application/json"})


def busy(_: httpx.Request) -> httpx.Response:
    return httpx.Response(503, text="busy")


def gateway(_: httpx.Request) -> httpx.Response:
    return httpx.Response(502, text="bad gateway")


def broken(_: httpx.Request) -> httpx.Response:
    return httpx.Response(500, text="broken")


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("the connection was lost", request=request)


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)


def attempts(make: Callable[[Client], Any], handler: Handler) -> list[httpx.Request]:
    """The attempts of a call to a service that always does the same."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return handler(request)

    with httpx.Client(transport=httpx.MockTransport(handle)) as http:
        client = Client("http://service", http=http, retries=AT_ONCE)
        with pytest.raises((NoAnswer, NotUnderstood, ProblemAnswer)):
            make(client)
    return seen


def reading(client: Client) -> Any:
    return client.read_policies()


def asking(client: Client) -> Any:
    return client.pre_check({"request_id": "r", "items": []})


def recording(client: Client) -> Any:
    return client.post_clearance({"decision_id": "d"})


@pytest.mark.parametrize(
    ("handler", "make", "times"),
    [
        (come_back, reading, 4),
        (come_back, asking, 4),
        (come_back, recording, 4),
        (busy, reading, 4),
        (busy, asking, 1),
        (busy, recording, 4),
        (gateway, reading, 4),
        (gateway, asking, 1),
        (gateway, recording, 4),
        (broken, reading, 1),
        (broken, asking, 1),
        (broken, recording, 1),
        (lost, reading, 4),
        (lost, asking, 1),
        (lost, recording, 4),
        (unreachable, reading, 4),
        (unreachable, asking, 4),
        (unreachable, recording, 4),
    ],
)
def test_only_what_is_safe_is_sent_again(handler: Handler, make: Callable[[Client], Any], times: int) -> None:
    seen = attempts(make, handler)
    assert len(seen) == times
    assert len({request.headers.get("idempotency-key") for request in seen}) == 1


def test_a_call_that_records_has_a_key_of_its_own(committee: Client) -> None:
    (first, *_), (second, *_) = attempts(recording, lost), attempts(recording, lost)
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]


def test_nobody_waits_longer_than_the_call_may_take() -> None:
    def much_later(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"Retry-After": "3600"}, json=PROBLEM)

    assert len(attempts(reading, much_later)) == 1


def test_an_answer_of_another_form_is_not_understood() -> None:
    for content in ("{}", '{"name": 1}', "[]", "{"):
        assert len(attempts(reading, partial(in_json, content))) == 1


def test_a_word_that_is_not_known_is_not_understood(committee: Client) -> None:
    answer = committee.pre_check(example("deliver")).model_dump(mode="json") | {"outcome": "deliver_later"}
    assert len(attempts(asking, lambda _: httpx.Response(200, json=answer))) == 1
