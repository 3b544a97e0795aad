"""Malformed and hostile calls of AuthZEN: as strict as `/v1/pre-check`, except that unknown members are ignored.

Covers: api.http.routes.authzen.discovery
"""

from __future__ import annotations

import base64
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from engine import load_policies
from tests.acceptance.test_http_malformed import CASES as MALFORMED
from tests.support.authzen import answering
from tests.support.authzen_calls import PLACES, call_of, named
from tests.support.desks import ROOT
from tests.support.mistakes import SHIPPED

EVALUATION = "/access/v1/evaluation"
LIMIT = 20_000
JSON = {"Content-Type": "application/json"}
QUESTION = call_of(named({"request_id": "r-1", "items": [{}]}))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("pdp")
    limits = {"max_body_bytes": LIMIT, "max_list_bytes": LIMIT, "max_entries": 5}
    with answering(folder, ROOT / "policies", **limits) as client:
        yield client


def changed(*path: str, text: str) -> bytes:
    """The question with a member whose value is written as it is."""
    call = json.loads(json.dumps(QUESTION))
    into = call
    for step in path[:-1]:
        into = into.setdefault(step, {})
    into[path[-1]] = "HERE"
    return json.dumps(call).replace('"HERE"', text).encode()


# For each member of a request that can be wrong: the fact, what is written, what is wrong.
VALUES = [
    ("request_id", '""', "must not be empty"),
    ("request_id", f'"{"z" * 201}"', "must have at most 200 characters"),
    ("request_id", "77123", "must be a text in double quotes"),
    ("request_id", '"a\\nb"', "an id or mark is one line"),
    ("as_of", '"1965-02-30"', "must be a day of the calendar, which it is not"),
    ("as_of", '"1965-03-02T00:00:00Z"', "must be a date, YYYY-MM-DD"),
    ("as_of", "19650302", "must be a date, YYYY-MM-DD"),
    ("visit.starts_on", '"02.03.1965"', "must be a date, YYYY-MM-DD"),
    ("trigger", '"zzz"', "must be one of `ad_hoc_request`, `host_offer`"),
    ("trigger", "true", "must be one of `ad_hoc_request`"),
    ("trigger", '["zzz"]', "must be one of `ad_hoc_request`"),
    ("mission.countries", '["QQ"]', "ISO 3166-1 alpha-2 code"),
    ("mission.countries", '"KP"', "must be a list in square brackets"),
    ("mission.countries", "[]", "must not be empty"),
    ("urgency.time_sensitive", '"true"', "must be true or false, without"),
    ("urgency.time_sensitive", "1", "must be true or false, without"),
    ("item.quantity", '"51234"', "must be a number, without quotes"),
    ("item.quantity", "-51234", "must be at least 0"),
    ("item.quantity", "77777e28", "must have at most 28 digits"),
    ("item.description", f'"{"z" * 2001}"', "must have at most 2000 characters"),
    ("item.description", '"a\\u202eb"', "a character that does not show"),
    ("item.channel.inclusion_session", "0", "must be at least 1"),
    ("item.channel.inclusion_session", "1.5", "must be a whole number"),
    ("mission.name", '"a\\u0000b"', "a character that does not show"),
    ("item.line", f'"{"z" * 101}"', "must have at most 100 characters"),
]


@pytest.mark.parametrize(
    ("fact", "text", "detail"), VALUES, ids=[f"{f}-{n}" for n, (f, *_) in enumerate(VALUES)]
)
def test_a_value_that_a_request_could_not_have_is_named_at_its_place(
    client: httpx.Client, fact: str, text: str, detail: str
) -> None:
    place = PLACES[fact]
    answer = client.post(EVALUATION, content=changed(*place, text=text), headers=JSON)
    assert answer.status_code == 400, answer.text
    (error,) = answer.json()["errors"]
    pointer = "/" + "/".join(place)
    assert error["pointer"].removeprefix(pointer).strip("/").isdigit() or error["pointer"] == pointer
    assert detail in error["detail"]
    assert "zzz" not in answer.text.replace("`zzz`", "")


WHOLE = [
    (sent, detail)
    for sent, pointer, detail, _ in MALFORMED
    if not pointer and sent != b'{"request_id": "r-1"}'
]


@pytest.mark.parametrize(("sent", "detail"), WHOLE, ids=range(len(WHOLE)))
@pytest.mark.parametrize("path", ["evaluation", "evaluations", "search/action", "requests"])
def test_what_is_no_json_object_is_refused_as_a_request_would_be(
    client: httpx.Client, path: str, sent: bytes, detail: str
) -> None:
    answer = client.post(f"/access/v1/{path}", content=sent, headers=JSON)
    assert answer.status_code == 400
    assert any(detail in error["detail"] for error in answer.json()["errors"])


HOSTILE = {
    "a number too long": ("context", "other", "7" * 5000),
    "no number": ("context", "other", "NaN"),
    "half of a pair": ("context", "other", '"\\udfff"'),
    "too deep": ("context", "other", "[" * 40 + "]" * 40),
    "a member twice": ("subject", "properties", '{"kind": "delegation", "kind": "trainee"}'),
    "an unknown member twice": ("resource", "properties", '{"other": 1, "other": 2}'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_strict_json_is_refused_wherever_it_stands(client: httpx.Client, name: str) -> None:
    *path, text = HOSTILE[name]
    assert client.post(EVALUATION, content=changed(*path, text=text), headers=JSON).status_code == 400


IGNORED = {
    "at the top": ("other",),
    "in the subject": ("subject", "other"),
    "in properties": ("resource", "properties", "other"),
    "in an inner object": ("resource", "properties", "channel", "other"),
    "in the action": ("action", "other"),
    "in the context": ("context", "department", "other"),
}


@pytest.mark.parametrize("path", IGNORED.values(), ids=IGNORED)
@pytest.mark.parametrize(
    "text", ["1", '"a\\u202eb"', '{"x": [null]}'], ids=["a number", "a hidden character", "an object"]
)
def test_an_unknown_member_is_ignored(client: httpx.Client, path: tuple[str, ...], text: str) -> None:
    answer = client.post(EVALUATION, content=changed(*path, text=text), headers=JSON)
    assert answer.status_code == 200, answer.text


def test_a_group_that_is_no_object_is_named(client: httpx.Client) -> None:
    answer = client.post(EVALUATION, content=changed("context", "department", text='"x"'), headers=JSON)
    assert answer.json()["errors"] == [
        {"pointer": "/context/department", "detail": "must be an object in braces"}
    ]


def test_a_group_that_is_null_states_nothing(client: httpx.Client) -> None:
    answer = client.post(EVALUATION, content=changed("context", "department", text="null"), headers=JSON)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("part", "stated", "detail"),
    [
        (
            "subject",
            {"type": "spaceship", "id": "1"},
            "the types of subjects that the policies know: `mission`",
        ),
        ("action", {"name": "fly"}, "is none of the actions that the policies know: `hand_over`"),
        ("resource", {"type": "moon", "id": "1"}, "the types of resources that the policies know: `item`"),
    ],
    ids=["subject", "action", "resource"],
)
def test_what_the_policies_do_not_know_is_malformed(
    client: httpx.Client, part: str, stated: Any, detail: str
) -> None:
    answer = client.post(EVALUATION, json={**QUESTION, part: stated})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"/{part}/{'name' if part == 'action' else 'type'}"
    assert error["detail"].endswith(detail)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("evaluation", {**QUESTION, "context": {"other": "x" * LIMIT}}),
        ("evaluations", {**QUESTION, "evaluations": [{}] * 6}),
        ("evaluations", {**QUESTION, "context": {"other": "x" * (LIMIT // 4)}, "evaluations": [{}] * 5}),
    ],
    ids=["a body", "a list", "a list written out"],
)
def test_what_is_too_large_is_refused(client: httpx.Client, path: str, body: Any) -> None:
    answer = client.post(f"/access/v1/{path}", json=body, headers={"X-Request-ID": "large"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (413, "large")


def test_a_long_part_that_each_question_has_of_its_own_is_counted_once(client: httpx.Client) -> None:
    context = {"other": "x" * (LIMIT // 4)}
    call = {**QUESTION, "context": context, "evaluations": [{}, *[{"context": {}}] * 4]}
    assert client.post("/access/v1/evaluations", json=call).status_code == 200


def test_a_token_that_is_nested_without_end_is_that_of_no_search(client: httpx.Client) -> None:
    token = base64.urlsafe_b64encode(b"[" * 12_000).decode()
    answer = client.post("/access/v1/search/action", json={**QUESTION, "page": {"token": token}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/page/token")


def test_a_parameter_of_the_address_is_refused(client: httpx.Client) -> None:
    assert client.post(f"{EVALUATION}?dry_run=true", json=QUESTION).status_code == 400


def test_nothing_malformed_was_recorded(client: httpx.Client) -> None:
    before = client.get("/v1/log/checkpoint").text
    client.post(EVALUATION, content=changed("action", "name", text='"fly"'), headers=JSON)
    client.post("/access/v1/evaluations", json={**QUESTION, "evaluations": [{"action": {}}]})
    assert client.get("/v1/log/checkpoint").text == before


# -- without the file -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service whose policy folder says nothing of AuthZEN."""
    folder = tmp_path_factory.mktemp("silent")
    shutil.copytree(ROOT / "policies", folder / "policies")
    (folder / "policies" / "authzen.yaml").unlink()
    with answering(folder, folder / "policies") as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "evaluation",
        "evaluations",
        "search/subject",
        "search/resource",
        "search/action",
        "requests",
        "requests/1",
    ],
)
def test_a_folder_without_the_file_answers_no_call(silent: httpx.Client, path: str) -> None:
    method = "GET" if path == "requests/1" else "POST"
    answer = silent.request(method, f"/access/v1/{path}", json=QUESTION if method == "POST" else None)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-authzen")


def test_a_folder_without_the_file_announces_nothing(silent: httpx.Client) -> None:
    answer = silent.get("/.well-known/authzen-configuration", headers={"X-Request-ID": "1"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (404, "1")


def test_what_is_not_listed_is_neither_announced_nor_searched(client: httpx.Client) -> None:
    found = client.get("/.well-known/authzen-configuration").json()
    assert {"search_subject_endpoint", "search_resource_endpoint"}.isdisjoint(found)
    assert "search_action_endpoint" in found
    for kind in ("subject", "resource"):
        assert client.post(f"/access/v1/search/{kind}", json=QUESTION).status_code == 404


# -- the page of integrators ----------------------------------------------------------------------------------


def test_the_example_of_the_page_is_answered_as_it_shows(client: httpx.Client) -> None:
    page = (ROOT / "docs" / "use" / "authzen.md").read_text()
    command, shown = re.findall(r"```(?:sh|json)\n(.*?)```", page, re.DOTALL)[:2]
    words = shlex.split(command)
    body = words[words.index("-d") + 1]
    assert words[2].endswith(EVALUATION)
    answer = client.post(EVALUATION, content=body.encode(), headers=JSON)
    assert answer.status_code == 200, answer.text
    pattern = ".*".join(re.escape(part) for part in re.split(r"\.\.\.", shown.strip().rstrip("}")))
    assert re.match(pattern, answer.text)


def test_the_mapping_that_the_page_shows_is_one() -> None:
    page = (ROOT / "docs" / "use" / "authzen.md").read_text()
    (mapping,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    words = {
        "visitor.name": "mission.name",
        "subject.role": "mission.organiser",
        "action.name": "department.name",
    }
    for shown, known in {**words, "item.status": "item.owner"}.items():
        mapping = mapping.replace(shown, known)
    policies = load_policies({**SHIPPED, "authzen.yaml": mapping.encode()})
    assert policies.authzen is not None
    assert policies.authzen.subjects["user"].known == {"desk-7": {"mission.organiser": "clerk"}}
