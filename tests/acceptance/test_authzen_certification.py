"""The certification scenario of AuthZEN: its fixture is a policy folder, and every case of its levels passes.

The levels are those of `certification/authorization-api-1_0-scenario.md` in the repository of the working group:
Basic, Batch, Search and Discovery, and what each of them asks of headers and errors.

Covers: api.http.routes.authzen.evaluations, api.http.routes.authzen.searches, api.services.authzen.evaluations,
api.services.authzen.searches, api.domain.authzen.searches, api.domain.authzen.call_models, api.domain.authzen.answers
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.authzen import FIXTURES, action, answering, entity, user

CONTEXT = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}
ARCHIVED = {"status": "archived"}

Call = dict[str, Any]


def record(number: int | None = None, **properties: Any) -> Call:
    return entity("record", None if number is None else f"record-{number}", **properties)


def question(subject: Call, do: Call, resource: Call, **more: Any) -> Call:
    return {"subject": subject, "action": do, "resource": resource, **more}


ALICE, BOB, ADMIN = user("alice"), user("bob"), user("bob", role="admin")
READ, WRITE = action("read"), action("write")
READING = question(ALICE, READ, record(1))

DECISIONS: dict[str, tuple[Call, bool]] = {
    "alice reads": (READING, True),
    "alice writes": (question(ALICE, WRITE, record(1)), True),
    "bob reads": (question(BOB, READ, record(1)), True),
    "bob writes": (question(BOB, WRITE, record(1)), False),
    "alice writes to the archive": (question(ALICE, WRITE, record(2, **ARCHIVED)), False),
    "an administrator writes to the archive": (question(ADMIN, WRITE, record(2, **ARCHIVED)), True),
    "alice deletes softly": (question(ALICE, action("delete", soft=True), record(1)), True),
    "alice deletes": (question(ALICE, action("delete", soft=False), record(1)), False),
    "with context": ({**READING, "context": CONTEXT}, True),
    "with properties that say nothing": (
        question(
            user("alice", department="Sales", role="manager"),
            action("read", method="GET"),
            record(1, status="active", owner="bob"),
        ),
        True,
    ),
    "with unknown members": ({**READING, "foo": "bar", "futureField": {"nested": True}}, True),
    "a status that is sent comes before the one that is known": (
        question(ALICE, WRITE, record(1, **ARCHIVED)),
        False,
    ),
    "nobody knows who it is": (question(user("nobody"), READ, record(1)), False),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with answering(tmp_path_factory.mktemp("pdp"), FIXTURES / "certification" / "policies") as client:
        yield client


def evaluation(client: httpx.Client, call: Any, **more: Any) -> httpx.Response:
    return client.post("/access/v1/evaluation", json=call, **more)


def decisions(answer: httpx.Response) -> list[bool]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return [one["decision"] for one in answer.json()["evaluations"]]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_question_is_answered_as_the_fixture_requires(client: httpx.Client, name: str) -> None:
    call, expected = DECISIONS[name]
    for _ in range(3):
        answer = evaluation(client, call)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert answer.json()["decision"] is expected
        assert isinstance(answer.json()["context"], dict)


def without(call: Call, *path: str) -> Call:
    first, *rest = path
    if rest:
        return {**call, first: without(call[first], *rest)}
    return {name: value for name, value in call.items() if name != first}


MISSING = [
    ("subject",), ("action",), ("resource",), ("subject", "type"), ("subject", "id"), ("action", "name"),
    ("resource", "type"), ("resource", "id"),
]  # fmt: skip


@pytest.mark.parametrize("path", MISSING, ids=".".join)
def test_what_lacks_a_required_member_is_malformed(client: httpx.Client, path: tuple[str, ...]) -> None:
    answer = evaluation(client, without(READING, *path))
    assert answer.status_code == 400
    assert "decision" not in answer.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "alice"}, {"action": {"name": 123}}, {"resource": None}, {"context": "x"},
        {"subject": {**ALICE, "id": ""}},
    ],
    ids=["a text", "a number", "null", "a context that is a text", "an empty id"],
)  # fmt: skip
def test_a_member_of_another_type_is_malformed(client: httpx.Client, changes: Call) -> None:
    assert evaluation(client, {**READING, **changes}).status_code == 400


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"{}", {"Content-Type": "text/plain"}),
        (b"{}", {}),
        (b"{", {"Content-Type": "application/json"}),
        (b"", {"Content-Type": "application/json"}),
        (b"[]", {"Content-Type": "application/json"}),
    ],
    ids=["text", "no type", "half of JSON", "nothing", "a list"],
)
@pytest.mark.parametrize(
    "path", ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"]
)
def test_what_is_no_json_object_is_malformed(
    client: httpx.Client, path: str, content: bytes, headers: dict[str, str]
) -> None:
    answer = client.post(f"/access/v1/{path}", content=content, headers={**headers, "X-Request-ID": "a-1"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (400, "a-1")
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/access/v1/evaluation", 200),
        ("GET", "/access/v1/evaluation", 405),
        ("POST", "/access/v1/nothing", 404),
        ("GET", "/.well-known/authzen-configuration", 200),
        ("GET", "/.well-known/nothing", 404),
    ],
)
def test_the_id_of_a_call_comes_back(client: httpx.Client, method: str, path: str, status: int) -> None:
    body = READING if method == "POST" else None
    answer = client.request(method, path, headers={"X-Request-ID": "bfe9eb29-ab87"}, json=body)
    assert (answer.status_code, answer.headers.get_list("x-request-id")) == (status, ["bfe9eb29-ab87"])
    assert isinstance(answer.json(), dict)


def test_a_call_without_an_id_gets_one(client: httpx.Client) -> None:
    assert evaluation(client, READING).headers["x-request-id"]


# -- Batch ----------------------------------------------------------------------------------------------------

BATCHES: dict[str, tuple[Call, list[bool]]] = {
    "two resources": (
        {"subject": ALICE, "action": READ, "evaluations": [{"resource": record(1)}, {"resource": record(2)}]},
        [True, True],
    ),
    "two actions": (
        {"subject": BOB, "resource": record(1), "evaluations": [{"action": READ}, {"action": WRITE}]},
        [True, False],
    ),
    "properties of resources": (
        {
            "subject": ALICE,
            "action": WRITE,
            "evaluations": [{"resource": record(1, status="active")}, {"resource": record(2, **ARCHIVED)}],
        },
        [True, False],
    ),
    "properties of subjects": (
        {
            "action": WRITE,
            "resource": record(2, **ARCHIVED),
            "evaluations": [{"subject": ALICE}, {"subject": ADMIN}],
        },
        [False, True],
    ),
    "whole questions": (
        {"evaluations": [question(ALICE, READ, record(1)), question(BOB, WRITE, record(1))]},
        [True, False],
    ),
    "another context": (
        {
            "subject": ALICE,
            "action": READ,
            "context": CONTEXT,
            "evaluations": [{"resource": record(1)}, {"resource": record(2), "context": {"source": "override"}}],
        },
        [True, True],
    ),
    "an empty question inherits": (
        {
            **question(ALICE, WRITE, record(1, status="active")),
            "evaluations": [{}, {"resource": record(2, **ARCHIVED)}],
        },
        [True, False],
    ),
    "nothing is merged below": (
        {**question(ADMIN, WRITE, record(2, **ARCHIVED)), "evaluations": [{"resource": entity("record")}]},
        [False],
    ),
    "a question without a resource": (
        {
            "subject": ALICE,
            "action": READ,
            "options": {"evaluations_semantic": "execute_all"},
            "evaluations": [{"resource": record(1)}, {}],
        },
        [True, False],
    ),
    "a default that nobody inherits may be incomplete": (
        {"subject": ALICE, "action": READ, "resource": {}, "evaluations": [{"resource": record(1)}]},
        [True],
    ),
    "what is no question": (
        {"subject": ALICE, "action": READ, "evaluations": [7, {"resource": record(1)}]},
        [False, True],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BATCHES)
def test_a_list_is_answered_in_its_order(client: httpx.Client, name: str) -> None:
    call, expected = BATCHES[name]
    assert decisions(client.post("/access/v1/evaluations", json=call)) == expected


@pytest.mark.parametrize("evaluations", [{}, {"evaluations": []}], ids=["absent", "empty"])
def test_without_a_list_one_question_is_answered(client: httpx.Client, evaluations: Call) -> None:
    answer = client.post("/access/v1/evaluations", json={**READING, **evaluations})
    assert (answer.status_code, answer.json()["decision"]) == (200, True)
    assert "evaluations" not in answer.json()


def test_without_a_list_a_member_that_is_missing_is_malformed(client: httpx.Client) -> None:
    assert client.post("/access/v1/evaluations", json=without(READING, "action")).status_code == 400


SEMANTICS = [
    ("execute_all", "yes no yes no", "yes no yes no"),
    ("deny_on_first_deny", "yes yes no yes", "yes yes no"),
    ("deny_on_first_deny", "yes bad yes", "yes bad"),
    ("deny_on_first_deny", "yes yes", "yes yes"),
    ("permit_on_first_permit", "no bad yes no", "no bad yes"),
    ("permit_on_first_permit", "no bad", "no bad"),
]
QUESTIONS = {"yes": {"action": READ}, "no": {"action": action("delete", soft=False)}, "bad": {"action": {}}}


@pytest.mark.parametrize(("semantic", "listed", "answered"), SEMANTICS)
def test_a_list_ends_with_the_answer_that_settles_it(
    client: httpx.Client, semantic: str, listed: str, answered: str
) -> None:
    call = {
        "subject": ALICE,
        "resource": record(1),
        "options": {"evaluations_semantic": semantic},
        "evaluations": [QUESTIONS[one] for one in listed.split()],
    }
    expected = [one == "yes" for one in answered.split()]
    assert decisions(client.post("/access/v1/evaluations", json=call)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"evaluations": {}},
        {"evaluations": None},
        {"subject": "alice"},
        {"options": {"evaluations_semantic": "some"}},
        {"options": []},
    ],
    ids=["an object", "null", "a default of another type", "an unknown semantic", "options of another type"],
)
def test_a_list_of_another_form_is_malformed(client: httpx.Client, changes: Call) -> None:
    call = {**READING, "evaluations": [{}], **changes}
    assert client.post("/access/v1/evaluations", json=call).status_code == 400


# -- Search ---------------------------------------------------------------------------------------------------

SEARCHES: dict[str, tuple[str, Call, list[str]]] = {
    "subjects": ("subject", question(user(), READ, record(1)), ["alice", "bob"]),
    "subjects with context": ("subject", question(user(), READ, record(1), context=CONTEXT), ["alice", "bob"]),
    "subjects by an id that is ignored": ("subject", READING, ["alice", "bob"]),
    "subjects by properties": ("subject", question(user(), WRITE, record(2, **ARCHIVED)), ["bob"]),
    "resources": ("resource", question(ALICE, READ, record()), ["record-1", "record-2"]),
    "resources with context": (
        "resource", question(ALICE, READ, record(), context=CONTEXT), ["record-1", "record-2"]
    ),
    "resources by an id that is ignored": ("resource", READING, ["record-1", "record-2"]),
    "resources by properties": ("resource", question(ADMIN, WRITE, record()), ["record-2"]),
    "actions": ("action", {"subject": ALICE, "resource": record(1)}, ["read", "write"]),
    "actions with context": (
        "action", {"subject": ALICE, "resource": record(1), "context": CONTEXT}, ["read", "write"]
    ),
    "actions by properties": ("action", {"subject": ADMIN, "resource": record(2, **ARCHIVED)}, ["read", "write"]),
    "an unknown subject": ("action", {"subject": user("nonexistent-user"), "resource": record(1)}, []),
    "an unknown subject of resources": ("resource", question(user("nonexistent-user"), READ, record()), []),
    "an unknown resource": ("subject", question(user(), READ, record(9)), []),
    "an unknown type of subjects": ("subject", question(entity("spaceship"), READ, record(1)), []),
    "an unknown type of resources": ("resource", question(ALICE, READ, entity("spaceship")), []),
    "an unknown type of what is stated": ("action", {"subject": ALICE, "resource": entity("spaceship", "1")}, []),
    "an unknown action": ("subject", question(user(), action("fly"), record(1)), []),
}  # fmt: skip


def search(client: httpx.Client, kind: str, call: Call) -> Any:
    answer = client.post(f"/access/v1/search/{kind}", json=call)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    return answer.json()


def names(kind: str, found: Any) -> list[str]:
    if kind == "action":
        return [one["name"] for one in found["results"]]
    assert {one["type"] for one in found["results"]} <= {"user" if kind == "subject" else "record"}
    return [one["id"] for one in found["results"]]


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_finds_what_is_permitted(client: httpx.Client, name: str) -> None:
    kind, call, expected = SEARCHES[name]
    found = search(client, kind, call)
    assert names(kind, found) == expected
    assert "page" not in found


@pytest.mark.parametrize(
    "name", [name for name, (kind, _, found) in SEARCHES.items() if found and kind != "action"]
)
def test_what_is_found_is_permitted_by_an_evaluation(client: httpx.Client, name: str) -> None:
    kind, call, _ = SEARCHES[name]
    for one in search(client, kind, call)["results"]:
        found = {**call[kind], "type": one["type"], "id": one["id"]}
        answer = evaluation(client, {**call, kind: found}).json()
        assert answer["decision"] is True
        assert answer["context"]["obligations"] == one["obligations"]


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("subject", {"subject": user(), "resource": record(1)}),
        ("resource", {"action": READ, "resource": record()}),
        ("action", {"subject": ALICE}),
        ("subject", question(user(), READ, record())),
        ("resource", question(user(), READ, record())),
        ("action", {"subject": user(), "resource": record(1)}),
        ("subject", question({}, READ, record(1))),
        ("subject", question(user(), READ, record(1), page={"limit": 0})),
        ("subject", question(user(), READ, record(1), page={"token": "x"})),
        ("subject", question(user(), READ, record(1, status="lost"))),
    ],
    ids=[
        "no action", "no subject", "no resource", "a resource without id", "a subject without id",
        "a subject without id, of actions", "no type", "a page of nothing", "a token of nobody", "an unknown status",
    ],
)  # fmt: skip
def test_a_search_of_another_form_is_malformed(client: httpx.Client, kind: str, call: Call) -> None:
    assert client.post(f"/access/v1/search/{kind}", json=call).status_code == 400


def test_a_search_goes_on_page_by_page(client: httpx.Client) -> None:
    call = question(user(), READ, record(1))
    first = search(client, "subject", {**call, "page": {"limit": 1}})
    assert names("subject", first) == ["alice"]
    token = first["page"]["next_token"]
    assert token
    second = search(client, "subject", {**call, "page": {"token": token}})
    assert (names("subject", second), second["page"]) == (["bob"], {"next_token": "", "count": 1})
    other = {**call, "action": WRITE, "page": {"token": token}}
    assert client.post("/access/v1/search/subject", json=other).status_code == 400
    longer = {**call, "page": {"token": token, "limit": 2}}
    assert client.post("/access/v1/search/subject", json=longer).status_code == 400


# -- Discovery ------------------------------------------------------------------------------------------------


def test_the_addresses_are_announced(client: httpx.Client) -> None:
    answer = client.get("/.well-known/authzen-configuration")
    base = str(client.base_url).rstrip("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "policy_decision_point": base,
        "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
        "search_subject_endpoint": f"{base}/access/v1/search/subject",
        "search_resource_endpoint": f"{base}/access/v1/search/resource",
        "search_action_endpoint": f"{base}/access/v1/search/action",
        "access_request_endpoint": f"{base}/access/v1/requests",
        "supported_obligations": ["custom"],
        "capabilities": ["urn:openid:authzen:capability:access-request"],
    }


def test_the_address_that_is_announced_is_the_one_that_the_operator_names(tmp_path: Path) -> None:
    policies = FIXTURES / "certification" / "policies"
    with answering(tmp_path, policies, public_url="https://pdp.example/") as client:
        found = client.get("/.well-known/authzen-configuration").json()
    assert found["policy_decision_point"] == "https://pdp.example"
    assert found["access_evaluation_endpoint"] == "https://pdp.example/access/v1/evaluation"
