"""Who may call what: every operation, for every role, about the caller's own department and about another one."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.authzen_calls import call_of, named
from tests.support.desks import KEYS, URGENT, Desk, fact
from tests.support.handing_over import DELIVER, HANDOVER, cleared, decided, hand_over
from tests.support.register_desks import serving_registers

CALLERS = ("department", "committee", "liaison", "policy_officer", "auditor")
MATRIX = """
POST /v1/pre-check                           own           200 200 200 200 200
POST /v1/pre-check                           other         403 200 200 200 200
POST /v1/pre-check                           nobody        200 200 200 200 200
POST /v1/pre-checks                          own           200 200 200 200 200
GET /v1/decisions/{decision_id}              own           200 200 200 403 200
GET /v1/decisions/{decision_id}              other         404 200 200 403 200
GET /v1/decisions/{decision_id}              nobody        404 200 200 403 200
GET /v1/decisions/{decision_id}/proof        own           200 200 200 403 200
GET /v1/decisions/{decision_id}/proof        other         404 200 200 403 200
GET /v1/decisions/{decision_id}/proof        nobody        404 200 200 403 200
POST /v1/cases                               own           201 201 403 403 403
POST /v1/cases                               other         403 201 403 403 403
GET /v1/cases                                own           200 200 200 403 200
GET /v1/cases/{case_id}                      own           200 200 200 403 200
GET /v1/cases/{case_id}                      other         404 200 200 403 200
POST /v1/cases/{case_id}/facts               own           201 201 403 403 403
POST /v1/cases/{case_id}/facts               other         404 201 403 403 403
POST /v1/cases/{case_id}/facts               committee's   403 201 403 403 403
POST /v1/cases/{case_id}/facts               liaison's     403 201 201 403 403
POST /v1/clearances                          own           201 201 201 403 403
POST /v1/clearances                          other         404 201 201 403 403
GET /v1/clearances/{clearance_id}            own           200 200 200 403 200
GET /v1/clearances/{clearance_id}            other         404 200 200 403 200
POST /v1/handovers                           own           201 201 201 403 403
POST /v1/handovers                           other         403 201 201 403 403
GET /v1/handovers                            own           200 200 200 403 200
GET /v1/handovers/{handover_id}              own           200 200 200 403 200
GET /v1/handovers/{handover_id}              other         404 200 200 403 200
POST /v1/handovers/{handover_id}/transfer    own           403 201 201 403 403
POST /v1/handovers/{handover_id}/transfer    other         403 201 201 403 403
POST /v1/handovers/{handover_id}/withdrawal  own           403 201 403 403 403
POST /v1/handovers/{handover_id}/withdrawal  other         403 201 403 403 403
GET /v1/reconcile                            -             403 200 403 403 200
GET /v1/due                                  -             200 200 200 403 200
GET /v1/registers                            -             403 200 200 403 200
GET /v1/registers/report                     -             403 200 200 403 200
GET /v1/registers/lists/{list_id}            -             403 200 200 403 200
GET /v1/registers/items/{item_no}            -             403 200 200 403 200
POST /v1/registers/events                    -             403 201 201 403 403
GET /v1/registers/events                     -             403 200 200 403 200
GET /v1/registers/sessions/{number}          -             403 200 200 403 200
GET /v1/registers/pages/confirmation-list    -             403 200 200 403 200
GET /v1/registers/pages/agenda               -             403 200 200 403 200
GET /v1/registers/pages/memorandum           -             403 200 200 403 200
GET /v1/keys                                 -             403 200 403 403 200
POST /v1/keys/rotation                       -             201 201 201 201 201
POST /v1/keys/{name}/revocation              -             403 404 403 403 403
GET /v1/log/checkpoint                       -             200 200 200 200 200
GET /v1/log/entries                          -             403 403 403 403 200
GET /v1/log/tile/{tile}                      -             200 200 200 200 200
GET /v1/log/entry/{sequence}                 -             403 403 403 403 200
GET /v1/policies                             -             200 200 200 200 200
GET /v1/policies/upcoming                    -             200 200 200 200 200
GET /v1/policies/{name}                      -             200 200 200 200 200
GET /v1/vocabulary                           -             200 200 200 200 200
GET /v1/approvers                            -             403 404 403 404 404
GET /v1/proposals                            -             403 404 403 404 404
GET /v1/proposals/{proposal_id}              -             403 404 403 404 404
GET /v1/proposals/{proposal_id}/evidence     -             403 404 403 404 404
POST /v1/proposals                           -             403 404 403 404 403
POST /v1/proposals/{proposal_id}/evidence    -             403 404 403 404 403
POST /v1/proposals/{proposal_id}/approvals   -             403 404 403 404 403
POST /v1/proposals/{proposal_id}/approvals/withdrawal - 403 404 403 404 403
POST /v1/proposals/{proposal_id}/rejection   -             403 404 403 404 403
POST /v1/proposals/{proposal_id}/withdrawal  -             403 404 403 404 403
POST /v1/proposals/{proposal_id}/activation  -             403 404 403 404 403
POST /v1/policies/return                     -             403 404 403 403 403
POST /v1/policies/confirmation               -             403 404 403 403 403
POST /v1/approvers/{officer}/revocation      -             403 404 403 404 403
POST /access/v1/evaluation                   own           200 200 200 200 200
POST /access/v1/evaluation                   other         403 200 200 200 200
POST /access/v1/evaluation                   nobody        200 200 200 200 200
POST /access/v1/evaluations                  own           200 200 200 200 200
POST /access/v1/search/subject               own           404 404 404 404 404
POST /access/v1/search/resource              own           404 404 404 404 404
POST /access/v1/search/action                own           200 200 200 200 200
POST /access/v1/search/action                other         403 200 200 200 200
POST /access/v1/requests                     own           202 202 403 403 403
POST /access/v1/requests                     other         400 202 403 403 403
GET /access/v1/requests/{case_id}            own           200 200 200 403 200
GET /access/v1/requests/{case_id}            other         404 200 200 403 200
"""
"""Operation, whose it is, and what it is answered to each of the callers.

Of proposals there are none here: whoever may call learns that no approvals are required. No subject or resource of
AuthZEN is listed, so that there is nothing to search.
"""

ROWS = [line.split() for line in MATRIX.strip().splitlines()]
CASES = [
    (f"{method} {path}", whose, caller, int(status))
    for method, path, whose, *statuses in ROWS
    for caller, status in zip(CALLERS, statuses, strict=True)
]
DEPARTMENTS = {"own": "metallurgy", "other": "textiles", "nobody": None}
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Office:
    """A service with something of everything in it, of two departments and of nobody."""

    desk: Desk
    decisions: dict[str, str]
    cases: dict[str, str]
    clearances: dict[str, str]
    handovers: dict[str, str]


@pytest.fixture(scope="module")
def office(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving_registers(tmp_path_factory.mktemp("office"), module_where) as registers:
        registers.record("session_closed", "1965-10-20", session=8)
        desk = registers.desk
        owned: dict[str, dict[str, Any]] = {
            whose: {"department": {"id": name}} for whose, name in DEPARTMENTS.items() if name
        }
        yield Office(
            desk,
            {whose: decided(desk, **about(whose, DELIVER))["decision_id"] for whose in DEPARTMENTS},
            {whose: desk.open("committee", **changes).json()["case_id"] for whose, changes in owned.items()},
            {whose: cleared(desk, **changes)["clearance_id"] for whose, changes in owned.items()},
            {whose: hand_over(desk, department=DEPARTMENTS[whose])["handover_id"] for whose in owned},
        )


def about(whose: str, request: dict[str, Any]) -> dict[str, Any]:
    department = DEPARTMENTS[whose]
    return {**request, "department": {"id": department} if department else {"kind": "institute"}}


def fresh_handover(office: Office, whose: str) -> str:
    return str(hand_over(office.desk, department=DEPARTMENTS[whose])["handover_id"])


def facts_of(whose: str) -> dict[str, Any]:
    stated = {
        "committee's": fact("item.channel.consultation", "open"),
        "liaison's": fact("item.legacy_list", "none"),
    }
    return {"facts": [stated.get(whose, fact("urgency.ground", "x"))]}


def question(whose: str) -> Any:
    """A question of AuthZEN about an urgent request."""
    return call_of(named(about(whose, {**URGENT, "request_id": f"question {next(NUMBERS)}"})))


def denied(office: Office, call: Any) -> Any:
    """The question with its denial, as the committee was answered."""
    context = office.desk.call("committee", "POST", "/access/v1/evaluation", call).json()["context"]
    expires_at = context["access_request"]["expires_at"]
    return {**call, "denial": {"evaluation_id": context["evaluation_id"], "expires_at": expires_at}}


BODIES: dict[str, Callable[[Office, str], Any]] = {
    "POST /v1/pre-check": lambda _, whose: about(whose, URGENT),
    "POST /v1/pre-checks": lambda _, whose: [about(whose, URGENT)],
    "POST /v1/cases": lambda _, whose: about(whose, {**URGENT, "request_id": f"case {next(NUMBERS)}"}),
    "POST /v1/cases/{case_id}/facts": lambda _, whose: facts_of(whose),
    "POST /v1/keys/rotation": lambda _, __: {},
    "POST /v1/keys/{name}/revocation": lambda _, __: {},
    "POST /v1/clearances": lambda office, whose: {
        "decision_id": decided(office.desk, **about(whose, DELIVER))["decision_id"]
    },
    "POST /v1/handovers": lambda _, whose: {**HANDOVER, "department": DEPARTMENTS[whose]},
    "POST /v1/handovers/{handover_id}/transfer": lambda _, __: {
        "recorded_on": "1965-03-20",
        "reference": "protocol 7",
    },
    "POST /v1/handovers/{handover_id}/withdrawal": lambda _, __: {"reason": "it never took place"},
    "POST /v1/proposals": lambda _, __: {"wish": "a change", "revision": "0" * 64},
    "POST /v1/proposals/{proposal_id}/approvals": lambda _, __: {},
    "POST /v1/proposals/{proposal_id}/approvals/withdrawal": lambda _, __: {},
    "POST /v1/proposals/{proposal_id}/rejection": lambda _, __: {"reason": "not now"},
    "POST /v1/proposals/{proposal_id}/withdrawal": lambda _, __: {},
    "POST /v1/proposals/{proposal_id}/activation": lambda _, __: {},
    "POST /v1/policies/return": lambda _, __: {"revision": "0" * 64, "reason": "an emergency"},
    "POST /v1/policies/confirmation": lambda _, __: {"revision": "0" * 64},
    "POST /v1/approvers/{officer}/revocation": lambda _, __: {"reason": "another office"},
    "POST /access/v1/evaluation": lambda _, whose: question(whose),
    "POST /access/v1/evaluations": lambda _, whose: {**question(whose), "evaluations": [{}]},
    "POST /access/v1/search/subject": lambda _, whose: question(whose),
    "POST /access/v1/search/resource": lambda _, whose: question(whose),
    "POST /access/v1/search/action": lambda _, whose: question(whose),
    "POST /access/v1/requests": lambda office, whose: denied(office, question(whose)),
    "POST /v1/registers/events": lambda _, __: {
        "kind": "session_opened",
        "session": next(NUMBERS) + 100,
        "happened_on": "1965-10-01",
        "reference": "telegram 4",
    },
}


EXAMPLE_PATHS = {
    "/v1/registers/pages/agenda": "/v1/registers/pages/agenda?session=9",
    "/v1/registers/pages/memorandum": "/v1/registers/pages/memorandum?session=8",
}


def path_of(office: Office, operation: str, whose: str) -> str:
    path = operation.partition(" ")[2]
    owner = whose if whose in DEPARTMENTS else "own"
    if path.startswith("/v1/handovers/") and path.endswith(("/transfer", "/withdrawal")):
        path = path.format(handover_id=fresh_handover(office, owner))
    return EXAMPLE_PATHS.get(path, path).format(
        decision_id=office.decisions[owner],
        case_id=office.cases.get(owner),
        clearance_id=office.clearances.get(owner),
        handover_id=office.handovers.get(owner),
        list_id="organised",
        item_no="B-1",
        number=8,
        name="korea",
        proposal_id="0" * 64,
        officer="officer-1",
        tile="0/000.p/1",
        sequence=0,
    )


@pytest.mark.parametrize(("operation", "whose", "caller", "status"), CASES)
def test_each_role_is_answered_as_the_table_says(
    office: Office, operation: str, whose: str, caller: str, status: int
) -> None:
    path = path_of(office, operation, whose)
    headers = {"Idempotency-Key": f"k{next(KEYS)}"} if operation.startswith("POST") else {}
    if path.endswith("/facts"):
        case_id = path.split("/")[3]
        headers["If-Match"] = f'"{office.desk.case(case_id)["version"]}"'
    body = BODIES[operation](office, whose) if operation in BODIES else None
    answer = office.desk.call(caller, operation.split()[0], path, body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["type"] == "/problems/not-permitted"
        assert "textiles" not in answer.text


def test_the_table_has_every_operation_of_the_interface(office: Office) -> None:
    paths = office.desk.client.get("/openapi.json").json()["paths"]
    operations = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    open_to_all = {"GET /healthz", "GET /readyz", "GET /.well-known/authzen-configuration"}
    assert {operation for operation, *_ in CASES} == operations - open_to_all


def test_a_list_shows_a_department_its_own_alone(office: Office) -> None:
    for path, members, ids in (
        ("/v1/cases", "cases", office.cases),
        ("/v1/handovers", "handovers", office.handovers),
    ):
        key = next(name for name in ("case_id", "handover_id") if name[:4] == members[:4])
        listed = office.desk.call("department", "GET", path).json()[members]
        shown = {found[key] for found in listed}
        assert ids["own"] in shown
        assert ids["other"] not in shown
        assert {found["department"] for found in listed} == {"metallurgy"}
