"""What the Committee has recorded of a case decides a department's pre-check; what the department claims does not.

Covers: api.domain.known_facts
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.support.desks import URGENT, Desk, fact, serving

CHANNEL = "item.channel."
DAY = {"as_of": "1965-03-10"}
AGREED = (
    fact("item.legacy_list", "none"),
    fact(CHANNEL + "reported_to_committee", True),
    fact(CHANNEL + "consultation", "agreed", "1965-03-04"),
    fact(CHANNEL + "committee_agrees", True, "1965-03-05"),
    fact(CHANNEL + "accepted_as_project", True, "1965-03-05"),
    fact(CHANNEL + "inclusion", "agreed_to_include", "1965-03-06"),
    fact(CHANNEL + "inclusion_session", 8, "1965-03-06"),
)
BY_THE_COMMITTEE = {"handover": {"by": "committee", "to": "counterpart_institution"}}


@pytest.fixture(scope="module")
def desk(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("known"), module_where) as desk:
        yield desk


def pre_check(desk: Desk, caller: str, **changes: Any) -> Any:
    body = {**URGENT, **BY_THE_COMMITTEE, **DAY, **changes}
    answer = desk.call(caller, "POST", "/v1/pre-check", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def without_channel(**changes: Any) -> list[dict[str, Any]]:
    bare = {
        name: value for name, value in URGENT["items"][0].items() if name not in ("channel", "legacy_list")
    }
    return [{**bare, **changes}]


def agreed_case(desk: Desk, name: str) -> dict[str, Any]:
    desk.record("committee", desk.opened(request_id=name), *AGREED)
    return {"request_id": name, "department": {"id": "metallurgy"}, "items": without_channel(line=1)}


def test_what_the_committee_recorded_lets_a_department_s_pre_check_be_permitted(desk: Desk) -> None:
    request = agreed_case(desk, "agreed")
    assert pre_check(desk, "department", **request)["outcome"] == "deliver"
    assert pre_check(desk, "department", **{**request, "request_id": "another"})["outcome"] != "deliver"


@pytest.mark.parametrize(
    ("day", "outcome"), [("1965-03-03", "hold"), ("1965-03-05", "hold"), ("1965-03-06", "deliver")]
)
def test_a_pre_check_takes_what_held_on_its_day(desk: Desk, day: str, outcome: str) -> None:
    request = agreed_case(desk, f"on {day}")
    assert pre_check(desk, "department", **request, as_of=day)["outcome"] == outcome


def test_a_claim_that_the_ledger_bears_out_is_confirmed_and_one_that_differs_is_listed(desk: Desk) -> None:
    request = agreed_case(desk, "claimed")
    claims = {"consultation": "refused", "committee_agrees": True, "project_no": "8-1"}
    line = pre_check(desk, "department", **{**request, "items": without_channel(line=1, channel=claims)})[
        "lines"
    ][0]
    assert (line["outcome"], line["claimed_not_confirmed"]) == (
        "deliver",
        [CHANNEL + "consultation", CHANNEL + "project_no"],
    )


def test_what_is_stated_as_not_known_is_filled_in_for_a_department_alone(desk: Desk) -> None:
    request = agreed_case(desk, "null")
    items = without_channel(line=1, channel={"consultation": None})
    assert pre_check(desk, "department", **{**request, "items": items})["outcome"] == "deliver"
    assert pre_check(desk, "committee", **{**request, "items": items})["outcome"] != "deliver"
    assert pre_check(desk, "committee", **request)["outcome"] == "deliver"


def test_the_facts_of_one_line_or_department_are_not_those_of_another(desk: Desk) -> None:
    request = agreed_case(desk, "lines")
    two = without_channel(line=1) + without_channel(line=2)
    lines = pre_check(desk, "department", **{**request, "items": two})["lines"]
    assert [line["outcome"] == "deliver" for line in lines] == [True, False]
    other = pre_check(desk, "other", **{**request, "department": {"id": "textiles"}})
    assert other["outcome"] != "deliver"


def test_a_request_has_one_case_so_that_a_refusal_is_not_shed(desk: Desk) -> None:
    agreed_case(desk, "twice")
    again = desk.open(request_id="twice")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/case-exists")
    assert desk.open("committee", request_id="twice", department={"id": "textiles"}).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "guidance drawings"},
        {"kind": "software"},
        {"quantity": 2},
        {"unit": "crate"},
    ],
)
def test_what_was_agreed_for_one_thing_is_not_agreed_for_another(desk: Desk, changes: dict[str, Any]) -> None:
    request = agreed_case(desk, f"other {changes}")
    other = {**request, "items": without_channel(line=1, **changes)}
    assert pre_check(desk, "department", **request)["outcome"] == "deliver"
    assert pre_check(desk, "department", **other)["outcome"] != "deliver"


def test_what_was_agreed_with_one_country_is_not_agreed_with_another(desk: Desk) -> None:
    request = agreed_case(desk, "country")
    known = pre_check(desk, "department", **request, mission={"countries": ["VN"]})["lines"][0]
    assert "consultation-refused" not in known.get("rules", [])
    assert CHANNEL + "consultation" not in str(known.get("why_not"))
    for countries in (["VN"], ["KP", "VN"]):
        assert (
            pre_check(desk, "department", **request, mission={"countries": countries})["outcome"] != "deliver"
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("item.description", "guidance drawings"),
        ("item.kind", "software"),
        ("item.quantity", 5000),
        ("item.unit", "crate"),
        ("mission.countries", ["VN"]),
    ],
)
def test_what_was_agreed_on_is_no_longer_changed_by_the_department(desk: Desk, name: str, value: Any) -> None:
    case_id = desk.opened()
    assert desk.post("department", case_id, fact(name, value)).status_code == 201
    desk.record("committee", case_id, fact(CHANNEL + "reported_to_committee", True))
    refused = desk.post("department", case_id, fact(name, value))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (403, "/facts/0/fact")
    assert desk.post("committee", case_id, fact(name, value)).status_code == 201


def test_nobody_corrects_what_the_committee_recorded_but_the_committee(desk: Desk) -> None:
    case_id = desk.opened()
    (place,) = desk.record("committee", case_id, fact("urgency.eagerly_wanted", False))
    refused = desk.post("department", case_id, fact("urgency.eagerly_wanted", True, supersedes=place))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (403, "/facts/0/supersedes")


def test_who_may_not_read_a_case_learns_nothing_of_it_by_asking(desk: Desk) -> None:
    request = agreed_case(desk, "curious")
    outcomes = {
        caller: pre_check(desk, caller, **request)["outcome"] for caller in ("auditor", "policy_officer")
    }
    assert outcomes == {"auditor": "deliver", "policy_officer": "escalate_urgent"}


def test_no_decision_stands_in_the_log_behind_a_fact_that_it_does_not_take_into_account(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as desk:
        request = agreed_case(desk, "raced")
        case_id = desk.call("committee", "GET", "/v1/cases").json()["cases"][0]["case_id"]
        with ThreadPoolExecutor(6) as clerks:
            asking = [clerks.submit(pre_check, desk, "department", **request) for _ in range(120)]
            desk.record("committee", case_id, fact(CHANNEL + "consultation", "refused", "1965-03-09"))
            assert {answer.result()["outcome"] for answer in asking} <= {"deliver", "refuse"}
    lines = CliRunner().invoke(app, ["log", "export", str(tmp_path / "log.db")]).stdout.splitlines()
    entries = [entry for entry in map(json.loads, lines) if entry["kind"] in ("decision", "case_fact")]
    refused = next(n for n, entry in enumerate(entries) if entry.get("fact", {}).get("value") == "refused")
    assert {entry["outcome"] for entry in entries[refused + 1 :]} <= {"refuse"}


def test_a_list_of_pre_checks_is_filled_in_alike(desk: Desk) -> None:
    requests = [agreed_case(desk, f"many {number}") for number in range(3)]
    bodies = [{**URGENT, **BY_THE_COMMITTEE, **DAY, **request} for request in requests]
    answer = desk.call("department", "POST", "/v1/pre-checks", [*bodies, {**bodies[0], "request_id": "new"}])
    assert [one["outcome"] == "deliver" for one in answer.json()] == [True, True, True, False]


def test_a_decision_with_facts_of_the_ledger_is_replayed_to_the_same_bytes(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        request = agreed_case(desk, "replayed")
        decision_id = pre_check(desk, "department", **request)["decision_id"]
        case_id = desk.call("committee", "GET", "/v1/cases").json()["cases"][0]["case_id"]
        desk.record("committee", case_id, fact(CHANNEL + "consultation", "refused", "1965-03-09"))
        assert pre_check(desk, "department", **request)["outcome"] == "refuse"
    replayed = CliRunner().invoke(app, ["log", "replay", str(tmp_path / "log.db")])
    assert replayed.exit_code == 0, replayed.output
    exported = CliRunner().invoke(app, ["log", "export", str(tmp_path / "log.db")]).stdout.splitlines()
    entry = next(found for found in map(json.loads, exported) if found["key"] == decision_id)
    assert entry["known"]["case_id"] == case_id
    assert entry["known"]["facts"]["1"][CHANNEL + "consultation"] == "agreed"


def test_a_case_opened_at_one_worker_counts_at_once_at_another(tmp_path: Path) -> None:
    with serving(tmp_path) as desk, serving(tmp_path, keys=desk.keys, exercise=False) as elsewhere:
        for number in range(5):
            bare = {"request_id": f"r{number}", "items": without_channel(line=1)}
            assert pre_check(elsewhere, "department", **bare)["outcome"] != "deliver"
            request = agreed_case(desk, f"r{number}")
            assert pre_check(elsewhere, "department", **request)["outcome"] == "deliver"
            many = [{**URGENT, **BY_THE_COMMITTEE, **DAY, **request}, {}]
            answers = elsewhere.call("department", "POST", "/v1/pre-checks", many).json()
            assert [answer.get("outcome") for answer in answers] == ["deliver", None]
