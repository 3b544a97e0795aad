"""What the Committee has recorded of a case decides a department's pre-check; what the department claims does not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings
from tests.desks import ROOT, URGENT, Desk, fact, serving
from tests.doors import running_server

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
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("known")) as desk:
        yield desk


def asked(desk: Desk, caller: str, **changes: Any) -> Any:
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
    assert asked(desk, "department", **request)["outcome"] == "deliver"
    assert asked(desk, "department", **{**request, "request_id": "another"})["outcome"] != "deliver"


@pytest.mark.parametrize(
    ("day", "outcome"), [("1965-03-03", "hold"), ("1965-03-05", "hold"), ("1965-03-06", "deliver")]
)
def test_a_pre_check_takes_what_held_on_its_day(desk: Desk, day: str, outcome: str) -> None:
    request = agreed_case(desk, f"on {day}")
    assert asked(desk, "department", **request, as_of=day)["outcome"] == outcome


def test_a_claim_that_the_ledger_bears_out_is_confirmed_and_one_that_differs_is_listed(desk: Desk) -> None:
    request = agreed_case(desk, "claimed")
    claims = {"consultation": "refused", "committee_agrees": True, "project_no": "8-1"}
    line = asked(desk, "department", **{**request, "items": without_channel(line=1, channel=claims)})[
        "lines"
    ][0]
    assert (line["outcome"], line["claimed_not_confirmed"]) == (
        "deliver",
        [CHANNEL + "consultation", CHANNEL + "project_no"],
    )


def test_what_is_stated_as_not_known_is_filled_in_for_a_department_alone(desk: Desk) -> None:
    request = agreed_case(desk, "null")
    items = without_channel(line=1, channel={"consultation": None})
    assert asked(desk, "department", **{**request, "items": items})["outcome"] == "deliver"
    assert asked(desk, "committee", **{**request, "items": items})["outcome"] != "deliver"
    assert asked(desk, "committee", **request)["outcome"] == "deliver"


def test_the_facts_of_one_line_or_department_are_not_those_of_another(desk: Desk) -> None:
    request = agreed_case(desk, "lines")
    two = without_channel(line=1) + without_channel(line=2)
    lines = asked(desk, "department", **{**request, "items": two})["lines"]
    assert [line["outcome"] == "deliver" for line in lines] == [True, False]
    other = asked(desk, "other", **{**request, "department": {"id": "textiles"}})
    assert other["outcome"] != "deliver"


def test_of_several_cases_about_a_request_the_newest_counts(desk: Desk) -> None:
    request = agreed_case(desk, "twice")
    newest = desk.opened(request_id="twice")
    assert asked(desk, "department", **request)["outcome"] != "deliver"
    desk.record("committee", newest, *AGREED)
    assert asked(desk, "department", **request)["outcome"] == "deliver"


def test_a_list_of_pre_checks_is_filled_in_alike(desk: Desk) -> None:
    requests = [agreed_case(desk, f"many {number}") for number in range(3)]
    bodies = [{**URGENT, **BY_THE_COMMITTEE, **DAY, **request} for request in requests]
    answer = desk.call("department", "POST", "/v1/pre-checks", [*bodies, {**bodies[0], "request_id": "new"}])
    assert [one["outcome"] == "deliver" for one in answer.json()] == [True, True, True, False]


def test_a_decision_with_facts_of_the_ledger_is_replayed_to_the_same_bytes(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        request = agreed_case(desk, "replayed")
        decision_id = asked(desk, "department", **request)["decision_id"]
        case_id = desk.call("committee", "GET", "/v1/cases").json()["cases"][0]["case_id"]
        desk.record("committee", case_id, fact(CHANNEL + "consultation", "refused", "1965-03-09"))
        assert asked(desk, "department", **request)["outcome"] == "refuse"
    replayed = CliRunner().invoke(app, ["log", "replay", str(tmp_path / "log.db")])
    assert replayed.exit_code == 0, replayed.output
    exported = CliRunner().invoke(app, ["log", "export", str(tmp_path / "log.db")]).stdout.splitlines()
    entry = next(found for found in map(json.loads, exported) if found["key"] == decision_id)
    assert entry["known"]["case_id"] == case_id
    assert entry["known"]["facts"]["1"][CHANNEL + "consultation"] == "agreed"


def test_a_case_opened_at_one_worker_counts_at_once_at_another(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        settings = Settings(
            policies=ROOT / "policies", database=str(tmp_path / "log.db"), api_keys=tmp_path / "keys.json"
        )
        with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
            elsewhere = Desk(client, desk.keys)
            for number in range(5):
                bare = {"request_id": f"r{number}", "items": without_channel(line=1)}
                assert asked(elsewhere, "department", **bare)["outcome"] != "deliver"
                request = agreed_case(desk, f"r{number}")
                assert asked(elsewhere, "department", **request)["outcome"] == "deliver"
                many = [{**URGENT, **BY_THE_COMMITTEE, **DAY, **request}, {}]
                answers = elsewhere.call("department", "POST", "/v1/pre-checks", many).json()
                assert [answer.get("outcome") for answer in answers] == ["deliver", None]
