"""Facts that the party that asks owns: what others state of them is a claim, and others may not record them.

Covers: api.domain.believed_parties, engine.contract.offices
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.mistakes import ROOT
from tests.support.serving_parties import serving_parties

STARTER = ROOT / "api" / "files" / "starter"
SIGNED = "    ask: Has the visitor signed not to pass it on?\n    answered_by: host\n"
REQUEST: dict[str, Any] = {
    "as_of": "2026-03-02",
    "mission": {"countries": ["FR"]},
    "handover": {"by": "host", "to": "visitor"},
    "visitor": {"signed": True},
    "items": [{"line": 1, "description": "a page", "kind": "document", "quantity": 1, "unit": "sheet"}],
}
HOLDERS = ("host", "release_desk", "records_desk", "auditor")
NUMBERS = itertools.count(1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


class Office:
    """The starter as a running service, with a key for each caller."""

    def __init__(self, client: httpx.Client, keys: dict[str, str]) -> None:
        self.client, self.keys = client, keys

    def call(self, caller: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.keys[caller]}", "Idempotency-Key": f"k{next(NUMBERS)}"}
        return self.client.request(method, path, json=body, headers={**sent, **headers})

    def record(self, caller: str, case_id: str, name: str, value: Any) -> int:
        version = self.call("auditor", "GET", f"/v1/cases/{case_id}").json()["version"]
        line = {"line": 1} if name.startswith("item.") else {}
        fact = {"fact": name, "value": value, "happened_on": "2026-03-02", "evidence": "a letter", **line}
        path = f"/v1/cases/{case_id}/facts"
        return self.call(caller, "POST", path, {"facts": [fact]}, **{"If-Match": f'"{version}"'}).status_code


def owned_folder(place: Path) -> Path:
    """The starter, in which the signature of the visitor is for the host alone to state."""
    folder = Path(shutil.copytree(STARTER / "policies", place / "policies"))
    words = folder / "vocabulary.yaml"
    assert SIGNED in words.read_text()
    words.write_text(words.read_text().replace(SIGNED, f"{SIGNED}    owner: host\n"))
    return folder


@contextmanager
def serving(place: Path) -> Iterator[Office]:
    departments = {name: "hall" if name == "host" else None for name in HOLDERS}
    policies, floor = place / "policies", STARTER / "floor.yaml"
    with serving_parties(place, policies, floor, departments) as (client, keys):
        yield Office(client, keys)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("owned")
    owned_folder(place)
    return place


@pytest.fixture(scope="module")
def office(place: Path) -> Iterator[Office]:
    with serving(place) as office:
        yield office


def pre_check(office: Office, caller: str, **more: Any) -> Any:
    request = {**REQUEST, "request_id": f"r{next(NUMBERS)}", **more}
    answer = office.call(caller, "POST", "/v1/pre-check", request)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_another_states_of_them_is_a_claim(office: Office) -> None:
    approved = [{**REQUEST["items"][0], "approval": "approved"}]
    by_desk = pre_check(office, "release_desk", items=approved)
    assert by_desk["outcome"] == "needs_information"
    assert by_desk["lines"][0]["claimed_not_confirmed"] == ["visitor.signed"]
    by_host = pre_check(office, "host", items=approved)
    assert by_host["lines"][0]["claimed_not_confirmed"] == ["item.approval"]
    both = office.call(
        "release_desk", "POST", "/v1/pre-checks", [{**REQUEST, "request_id": "one", "items": approved}]
    )
    assert both.json()[0]["outcome"] == "needs_information"


def test_nobody_but_the_party_that_asks_records_them_and_then_they_count(office: Office, place: Path) -> None:
    request_id = f"r{next(NUMBERS)}"
    opened = office.call("host", "POST", "/v1/cases", {**REQUEST, "request_id": request_id, "visitor": {}})
    case_id = opened.json()["case_id"]
    assert [
        office.record(caller, case_id, "visitor.signed", True) for caller in ("release_desk", "records_desk")
    ] == [
        403,
        403,
    ]
    assert office.record("release_desk", case_id, "item.approval", "approved") == 201
    assert pre_check(office, "host", request_id=request_id, visitor={})["outcome"] == "needs_information"
    assert office.record("host", case_id, "visitor.signed", True) == 201
    decided = pre_check(office, "host", request_id=request_id, visitor={})
    assert decided["outcome"] == "deliver"
    cleared = office.call("host", "POST", "/v1/clearances", {"decision_id": decided["decision_id"]})
    assert cleared.status_code == 201, cleared.text
    by_case = office.call(
        "release_desk",
        "POST",
        "/v1/clearances?dry_run=true",
        {"case_id": case_id, "planned_on": "2026-03-03"},
    )
    assert by_case.status_code == 200, by_case.text
    handover = {
        "clearance": cleared.json()["clearance_id"],
        "handed_over_on": "2026-03-02",
        "by": "host",
        "to": "visitor",
        "countries": ["FR"],
        "items": [{"line": 1, "description": "a page", "quantity": 1, "unit": "sheet", "kind": "document"}],
        "recipient": "a guest",
        "evidence": "a receipt",
    }
    assert office.call("host", "POST", "/v1/handovers", handover).json()["status"] == "in_order"
    assert run("log", "replay", place / "log.db").exit_code == 0
    assert run("log", "verify", place / "log.db").exit_code == 0


def test_a_case_opened_by_another_begins_without_them(office: Office) -> None:
    decided = pre_check(office, "host")
    opened = office.call("release_desk", "POST", "/v1/cases", {"decision_id": decided["decision_id"]})
    assert opened.status_code == 201, opened.text
    case = office.call("auditor", "GET", f"/v1/cases/{opened.json()['case_id']}").json()
    assert "visitor.signed" not in json.dumps(case.get("facts", [])).replace("claimed", "")


def test_check_believes_the_party_that_asks_unless_others_alone_are_named(tmp_path: Path) -> None:
    folder = owned_folder(tmp_path)
    approved = {**REQUEST, "request_id": "x", "items": [{**REQUEST["items"][0], "approval": "approved"}]}
    (tmp_path / "request.json").write_text(json.dumps(approved))
    named = ("--policies", folder, "--floor", STARTER / "floor.yaml", "--format", "json")
    found = {
        roles: json.loads(
            run("check", tmp_path / "request.json", *named, *(o for r in roles for o in ("--role", r))).stdout
        )["outcome"]
        for roles in ((), ("release_desk",), ("host", "release_desk"))
    }
    assert found == {
        (): "route_bilateral",
        ("release_desk",): "needs_information",
        ("host", "release_desk"): "deliver",
    }
