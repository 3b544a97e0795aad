"""What was handed over against pre-checks, clearances and agreements: on the command line and over HTTP.

Covers: api.cli.reconcile, api.domain.reconciliation
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.reconciliation import handover_dues
from api.ledger.database import Database
from api.storage.handovers import load_handovers, load_transfers
from tests.support.desks import ROOT, Desk, fact, serving
from tests.support.earlier_texts import taking_texts_as_received
from tests.support.handing_over import DELIVER, cleared, decided, hand_over, post
from tests.support.shipped_words import COMMITTEE

LISTS = ("breaches", "without_pre_check", "expired_unused", "overdue", "valid_unused")


def run(where: str, *arguments: str) -> Result:
    policies = ["--policies", str(ROOT / "policies")]
    return CliRunner().invoke(app, ["reconcile", where, *policies, *arguments])


def found(where: str, day: str) -> Any:
    return json.loads(run(where, "--as-of", day, "--format", "json").stdout)


@pytest.fixture
def desk(where: str, tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path, where) as desk:
        yield desk


@pytest.fixture
def log(where: str) -> str:
    return where


def counts(report: Any) -> dict[str, int]:
    return {name: len(report[name]) for name in LISTS if report[name]}


def test_a_ledger_in_which_nothing_happened_agrees(desk: Desk, log: str) -> None:
    decided(desk)
    result = run(log, "--as-of", "1965-03-02")
    assert (result.exit_code, result.stdout) == (0, "everything agrees as of 1965-03-02\n")


def test_everything_that_does_not_agree_is_found_on_both_databases(where: str, tmp_path: Path) -> None:
    with serving(tmp_path, where) as desk:
        in_order = hand_over(desk, clearance=cleared(desk)["clearance_id"])["handover_id"]
        unused = cleared(desk)["clearance_id"]
        decided(desk, request_id="asked")
        late = hand_over(desk, request_id="asked")["handover_id"]
        other = hand_over(desk, "other", department=None, request_id="asked")["handover_id"]
        hand_over(desk, handed_over_on="1964-06-01")
        answer = desk.call("auditor", "GET", "/v1/reconcile", params={"as_of": "1965-04-30"})
        assert answer.status_code == 200
    same = run(where, "--as-of", "1965-04-30", "--format", "json")
    assert same.exit_code == 1
    assert json.loads(same.stdout) == answer.json()
    report = answer.json()
    assert [breach["handover_id"] for breach in report["breaches"]] == [late, other]
    assert [handover["handover_id"] for handover in report["without_pre_check"]] == [other]
    assert [clearance["clearance_id"] for clearance in report["expired_unused"]] == [unused]
    assert [due["subject"]["handover_id"] for due in report["overdue"]] == [in_order]
    assert report["findings"] == 5
    text = run(where, "--as-of", "1965-04-30").stdout
    assert text.startswith("Breaches\n")
    assert text.endswith("5 things do not agree as of 1965-04-30\n")
    assert "no_clearance [S3.6]" in text


@pytest.mark.parametrize(
    ("day", "expected"),
    [("1965-03-02", {"valid_unused": 1}), ("1965-03-03", {"expired_unused": 1})],
)
def test_a_clearance_is_a_finding_from_the_day_after_its_last(
    desk: Desk, log: str, day: str, expected: dict[str, int]
) -> None:
    cleared(desk)
    assert counts(found(log, day)) == expected
    assert run(log, "--as-of", day).exit_code == ("expired_unused" in expected)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("1965-03-01", {"valid_unused": 1}), ("1965-04-01", {}), ("1965-04-02", {"overdue": 1})],
)
def test_a_transfer_is_overdue_from_the_thirty_first_day(
    desk: Desk, log: str, day: str, expected: dict[str, int]
) -> None:
    hand_over(desk, clearance=cleared(desk)["clearance_id"])
    assert counts(found(log, day)) == expected


def test_a_recorded_transfer_ends_the_duty_from_its_own_day_on(desk: Desk, log: str) -> None:
    handover_id = hand_over(desk, clearance=cleared(desk)["clearance_id"])["handover_id"]
    transfer = {"recorded_on": "1965-04-20", "reference": "record no. 1"}
    assert post(desk, "committee", f"/v1/handovers/{handover_id}/transfer", transfer).status_code == 201
    assert (counts(found(log, "1965-04-19")), counts(found(log, "1965-04-20"))) == ({"overdue": 1}, {})


def test_a_pre_check_after_the_handover_comes_too_late(desk: Desk, log: str) -> None:
    late = hand_over(desk, request_id="asked too late")["handover_id"]
    decided(desk, request_id="asked too late")
    handovers = found(log, "1965-03-02")["without_pre_check"]
    assert [handover["handover_id"] for handover in handovers] == [late]


def test_open_transfers_are_duties_for_the_list_of_what_falls_due(desk: Desk, log: str) -> None:
    (item,) = DELIVER["items"]
    pending = {**item, "line": 2, "legacy_list": "pending", "channel": {"attache_confirmation": "confirmed"}}
    clearance = cleared(desk, items=[item, pending])["clearance_id"]
    items = [
        {member: line[member] for member in ("line", "description", "quantity", "unit", "kind")}
        for line in (item, pending)
    ]
    handover_id = hand_over(desk, clearance=clearance, items=items)["handover_id"]
    hand_over(desk)
    database = Database(log, read_only=True)
    with database.reading() as connection:
        handovers, transfers = load_handovers(connection), load_transfers(connection)
    database.dispose()
    day = handovers[0].handed_over_on
    dues = handover_dues(handovers, transfers, day, frozenset())
    assert [(due.clause, due.who, due.overdue) for due in dues] == [
        ("S3.12", COMMITTEE, False),
        ("S1.5", COMMITTEE, False),
    ]
    assert {due.subject["handover_id"] for due in dues} == {handover_id}
    assert {(due.due - day).days for due in dues if due.due} == {30}


def test_an_agreement_that_is_past_due_is_found(desk: Desk, log: str) -> None:
    case_id = desk.opened(request_id="promised")
    channel = {"inclusion": "agreed_to_include", "inclusion_session": 8, "project_no": "8-14"}
    for name, value in channel.items():
        desk.record("committee", case_id, fact(f"item.channel.{name}", value))
    assert counts(found(log, "1966-01-01")) == {}
    event = {
        "kind": "session_closed",
        "session": 8,
        "happened_on": "1965-10-20",
        "reference": "closing protocol",
    }
    answer = post(desk, "committee", "/v1/registers/events", event)
    assert answer.status_code == 201, answer.text
    report = found(log, "1966-01-01")
    assert [(due["clause"], due["subject"]["case_id"]) for due in report["overdue"]] == [("D5", case_id)]


def test_only_the_committee_and_the_auditor_reconcile(desk: Desk) -> None:
    callers = ("committee", "auditor", "liaison", "department", "policy_officer")
    answers = {caller: desk.call(caller, "GET", "/v1/reconcile").status_code for caller in callers}
    assert answers == {
        "committee": 200,
        "auditor": 200,
        "liaison": 403,
        "department": 403,
        "policy_officer": 403,
    }


@pytest.mark.parametrize("query", ["as_of=yesterday", "day=1965-03-01"])
def test_a_question_that_is_not_understood_is_not_answered(desk: Desk, query: str) -> None:
    assert desk.call("committee", "GET", f"/v1/reconcile?{query}").status_code == 400


def test_what_cannot_be_read_is_reported_with_a_remedy(tmp_path: Path) -> None:
    missing = run(str(tmp_path / "none.db"))
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "name the file or URL of a decision log" in missing.stderr
    arguments = ["reconcile", "x.db", "--policies", str(tmp_path)]
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_a_recorded_text_cannot_forge_a_line_of_the_report(desk: Desk, log: str) -> None:
    with taking_texts_as_received():
        hand_over(desk, request_id="x\neverything agrees as of 1965-03-02")
    lines = run(log, "--as-of", "1965-03-02").stdout.splitlines()
    assert "everything agrees as of 1965-03-02" not in lines
