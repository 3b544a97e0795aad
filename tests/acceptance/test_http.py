"""The service over HTTP: decisions, lists, policies, readiness, and the OpenAPI document.

Covers: api.app, api.http.methods, api.http.openapi, api.http.routes.policy_answers
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from api.app import create_app
from api.doors.running_server import running_server
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.entries import Entry
from api.settings import Settings
from engine import PolicyFaults
from tests.api.ledger.test_log import every_transaction_runs
from tests.support.grouped_log import decisions_in
from tests.support.shipped_words import VERSION_1
from tests.support.waiting import PATIENCE_SECONDS, wait_until

SHIPPED = Path(__file__).parents[2] / "policies"
FAULTY = b"policy: [\t:"


@contextmanager
def running(settings: Settings) -> Iterator[httpx.Client]:
    """Serve on a free port, in a thread, for as long as the block lasts."""
    headers = {"Content-Type": "application/json"}
    with (
        running_server(settings) as address,
        capture_logs(),
        httpx.Client(base_url=address, headers=headers, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "policies"))


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(
        policies=folder,
        database=tmp_path / "log.db",
        max_list_bytes=100_000,
        max_entries=10,
        insecure_no_auth=True,
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    with running(settings) as client:
        yield client


def request(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLE_REQUEST, **changes}


def alter(settings: Settings, statement: str) -> None:
    with closing(sqlite3.connect(settings.database)) as connection, connection:
        connection.execute(statement)


def readiness(client: httpx.Client, state: str) -> Any:
    """Ask until the policies are in `state`, or give up after a minute."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (policies := client.get("/readyz").json()["policies"])[
        "state"
    ] != state and time.monotonic() < until:
        time.sleep(0.05)
    return policies


def test_a_decision_is_answered_and_can_be_read_again_byte_for_byte(client: httpx.Client) -> None:
    answer = client.post("/v1/pre-check", json=request())
    decision = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert decision["request_id"] == EXAMPLE_REQUEST["request_id"]
    assert decision["handover_as_asked"] == "no"
    assert [line["line"] for line in decision["lines"]] == [1]
    again = client.get(f"/v1/decisions/{decision['decision_id']}")
    assert (again.status_code, again.content) == (200, answer.content)


def test_the_log_keeps_the_request_as_received_and_the_files_of_its_revision(
    client: httpx.Client, settings: Settings, folder: Path
) -> None:
    body = b"  " + json.dumps(request()).encode() + b"\n"
    decision = client.post("/v1/pre-check", content=body).json()
    with closing(sqlite3.connect(settings.database)) as connection:
        (files,) = connection.execute("SELECT files FROM policy_revisions").fetchone()
    (row,) = decisions_in(Path(str(settings.database)))
    entry = Entry.from_bytes(row.entry)
    assert entry.payloads["request"] == body
    assert (entry.members["outcome"], entry.members["revision"]) == (
        decision["outcome"],
        decision["policy"]["revision"],
    )
    assert entry.at.isoformat().replace("+00:00", "Z") == decision["evaluated_at"]
    assert json.loads(files) == {
        path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")
    }


def test_decision_ids_sort_by_time(client: httpx.Client) -> None:
    ids = []
    for _ in range(5):
        ids.append(client.post("/v1/pre-check", json=request()).json()["decision_id"])
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert len(set(ids)) == 5


def test_a_list_is_answered_in_its_order_with_problems_in_place(client: httpx.Client) -> None:
    entries = [request(request_id=f"r{number}") for number in range(5)]
    entries[1]["trigger"] = "bribe"
    entries[3] = [7]  # type: ignore[call-overload]
    answers = client.post("/v1/pre-checks", json=entries).json()
    assert [answer.get("request_id") for answer in answers] == ["r0", "r1", "r2", None, "r4"]
    assert ["outcome" in answer for answer in answers] == [True, False, True, False, True]
    assert answers[1]["errors"][0]["pointer"] == "/trigger"
    for answer in answers[::2]:
        assert client.get(f"/v1/decisions/{answer['decision_id']}").json() == answer


def test_an_empty_list_is_answered_by_an_empty_list(client: httpx.Client) -> None:
    assert client.post("/v1/pre-checks", json=[]).json() == []


def test_a_list_with_one_entry_too_many_is_refused_whole(client: httpx.Client) -> None:
    assert client.post("/v1/pre-checks", json=[request()] * 10).status_code == 200
    assert client.post("/v1/pre-checks", json=[request()] * 11).status_code == 413


def test_a_long_body_is_decided_too(client: httpx.Client) -> None:
    items = [{"description": "x" * 1500} for _ in range(100)]
    answer = client.post("/v1/pre-check", json=request(items=items))
    assert len(answer.json()["lines"]) == 100


@pytest.mark.parametrize(
    "path", ["/v1/decisions/x", "/v1/policies/x", "/x", "/v1/pre-check/", "/v1/decisions/%FF"]
)
def test_what_is_not_there_is_a_problem(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "/problems/not-found"


def readable_addresses(client: httpx.Client) -> Iterator[str]:
    """Every address that GET is documented for, and that of the document."""
    yield "/openapi.json"
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        if "get" in methods:
            yield re.sub(r"{\w+}", "1", path)


def test_head_is_answered_like_get_without_the_body(client: httpx.Client) -> None:
    for address in readable_addresses(client):
        named = {"X-Request-ID": "one"}
        got, headed = client.get(address, headers=named), client.head(address, headers=named)
        assert headed.status_code == got.status_code, address
        assert {**headed.headers, "date": ""} == {**got.headers, "date": ""}, address
        assert "content-length" in headed.headers, address
        assert headed.content == b"", address


@pytest.mark.parametrize(("method", "with_body"), [("GET", True), ("HEAD", False)])
def test_the_body_of_head_is_left_out_under_any_server(
    settings: Settings, method: str, with_body: bool
) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": method, "path": "/healthz", "query_string": b"", "headers": []}
    asyncio.run(create_app(settings)(scope, receive, send))
    assert sent[0]["status"] == 200
    assert bool(b"".join(message.get("body", b"") for message in sent[1:])) is with_body


def test_a_connection_goes_on_after_head(client: httpx.Client) -> None:
    assert client.head("/nowhere").status_code == 404
    assert client.head("/v1/pre-check").status_code == 405
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("PUT", "/v1/policies/return", "POST"),
        ("DELETE", "/v1/cases", "GET, HEAD, POST"),
        ("GET", "/v1/pre-check", "POST"),
        ("HEAD", "/v1/pre-check", "POST"),
        ("POST", "/v1/due", "GET, HEAD"),
        ("PUT", "/v1/registers/events", "GET, HEAD, POST"),
        ("POST", "/v1/policies/directive", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
def test_allow_names_every_method_of_the_address(
    client: httpx.Client, method: str, address: str, allowed: str
) -> None:
    answer = client.request(method, address)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_another_method_is_a_problem_that_names_the_methods(client: httpx.Client) -> None:
    answer = client.get("/v1/pre-check")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.fixture(params=["read-only", "disk full", "no log", "no tree"])
def failing(request: pytest.FixtureRequest, settings: Settings) -> Iterator[httpx.Client]:
    pragma = {"read-only": "query_only=1", "disk full": "max_page_count=1"}.get(request.param)
    with running(settings) as client:
        client.post("/v1/pre-check", json=EXAMPLE_REQUEST).raise_for_status()  # fills the room there was
        if pragma is None:
            alter(settings, "DROP TABLE " + {"no log": "log_entries", "no tree": "log_state"}[request.param])
        with every_transaction_runs(pragma or "optimize"):
            yield client


@pytest.mark.parametrize("path", ["/v1/pre-check", "/v1/pre-checks"])
def test_what_cannot_be_recorded_is_not_answered(failing: httpx.Client, path: str) -> None:
    client = failing
    payload = request(items=[{"description": "x" * 2000, "line": line} for line in range(5)])
    answer = client.post(path, json=payload if path == "/v1/pre-check" else [payload, {}])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) <= {"type", "title", "status", "detail", "request_id"}
    assert "lines" not in answer.text
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_log_that_cannot_be_read_is_a_503(client: httpx.Client, settings: Settings) -> None:
    alter(settings, "DROP TABLE log_entries")
    assert client.get("/v1/decisions/x").status_code == 503


@pytest.mark.parametrize(("path", "entries"), [("/v1/pre-check", None), ("/v1/pre-checks", 2)])
def test_a_failure_in_deciding_is_a_problem_and_never_a_decision(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, path: str, entries: int | None
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("api.services.decision_work.decide_to_json", fail)
    answer = client.post(path, json=request() if entries is None else [request()] * entries)
    assert answer.status_code == (500 if entries is None else 200)
    assert "secret" not in answer.text
    for problem in [answer.json()] if entries is None else answer.json():
        assert (problem["type"], problem["status"]) == ("/problems/internal", 500)
        assert problem["request_id"] == EXAMPLE_REQUEST["request_id"]
    assert client.get("/readyz").json()["counters"]["deciding_failed"] == (entries or 1)


def test_any_other_failure_is_a_problem_too(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.http.routes.policies.describe_policies", None)
    answer = client.get("/v1/policies")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")


def test_the_policy_set_is_served_with_its_revision_as_etag(client: httpx.Client, folder: Path) -> None:
    answer = client.get("/v1/policies")
    content = answer.json()
    assert answer.headers["etag"].startswith(f'"{content["revision"]}:')
    assert sorted(content["files"]) == sorted(path.name for path in folder.glob("*.yaml"))
    assert content["status"] in ("proposed", "in_force")
    for known in (answer.headers["etag"], f'"x", W/{answer.headers["etag"]}', "*"):
        again = client.get("/v1/policies", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/v1/policies", headers={"If-None-Match": '"x"'}).status_code == 200


def test_every_policy_of_the_set_can_be_read(client: httpx.Client) -> None:
    policies = client.get("/v1/policies").json()["policies"]
    assert policies
    for policy in policies:
        answer = client.get(f"/v1/policies/{policy['name']}")
        assert (answer.status_code, answer.json().get("name")) == (200, policy["name"]), answer.text


def test_a_faulty_folder_keeps_the_last_good_set_until_it_is_mended(
    client: httpx.Client, folder: Path
) -> None:
    first = readiness(client, "active")["revision"]
    sound = (folder / "korea.yaml").read_bytes()
    (folder / "korea.yaml").write_bytes(FAULTY)
    faulty = readiness(client, "last_good_active")
    assert faulty["revision"] == first
    assert faulty["faults"][0]["file"] == "korea.yaml"
    assert client.post("/v1/pre-check", json=request()).json()["policy"]["revision"] == first
    (folder / "korea.yaml").write_bytes(sound)
    mended = {"state": "active", "revision": first, "proof": "proved", "faults": []}
    assert readiness(client, "active").items() >= mended.items()
    counters = client.get("/readyz").json()["counters"]
    assert (counters["reload_failed"], counters["reloaded"]) == (1, 1)


def test_a_changed_folder_is_a_new_revision(client: httpx.Client, folder: Path) -> None:
    first = client.get("/v1/policies").json()["revision"]
    old = client.post("/v1/pre-check", json=request())
    page = folder / "directive.yaml"
    page.write_bytes(page.read_bytes() + b"\n# a remark\n")
    wait_until(lambda: client.get("/v1/policies").json()["revision"] != first)
    new = client.post("/v1/pre-check", json=request())
    assert new.json()["policy"]["revision"] != first
    assert client.get(f"/v1/decisions/{old.json()['decision_id']}").content == old.content


def test_a_folder_that_vanishes_and_comes_back_is_followed(client: httpx.Client, folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    # Vanishing while it is read, its files are missing (L03) before it is itself.
    wait_until(lambda: readiness(client, "last_good_active")["faults"][0]["code"] == "L01")
    folder.with_name("away").rename(folder)
    assert readiness(client, "active")["faults"] == []


def test_an_unusable_folder_is_refused_at_the_start(settings: Settings, folder: Path) -> None:
    (folder / "link.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(PolicyFaults, match=r"link\.yaml"):
        create_app(settings)
    shutil.rmtree(folder)
    with pytest.raises(PolicyFaults, match="no such folder"):
        create_app(settings)
    folder.mkdir()
    with pytest.raises(PolicyFaults, match="no policy file"):
        create_app(settings)
    (folder / "korea.yaml").write_bytes(FAULTY)
    with pytest.raises(PolicyFaults, match=r"korea\.yaml"):
        create_app(settings)


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_of_the_openapi_document_resolves(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    found = set(references(document))
    assert {
        "#/components/schemas/Request",
        "#/components/schemas/Decision",
        "#/components/schemas/Problem",
    } <= found
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_the_openapi_document_knows_no_422_and_every_problem_has_its_media_type(client: httpx.Client) -> None:
    for name, operation in operations(client.get("/openapi.json").json()):
        assert "422" not in operation["responses"], name
        for status, response in operation["responses"].items():
            if status == "default" or status >= "400":
                assert set(response["content"]) == {"application/problem+json"}, (name, status)


def test_the_documented_request_is_the_one_that_is_read(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    schema = document["components"]["schemas"]["Request"]
    assert set(schema["properties"]) == set(VERSION_1.request.model_fields)
    assert schema["required"] == ["request_id", "items"]
    assert schema["additionalProperties"] is False
    quantity = document["components"]["schemas"]["Item"]["properties"]["quantity"]
    assert quantity["anyOf"] == [{"type": "number", "minimum": 0, "maximum": 10**28 - 1}, {"type": "null"}]


@pytest.mark.parametrize("path", ["/v1/pre-check", "/v1/pre-checks"])
def test_the_documented_example_is_answered(client: httpx.Client, path: str) -> None:
    document = client.get("/openapi.json").json()
    example = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
    answer = client.post(path, json=example)
    assert answer.status_code == 200
    assert "outcome" in (answer.json() if path == "/v1/pre-check" else answer.json()[0])
