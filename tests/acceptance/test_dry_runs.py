"""A dry run is answered as the call would be, and leaves the database as it was.

Covers: api.http.request_body, api.http.idempotency, api.http.openapi, api.services.idempotent_commands
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from api.domain.handovers.clearance import FORMAT
from api.ledger.database import Database
from api.ledger.tables import metadata
from api.storage.console_tables import (
    decision_days,
    decision_index,
    decision_places,
    decision_rows,
    decision_terms,
)
from tests.support.desks import KEYS, fact
from tests.support.handing_over import DELIVER, HANDOVER, cleared, decided, hand_over
from tests.support.register_desks import RegisterDesk, serving_registers
from tests.support.schema_validator import find_faults

INDEX = (decision_days, decision_index, decision_places, decision_rows, decision_terms)


@pytest.fixture(scope="module")
def registers(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path_factory.mktemp("dry-runs"), module_where) as registers:
        yield registers


class Attempt:
    """A call that records something, tried and then made."""

    def __init__(self, registers: RegisterDesk, path: str, body: Any, **headers: str) -> None:
        self.registers, self.path, self.body = registers, path, body
        self.headers = {"Idempotency-Key": f"k{next(KEYS)}", **headers}

    def send(self, query: str = "") -> httpx.Response:
        return self.registers.desk.call(
            "committee", "POST", self.path + query, self.body, headers=self.headers
        )


def attempt(registers: RegisterDesk, name: str) -> Attempt:
    desk = registers.desk
    match name:
        case "case":
            return Attempt(registers, "/v1/cases", {**DELIVER, "request_id": f"tried {next(KEYS)}"})
        case "facts":
            case_id = desk.opened()
            seen = f'"{desk.case(case_id)["version"]}"'
            body = {"facts": [fact("urgency.ground", "x"), fact("item.quantity", 2)]}
            return Attempt(registers, f"/v1/cases/{case_id}/facts", body, **{"If-Match": seen})
        case "clearance":
            return Attempt(registers, "/v1/clearances", {"decision_id": decided(desk)["decision_id"]})
        case "handover":
            clearance_id = cleared(desk)["clearance_id"]
            return Attempt(registers, "/v1/handovers", {**HANDOVER, "clearance": clearance_id})
        case "breach":
            return Attempt(registers, "/v1/handovers", {**HANDOVER, "by": "other"})
        case "transfer":
            path = f"/v1/handovers/{hand_over(desk)['handover_id']}/transfer"
            return Attempt(registers, path, {"recorded_on": "1965-03-20", "reference": "record no. 1"})
        case "withdrawal":
            path = f"/v1/handovers/{hand_over(desk)['handover_id']}/withdrawal"
            return Attempt(registers, path, {"reason": "it never took place"})
        case _:
            event = {
                "kind": "list_sent",
                "happened_on": "1965-02-01",
                "reference": "l",
                "lists": ["organised"],
            }
            return Attempt(registers, "/v1/registers/events", event)


NAMES = ["case", "facts", "clearance", "handover", "breach", "transfer", "withdrawal", "event"]
OWN = {
    *("case_id", "handover_id", "clearance_id", "decision_id", "event_id", "sequence", "note", "reference"),
    *("recorded_at", "issued_at", "evaluated_at", "dry_run", "decision"),
}
"""Members that are new with every call, or hold such members."""


def rows_of(where: str) -> dict[str, list[Any]]:
    """Every row of every table, but for the index of decisions, which follows the log in a time of its own."""
    database = Database(where)
    try:
        with database.reading() as connection:
            return {
                name: sorted(map(repr, connection.execute(select(table)).all()))
                for name, table in metadata.tables.items()
                if table not in INDEX
            }
    finally:
        database.dispose()


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_is_answered_as_the_call_is_and_changes_no_row(
    registers: RegisterDesk, module_where: str, name: str
) -> None:
    tried = attempt(registers, name)
    before = rows_of(module_where)
    with capture_logs() as logs:
        dry = tried.send("?dry_run=true")
    assert rows_of(module_where) == before
    assert (dry.status_code, dry.json()["dry_run"]) == (200, True)
    assert "etag" not in dry.headers
    assert "handover_in_breach" not in {line["event"] for line in logs}
    made = tried.send()
    assert made.status_code == 201, made.text
    assert "dry_run" not in made.json()
    assert dry.json().keys() - {"dry_run"} == made.json().keys()
    assert {k: v for k, v in dry.json().items() if k not in OWN} == {
        k: v for k, v in made.json().items() if k not in OWN
    }
    after = rows_of(module_where)
    assert after != before
    assert len(after["answered_calls"]) == len(before["answered_calls"]) + 1


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_is_refused_as_the_call_is(registers: RegisterDesk, module_where: str, name: str) -> None:
    tried = attempt(registers, name)
    tried.body = {**tried.body, "unknown": 1}
    before = rows_of(module_where)
    dry, made = tried.send("?dry_run=true"), tried.send()
    assert (dry.status_code, dry.content) == (made.status_code, made.content)
    assert dry.status_code == 400
    assert rows_of(module_where) == before


def test_a_parameter_like_a_known_one_is_named_by_the_known_one(registers: RegisterDesk) -> None:
    refused = attempt(registers, "case").send("?dry_rn=true")
    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["parameter"], fault["suggestion"]) == (400, "dry_run", "dry_run")
    assert "did you mean `dry_run`?" in fault["detail"]
    assert "dry_rn" not in refused.text
    assert "errors" not in attempt(registers, "case").send("?quite=other").json()


def test_what_the_records_forbid_is_found_by_a_dry_run(registers: RegisterDesk) -> None:
    opened = attempt(registers, "case")
    assert opened.send().status_code == 201
    opened.headers["Idempotency-Key"] = f"k{next(KEYS)}"
    stale = attempt(registers, "facts")
    stale.headers["If-Match"] = '"1"'
    missing = attempt(registers, "case")
    del missing.headers["Idempotency-Key"]
    for tried, status in ((opened, 409), (stale, 412), (missing, 400)):
        dry, made = tried.send("?dry_run=true"), tried.send()
        assert (dry.status_code, made.status_code, dry.content) == (status, status, made.content)


def test_a_dry_run_of_a_repeated_call_shows_what_was_recorded(registers: RegisterDesk) -> None:
    tried = attempt(registers, "handover")
    made = tried.send().json()
    assert tried.send("?dry_run=true").json() == {**made, "dry_run": True}


def test_a_clearance_that_was_tried_is_none(registers: RegisterDesk) -> None:
    tried = attempt(registers, "clearance")
    note = tried.send("?dry_run=true").json()["note"]
    signed = tried.send().json()["note"]
    assert note.startswith(FORMAT)
    assert "\n\n\N{EM DASH} " in signed
    assert "\N{EM DASH} " not in note
    handover = hand_over(registers.desk, clearance=note)
    assert [ground["code"] for ground in handover["grounds"]] == ["unknown_clearance"]


@pytest.mark.parametrize("query", ["?dry_run=yes", "?dry_run=", "?dry_run=true&dry_run=true", "?dryrun=true"])
def test_a_parameter_that_is_not_understood_records_nothing(
    registers: RegisterDesk, module_where: str, query: str
) -> None:
    tried = attempt(registers, "breach")
    before = rows_of(module_where)
    answer = tried.send(query)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert "dry_run" in answer.json()["detail"]
    assert rows_of(module_where) == before
    assert tried.send("?dry_run=false").status_code == 201


@pytest.mark.parametrize("path", ["/v1/pre-check", "/v1/pre-checks"])
def test_a_pre_check_has_no_dry_run(registers: RegisterDesk, path: str) -> None:
    body = DELIVER if path == "/v1/pre-check" else [DELIVER]
    assert registers.desk.call("committee", "POST", f"{path}?dry_run=true", body).status_code == 400


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_of_a_dry_run_is_as_the_document_says(registers: RegisterDesk, name: str) -> None:
    document = registers.desk.client.get("/openapi.json").json()
    tried = attempt(registers, name)
    steps = [step for step in tried.path.split("/") if step]
    (responses,) = (
        methods["post"]["responses"]
        for path, methods in document["paths"].items()
        if "post" in methods and fits([step for step in path.split("/") if step], steps)
    )
    schema = responses["200"]["content"]["application/json"]["schema"]
    assert list(find_faults(tried.send("?dry_run=true").json(), schema, document)) == []


def fits(pattern: list[str], steps: list[str]) -> bool:
    return len(pattern) == len(steps) and all(
        part.startswith("{") or part == step for part, step in zip(pattern, steps, strict=True)
    )


def test_the_document_names_the_parameter_of_every_call_that_records(registers: RegisterDesk) -> None:
    paths = registers.desk.client.get("/openapi.json").json()["paths"]
    with_key, with_dry_run = (
        {
            path
            for path, methods in paths.items()
            if any(parameter["name"] == name for parameter in methods.get("post", {}).get("parameters", ()))
        }
        for name in ("Idempotency-Key", "dry_run")
    )
    posts = {path for path, methods in paths.items() if "post" in methods}
    authzen = {path for path in posts if path.startswith("/access/")}  # its profiles know no dry run
    assert with_key - authzen == with_dry_run
    assert with_dry_run == posts - authzen - {
        "/v1/pre-check",
        "/v1/pre-checks",
        "/v1/proposals/{proposal_id}/evidence",  # it begins a computation
        "/v1/keys/rotation",  # what it answers is shown once, and not stored
        "/v1/keys/{name}/revocation",
    }
