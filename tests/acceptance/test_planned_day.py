"""The day of a handover: none is planned for a day that is over, and one is decided for the day on which it is made.

Covers: api.services.clearances, api.services.handover_decisions, engine.contract.vocabulary
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from engine import Vocabulary, vocabulary_in
from tests.support import release_oracle as oracle
from tests.support.mistakes import ROOT
from tests.support.serving_parties import serving_parties

EXAMPLE = ROOT / "examples" / "second_directive"
NAMED = ("--policies", EXAMPLE / "policies", "--floor", EXAMPLE / "floor.yaml")
PARTIES = ("host", "export_control_office", "disclosure_office", "duty_officer", "records_office")
WORDS = vocabulary_in({path.name: path.read_bytes() for path in (EXAMPLE / "policies").glob("*.yaml")}).words
NUMBERS = itertools.count(1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def request_of(planned_on: str, approved_until: str, **more: Any) -> dict[str, Any]:
    """A request by which a host would release what has been approved until a day."""
    facts = {
        **oracle.NEAR,
        "handover.by": "host",
        "handover.to": "visitor",
        "item.kind": "visual",
        "handover.planned_on": planned_on,
        "item.review.approved_until": approved_until,
    }
    request: dict[str, Any] = {
        "request_id": f"r{next(NUMBERS)}",
        "mission": {"countries": ["FR"]},
        "items": [{"line": 1, "description": "an alloy", "unit": "piece"}],
        **more,
    }
    for name, value in facts.items():
        *parts, last = name.split(".")
        place = request
        for part in parts:
            place = request["items"][0] if part == "item" else place.setdefault(part, {})
        place[last] = str(value) if isinstance(value, dt.date) else value
    return request


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planned")


class Institute:
    """The second directive as a running service, with a key for each caller."""

    def __init__(self, client: httpx.Client, keys: dict[str, str]) -> None:
        self.client, self.keys = client, keys

    def post(self, caller: str, path: str, body: Any, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.keys[caller]}", "Idempotency-Key": f"k{next(NUMBERS)}"}
        return self.client.post(path, json=body, headers={**sent, **headers})

    def settled(self, request: dict[str, Any]) -> str:
        """A case of the host in which every owner has recorded what the request states of its facts."""
        opened = self.post("host", "/v1/cases", request)
        assert opened.status_code == 201, opened.text
        case_id, version = opened.json()["case_id"], opened.json()["version"]
        for name, value in flat(request):
            if owner := WORDS[name].owner:
                line = {"line": 1} if name.startswith("item.") else {}
                fact = {
                    "fact": name,
                    "value": value,
                    "happened_on": "2026-03-20",
                    "evidence": "a letter",
                    **line,
                }
                path = f"/v1/cases/{case_id}/facts"
                done = self.post(owner, path, {"facts": [fact]}, **{"If-Match": f'"{version}"'})
                assert done.status_code == 201, done.text
                version = done.json()["version"]
        return str(case_id)


def flat(request: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a request states, by the names of facts."""

    def walk(part: dict[str, Any], before: str) -> Iterator[tuple[str, Any]]:
        for name, value in part.items():
            if isinstance(value, dict):
                yield from walk(value, f"{before}{name}.")
            elif before + name in WORDS:
                yield before + name, value

    yield from walk({name: value for name, value in request.items() if name != "items"}, "")
    yield from walk(request["items"][0], "item.")


@pytest.fixture(scope="module")
def institute(place: Path) -> Iterator[Institute]:
    departments = {party: "optics" if party == "host" else None for party in PARTIES}
    policies, floor = EXAMPLE / "policies", EXAMPLE / "floor.yaml"
    with serving_parties(place, policies, floor, departments) as (client, keys):
        yield Institute(client, keys)


@pytest.mark.parametrize(
    ("planned_on", "as_of", "outcome"),
    [
        ("2026-03-20", "2026-11-20", "hold"),
        ("2026-03-20", "2026-04-01", "deliver"),
        ("2026-03-20", "2026-04-02", "hold"),
        ("2026-04-02", "2026-03-20", "hold"),
    ],
)
def test_an_approval_that_has_ended_releases_nothing_whatever_day_was_planned(
    tmp_path: Path, planned_on: str, as_of: str, outcome: str
) -> None:
    request = request_of(planned_on, "2026-04-01", as_of=as_of)
    (tmp_path / "asked.jsonl").write_text(json.dumps(request) + "\n")
    roles = [option for party in PARTIES for option in ("--role", party)]
    checked = run("check", tmp_path / "asked.jsonl", *NAMED, *roles, "--format", "json")
    assert json.loads(checked.stdout)["outcome"] == outcome, checked.output
    screened = run("screen", tmp_path / "asked.jsonl", *NAMED, *roles, "--out", tmp_path / "answers.jsonl")
    assert screened.exit_code == 0, screened.output
    assert json.loads((tmp_path / "answers.jsonl").read_text())["outcome"] == outcome


def test_the_question_for_the_day_offers_no_day_that_is_over(tmp_path: Path) -> None:
    """Whatever day before that of the question were stated, that of the question would count."""
    request = request_of("2026-03-20", "2026-04-01", as_of="2026-11-20")
    del request["handover"]["planned_on"]
    (tmp_path / "asked.json").write_text(json.dumps(request))
    roles = [option for party in PARTIES for option in ("--role", party)]
    answer = json.loads(run("check", tmp_path / "asked.json", *NAMED, *roles, "--format", "json").stdout)
    (question,) = answer["lines"][0]["missing"]
    assert question["fact"] == "handover.planned_on"
    assert set(question["would_lead_to"].values()) == {"hold"}


@pytest.mark.parametrize(
    ("case_says", "cleared_for", "status"),
    [
        ("2026-03-22", "2026-03-25", 201),
        ("2026-03-22", "2026-03-26", 409),
        ("2026-03-28", "2026-03-24", 201),
        ("2026-03-28", "2026-03-28", 409),
    ],
)
def test_a_clearance_is_decided_for_its_own_day(
    institute: Institute, case_says: str, cleared_for: str, status: int
) -> None:
    case_id = institute.settled(request_of(case_says, "2026-03-25", as_of="2026-03-20"))
    answer = institute.post("host", "/v1/clearances", {"case_id": case_id, "planned_on": cleared_for})
    assert answer.status_code == status, answer.text


def test_a_handover_is_decided_for_the_day_on_which_it_was_made(institute: Institute, place: Path) -> None:
    case_id = institute.settled(request_of("2026-03-30", "2026-03-25", as_of="2026-03-20"))
    cleared = institute.post("host", "/v1/clearances", {"case_id": case_id, "planned_on": "2026-03-24"})
    assert cleared.status_code == 201, cleared.text
    handover = {
        "clearance": cleared.json()["clearance_id"],
        "handed_over_on": "2026-03-24",
        "by": "host",
        "to": "visitor",
        "countries": ["FR"],
        "items": [{"line": 1, "description": "an alloy", "quantity": 1, "unit": "piece", "kind": "visual"}],
        "recipient": "a guest",
        "evidence": "a receipt",
    }
    answer = institute.post("host", "/v1/handovers", handover).json()
    assert (answer["status"], answer["decision"]["outcome"]) == ("in_order", "deliver"), answer
    late = institute.post("host", "/v1/handovers", {**handover, "handed_over_on": "2026-03-26"}).json()
    assert (late["status"], late["decision"]["outcome"]) == ("breach", "hold"), late
    assert run("log", "replay", place / "log.db").exit_code == 0


def test_entries_of_before_are_replayed_as_they_were_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "log.db"
    settings = Settings(policies=EXAMPLE / "policies", database=str(database), insecure_no_auth=True)
    request = request_of("2026-03-20", "2026-04-01", as_of="2026-11-20")
    with monkeypatch.context() as before:
        before.setattr(Vocabulary, "as_counted", lambda _, facts: facts)
        before.setattr("api.domain.caller_basis.ANSWER_EDITION", 2)
        with running_server(settings) as base:
            assert httpx.post(f"{base}/v1/pre-check", json=request).json()["outcome"] == "deliver"
    with running_server(settings) as base:
        assert httpx.post(f"{base}/v1/pre-check", json=request).json()["outcome"] == "hold"
    replayed = run("log", "replay", database)
    assert replayed.output.startswith("2 decisions taken again, 0 differ"), replayed.output
    assert "1 of them have answers of edition 2" in replayed.output
