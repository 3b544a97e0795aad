"""Every answer in JSON is as the OpenAPI document says, and has no member that it does not declare.

Covers: api.domain.cases.answers, api.domain.dues.answers, api.domain.handovers.answers,
api.domain.registers.answers, api.domain.upcoming, api.http.openapi
"""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.domain.authzen.call_models import OpenPart
from api.ledger.backup import back_up, restore
from api.ledger.database import Database
from tests.support.approving import approving, make_office
from tests.support.authzen import FIXTURES, action, answering, entity, user
from tests.support.authzen_calls import call_of, named
from tests.support.desks import KEYS, ROOT, URGENT, fact
from tests.support.handing_over import DELIVER, cleared, decided, hand_over, issue
from tests.support.register_desks import RegisterDesk, serving_registers
from tests.support.schema_validator import find_faults

OUTCOMES = sorted(file.stem for file in (ROOT / "examples").glob("*.json"))
CALLERS = ("committee", "auditor", "liaison")


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path_factory.mktemp("answers")) as opened:
        yield opened


@pytest.fixture(scope="module")
def document(registers: RegisterDesk) -> Any:
    return registers.desk.client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def answers(
    registers: RegisterDesk, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, httpx.Response]]:
    """Each operation with its answers, in a service that holds something of everything."""
    return [
        *answers_of(registers),
        *of_proposals(tmp_path_factory.mktemp("proposals")),
        *of_searches(tmp_path_factory.mktemp("searches")),
    ]


def answers_of(registers: RegisterDesk) -> Iterator[tuple[str, httpx.Response]]:
    desk = registers.desk

    def call(
        operation: str, body: Any = None, *, query: str = "", seen: int | None = None, **names: Any
    ) -> Any:
        method, _, path = operation.partition(" ")
        headers = {"Idempotency-Key": f"k{next(KEYS)}"} if method == "POST" else {}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        for caller in CALLERS:
            answer = desk.call(caller, method, path.format(**names) + query, body, headers=headers)
            if answer.status_code != 403:
                break
        assert answer.status_code in (200, 201, 202), answer.text
        return answer

    def given(operation: str, *arguments: Any, **more: Any) -> tuple[str, httpx.Response]:
        return operation, call(operation, *arguments, **more)

    yield given("GET /healthz")
    yield given("GET /readyz")
    yield given("GET /v1/policies")
    for query in ("", "?from=1964-10-01&until=1966-12-31"):
        yield given("GET /v1/policies/upcoming", query=query)
    yield given("GET /v1/vocabulary")
    for policy in desk.client.get("/v1/policies", headers=bearer(registers)).json()["policies"]:
        yield given("GET /v1/policies/{name}", name=policy["name"])
    requests = [json.loads((ROOT / "examples" / f"{outcome}.json").read_text()) for outcome in OUTCOMES]
    for request in requests:
        yield given("POST /v1/pre-check", request)
        yield given("POST /v1/pre-check", request, query="?explain=full")
    yield given("POST /v1/pre-checks", [*requests, {"request_id": 7}])
    yield from of_cases(desk, given)
    yield from of_handovers(desk, given)
    yield from of_registers(registers, given)
    yield from of_authzen(given)
    yield given("GET /v1/due")
    yield given("GET /v1/due", query="?as_of=1966-12-31")
    yield given("GET /v1/keys")
    yield given("POST /v1/keys/rotation")
    yield given("POST /v1/keys/{name}/revocation", name="other")
    yield given("GET /v1/log/checkpoint")
    yield given("GET /v1/log/entries")
    yield given("GET /v1/log/entries", query="?limit=2&after=3")
    yield given("GET /v1/log/tile/{tile}", tile="0/000.p/1")
    yield given("GET /v1/log/entry/{sequence}", sequence=0)


def of_searches(folder: Path) -> Iterator[tuple[str, httpx.Response]]:
    """Searches, in a service whose policies list what can be found."""
    call = {"subject": user("alice"), "action": action("read"), "resource": entity("record", "record-1")}
    with answering(folder, FIXTURES / "certification" / "policies") as client:
        for kind in ("subject", "resource", "action"):
            for page in ({}, {"page": {"limit": 1}}):
                operation = f"POST /access/v1/search/{kind}"
                yield operation, client.post(f"/access/v1/search/{kind}", json={**call, **page})


def of_authzen(given: Any) -> Iterator[tuple[str, httpx.Response]]:
    call = call_of(named({**URGENT, "department": {"id": "metallurgy"}, "request_id": "a question"}))
    yield given("GET /.well-known/authzen-configuration")
    evaluated = given("POST /access/v1/evaluation", call)
    yield evaluated
    yield given("POST /access/v1/evaluations", call)
    yield given("POST /access/v1/evaluations", {**call, "evaluations": [{}, {"action": {}}]})
    yield given("POST /access/v1/search/action", {**call, "page": {"limit": 1}})
    context = evaluated[1].json()["context"]
    denial = {
        "evaluation_id": context["evaluation_id"],
        "expires_at": context["access_request"]["expires_at"],
    }
    opened = given("POST /access/v1/requests", {**call, "denial": denial})
    yield opened
    yield given("GET /access/v1/requests/{case_id}", case_id=opened[1].json()["task"]["id"])


def of_cases(desk: Any, given: Any) -> Iterator[tuple[str, httpx.Response]]:
    urgency = {"deadline": "1965-04-01", "time_sensitive": True, "eagerly_wanted": True}
    body = {**DELIVER, "request_id": "case of answers", "urgency": urgency}
    opened = given("POST /v1/cases", body)
    yield opened
    case_id = opened[1].json()["case_id"]
    stated = [
        fact("item.legacy_list", "none"),
        fact("item.quantity", 2.5),
        fact("urgency.ground", None),
        fact("mission.countries", ["KP"]),
    ]
    facts = "POST /v1/cases/{case_id}/facts"
    seen = opened[1].json()["version"]
    yield given(facts, {"facts": stated}, seen=seen, case_id=case_id)
    position = seen + 1
    again = fact("item.legacy_list", "none", supersedes=position)
    yield given(facts, {"facts": [again]}, seen=seen + len(stated), case_id=case_id)
    desk.opened(request_id="another case of answers")
    for number in range(2):
        urgent = {**URGENT, "department": {"id": "metallurgy"}, "request_id": f"urgent {number}"}
        yield given("POST /v1/pre-check", urgent)
    first, _ = given("GET /v1/cases")[1].json()["urgent_without_case"]
    from_decision = given("POST /v1/cases", {"decision_id": first["decision_id"]})
    yield from_decision
    yield given("POST /v1/pre-check", {**urgent, "request_id": first["request_id"]})
    yield given("POST /v1/clearances", {"case_id": case_id, "planned_on": "1965-03-02"})
    for query in ("", "?held_on=1965-03-02"):
        yield given("GET /v1/cases/{case_id}", case_id=case_id, query=query)
    for query in ("", "?limit=1", "?held_on=1965-03-02&sort=deadline"):
        yield given("GET /v1/cases", query=query)


def of_handovers(desk: Any, given: Any) -> Iterator[tuple[str, httpx.Response]]:
    decision_id = decided(desk)["decision_id"]
    yield given("GET /v1/decisions/{decision_id}", decision_id=decision_id)
    yield given("GET /v1/decisions/{decision_id}/proof", decision_id=decision_id)
    body = {"decision_id": decision_id}
    issued = given("POST /v1/clearances", body)
    yield issued
    yield given("POST /v1/clearances", body)
    clearance_id = issued[1].json()["clearance_id"]
    cleared(desk)
    in_order = hand_over(desk, clearance=clearance_id)
    hand_over(desk, department=None, trigger="host_offer", border_area="none", request_id="r 1")
    yield given("GET /v1/clearances/{clearance_id}", clearance_id=clearance_id)
    yield given(
        "POST /v1/handovers",
        {**HANDED, "clearance": issue(desk, decided(desk)["decision_id"]).json()["note"]},
    )
    transfer = {"recorded_on": "1965-03-20", "reference": "protocol 7"}
    handover_id = in_order["handover_id"]
    yield given("POST /v1/handovers/{handover_id}/transfer", transfer, handover_id=handover_id)
    yield given("GET /v1/handovers/{handover_id}", handover_id=handover_id)
    twice, never = (hand_over(desk)["handover_id"] for _ in range(2))
    reason = {"reason": "it stood twice"}
    yield given("POST /v1/handovers", {**HANDED, "supersedes": twice, **reason})
    yield given("POST /v1/handovers/{handover_id}/withdrawal", reason, handover_id=never)
    for corrected in (twice, never):
        yield given("GET /v1/handovers/{handover_id}", handover_id=corrected)
    for query in ("", "?limit=1", "?status=breach"):
        yield given("GET /v1/handovers", query=query)
    for query in ("", "?as_of=1965-12-31", "?as_of=1965-03-02"):
        yield given("GET /v1/reconcile", query=query)


def of_registers(registers: RegisterDesk, given: Any) -> Iterator[tuple[str, httpx.Response]]:
    event = "POST /v1/registers/events"
    paper = {"reference": "letter 4", "remarks": "as agreed"}
    for body in EVENTS:
        yield given(event, {**body, **paper})
    yield given("GET /v1/registers")
    yield given("GET /v1/registers/report")
    for list_id, query in (("important", ""), ("organised", "?limit=1")):
        yield given("GET /v1/registers/lists/{list_id}", list_id=list_id, query=query)
    for item_no in ("A-1", "B-1", "B-2", "D-1"):
        yield given("GET /v1/registers/items/{item_no}", item_no=item_no)
    for query in ("", "?session=8", "?item_no=B-1", "?list_id=important"):
        yield given("GET /v1/registers/events", query=query)
    for number in (8, 9):
        yield given("GET /v1/registers/sessions/{number}", number=number)
    yield given("GET /v1/registers/pages/confirmation-list")
    yield given("GET /v1/registers/pages/agenda", query="?session=9")
    yield given("GET /v1/registers/pages/memorandum", query="?session=8")


def of_proposals(folder: Path) -> Iterator[tuple[str, httpx.Response]]:
    """The calls about proposals, in a service that requires approvals."""
    office = make_office(folder)
    with approving(office) as clients:

        def given(
            operation: str, body: Any = None, caller: str = "auditor", **names: str
        ) -> tuple[str, httpx.Response]:
            method, _, path = operation.partition(" ")
            response = clients.call(caller, method, path.format(**names), body)
            assert response.status_code in (200, 201, 202), response.text
            return operation, response

        files = {name: text.decode() for name, text in office.files().items()}
        before = clients.get("auditor", "/v1/approvers")["in_force"]["revision"]
        changed = {
            **files,
            "directive.yaml": files["directive.yaml"].replace("looks at this first", "looks first"),
        }
        made = given("POST /v1/proposals", {"wish": "shorter", "files": changed}, "officer-1")
        yield made
        one = {"proposal_id": str(made[1].json()["proposal_id"])}
        yield given("GET /v1/proposals/{proposal_id}", **one)
        clients.await_evidence(one["proposal_id"])
        yield given("GET /v1/proposals/{proposal_id}/evidence", **one)
        yield given("POST /v1/proposals/{proposal_id}/evidence", caller="officer-2", **one)
        approval = "POST /v1/proposals/{proposal_id}/approvals"
        yield given(approval, {}, "officer-2", **one)
        yield given(f"{approval}/withdrawal", {}, "officer-2", **one)
        for officer in ("officer-2", "officer-3", "head-1"):
            yield given(approval, {}, officer, **one)
        yield given("POST /v1/proposals/{proposal_id}/activation", {}, "officer-2", **one)
        yield given("POST /v1/policies/return", {"revision": before, "reason": "an emergency"}, "head-1")
        for ended, caller in (("rejection", "officer-2"), ("withdrawal", "officer-1")):
            other = clients.propose(files=changed, wish=ended)
            body = {"reason": "not now"} if ended == "rejection" else {}
            yield given(f"POST /v1/proposals/{{proposal_id}}/{ended}", body, caller, proposal_id=other)
        yield given(
            "POST /v1/approvers/{officer}/revocation",
            {"reason": "another office"},
            "head-1",
            officer="officer-4",
        )
        yield given("GET /v1/proposals")
        yield given("GET /v1/approvers")
    backup, restored = Path(folder / "backup.db"), str(folder / "restored.db")
    source, target = Database(office.database), Database(restored)
    back_up(source, backup, dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))
    restore(backup, target)
    source.dispose()
    target.dispose()
    with approving(office, database=restored) as clients:
        call = "POST /v1/policies/confirmation"
        yield call, clients.call("head-1", "POST", call.removeprefix("POST "), {"revision": before})


HANDED = {
    "countries": ["KP"],
    "department": "metallurgy",
    "handed_over_on": "1965-03-02",
    "by": "committee",
    "to": "counterpart_institution",
    "recipient": "the secretary of the Trade Attache",
    "mode": "hand",
    "items": [{"line": 1, "description": "drawings", "quantity": 1.5, "unit": "set", "kind": "drawing"}],
    "evidence": "receipt no. 4",
}
EVENTS: list[dict[str, Any]] = [
    {"kind": "list_sent", "happened_on": "1965-02-01", "lists": ["organised"]},
    {
        "kind": "confirmation",
        "happened_on": "1965-02-10",
        "answers": [{"item_no": "B-1", "state": "confirmed"}, {"item_no": "B-2", "state": "declined"}],
    },
    {"kind": "delivered", "happened_on": "1965-02-20", "items": ["B-1"]},
    {"kind": "transfer_recorded", "happened_on": "1965-02-25", "items": ["B-1"]},
    {"kind": "list_submitted", "happened_on": "1965-03-01", "lists": ["important"]},
    {
        "kind": "session_opened",
        "happened_on": "1965-10-01",
        "session": 8,
        "country": "KP",
        "place": "Pyongyang",
    },
    {"kind": "supplementary_asked", "happened_on": "1965-10-02", "session": 8, "lists": ["important"]},
    {
        "kind": "resolution",
        "happened_on": "1965-10-19",
        "session": 8,
        "number": "8/2",
        "form": "supplementary",
        "lists": ["northeast"],
        "items": ["A-2"],
        "projects": ["8-14"],
    },
    {"kind": "session_closed", "happened_on": "1965-10-20", "session": 8},
    {"kind": "confirmation", "happened_on": "1965-10-21", "items": ["B-3"], "state": "pending"},
    {"kind": "memorandum", "happened_on": "1965-10-25", "session": 8, "lists": ["important"]},
]


def bearer(registers: RegisterDesk) -> dict[str, str]:
    return {"Authorization": f"Bearer {registers.desk.keys['committee']}"}


def test_every_answer_is_as_the_document_says(
    answers: list[tuple[str, httpx.Response]], document: Any
) -> None:
    faults: dict[str, list[str]] = {}
    for operation, answer in answers:
        method, _, path = operation.partition(" ")
        content = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]["content"]
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in content, operation
        if media_type == "application/json":
            schema = content[media_type]["schema"]
            assert schema, f"{operation} declares nothing"
            faults.setdefault(operation, []).extend(find_faults(answer.json(), schema, document))
    assert {operation: found for operation, found in faults.items() if found} == {}


def test_every_operation_has_been_answered(answers: list[tuple[str, httpx.Response]], document: Any) -> None:
    operations = {
        f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
    }
    assert {operation for operation, _ in answers} == operations


def test_every_outcome_has_been_answered(answers: list[tuple[str, httpx.Response]]) -> None:
    decided = [answer.json() for operation, answer in answers if operation == "POST /v1/pre-check"]
    assert {decision["outcome"] for decision in decided} == set(OUTCOMES)
    assert len(OUTCOMES) == 9


def open_models(model: type[OpenPart]) -> Iterator[str]:
    """The names of the parts of calls of AuthZEN: what they do not know they ignore."""
    for inner in model.__subclasses__():
        yield inner.__name__
        yield from open_models(inner)


def test_only_the_entries_of_the_log_and_calls_of_authzen_have_members_that_are_not_declared(
    document: Any,
) -> None:
    open_to_more = {
        name
        for name, schema in document["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    }
    open_calls = {*open_models(OpenPart)} - {"SearchCall"}  # by now all calls are loaded
    assert open_to_more == {"LogEntryAnswer", *open_calls}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"kind": "a"}, "`number` is missing"),
        ({"kind": "a", "number": 1, "more": 1}, "`more` is not declared"),
        ({"kind": "c", "number": 1}, "is none of"),
        ({"kind": "a", "number": "1"}, "is not of type"),
        ({"kind": "a", "number": True}, "is not of type"),
        ({"kind": "a", "number": 1, "day": "1965-02-30"}, "is no date"),
        ({"kind": "a", "number": 1, "entries": [{"x": 1}]}, "/entries/0: `x` is not declared"),
        ({"kind": "a", "number": 1, "either": None}, "fits not as anyOf asks"),
    ],
)
def test_the_judge_finds(value: Any, fault: str) -> None:
    schema = {
        "type": "object",
        "required": ["kind", "number"],
        "properties": {
            "kind": {"enum": ["a", "b"]},
            "number": {"type": "integer"},
            "day": {"type": "string", "format": "date"},
            "entries": {"type": "array", "items": {"$ref": "#/components/schemas/Empty"}},
            "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
    }
    document = {"components": {"schemas": {"Empty": {"type": "object"}}}}
    assert [fault in found for found in find_faults(value, schema, document)] == [True]


def test_the_judge_does_not_judge_by_words_it_does_not_know() -> None:
    with pytest.raises(AssertionError, match="uniqueItems"):
        list(find_faults([], {"type": "array", "uniqueItems": True}, {}))
