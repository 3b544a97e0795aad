"""A clearance is issued by the case: its facts are not stated again, and the decision on them is recorded.

Covers: api.services.clearances
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.support.desks import KEYS, Desk, fact, serving
from tests.support.handing_over import DELIVER, ITEM, hand_over, post

PLANNED = {"planned_on": "1965-03-08"}
AMOUNT = {"quantity": 2.5}


@pytest.fixture(scope="module")
def desk(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("cleared"), module_where) as desk:
        yield desk


def case_of(desk: Desk, caller: str = "committee", **changes: Any) -> tuple[str, str]:
    """A case of the Committee about the example that may be delivered: its id, and that of its request."""
    request_id = f"c{next(KEYS)}"
    answer = post(desk, caller, "/v1/cases", {**DELIVER, "request_id": request_id, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()["case_id"], request_id


def clear(desk: Desk, case_id: str, caller: str = "committee", *, query: str = "", **more: Any) -> Any:
    body = {"case_id": case_id, **PLANNED, **more}
    return post(desk, caller, f"/v1/clearances{query}", body)


@pytest.mark.parametrize("caller", ["department", "committee", "liaison"])
def test_the_clearance_is_for_what_the_case_records(desk: Desk, caller: str) -> None:
    items = [{**DELIVER["items"][0], **AMOUNT, "line": "r-1"}]
    case_id, request_id = case_of(desk, items=items)
    answer = clear(desk, case_id, caller)
    assert answer.status_code == 201, answer.text
    clearance = answer.json()
    assert (clearance["request_id"], clearance["department"]) == (request_id, "metallurgy")
    assert (clearance["lines"], clearance["valid_from"]) == (["r-1"], "1965-03-08")
    note = clearance["note"]
    for line in ("quantity: 2.5", "description: drawings of a rolling mill", "handed over by: committee"):
        assert f"\n{line}\n" in note
    handed = [{**ITEM, **AMOUNT, "line": "r-1"}]
    done = hand_over(
        desk, clearance=clearance["clearance_id"], handed_over_on="1965-03-08", items=handed, department=None
    )
    assert (done["status"], done["case_id"]) == ("in_order", case_id)


def test_the_decision_is_recorded_as_a_pre_check_of_the_department_would_be(desk: Desk) -> None:
    case_id, request_id = case_of(desk)
    decision_id = clear(desk, case_id).json()["decision_id"]
    answer = desk.call("department", "GET", f"/v1/decisions/{decision_id}").json()
    assert (answer["outcome"], answer["as_of"]) == ("deliver", "1965-03-08")
    assert answer["links"] == {"case": {"href": f"/v1/cases/{case_id}"}}
    entries = desk.call("auditor", "GET", "/v1/log/entries", params={"limit": 1000}).json()["entries"]
    (entry,) = (one for one in entries if one["key"] == decision_id)
    assert entry["known"]["case_id"] == case_id
    assert "channel" not in json.dumps(entry["request"])
    request = {**DELIVER, "request_id": request_id, "as_of": "1965-03-08"}
    again = desk.call("department", "POST", "/v1/pre-check", request).json()
    assert again["outcome"] == "deliver"


def test_the_log_is_replayed_and_verified(desk: Desk, module_where: str) -> None:
    assert clear(desk, case_of(desk)[0]).status_code == 201
    for command in ("verify", "replay"):
        done = CliRunner().invoke(app, ["log", command, module_where])
        assert done.exit_code == 0, done.output


def test_a_case_that_does_not_permit_is_not_cleared_and_nothing_is_recorded(desk: Desk) -> None:
    case_id, _ = case_of(desk)
    desk.record("committee", case_id, fact("item.channel.consultation", "refused", "1965-03-05"))
    before = _size(desk)
    answer = clear(desk, case_id)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-cleared")
    assert "refuse" in answer.json()["detail"]
    assert _size(desk) == before


def _size(desk: Desk) -> str:
    note = desk.call("auditor", "GET", "/v1/log/checkpoint").text
    return note.splitlines()[1] if "\n" in note else note


def test_what_is_recorded_until_the_day_that_is_planned_counts(desk: Desk) -> None:
    case_id, _ = case_of(desk)
    desk.record("committee", case_id, fact("item.channel.consultation", "refused", "1965-03-10"))
    assert clear(desk, case_id).status_code == 201
    assert clear(desk, case_id, planned_on="1965-03-10").status_code == 409


def test_the_claims_of_a_department_clear_nothing(desk: Desk) -> None:
    case_id, _ = case_of(desk, "department")
    answer = clear(desk, case_id)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-cleared")


def test_a_case_of_another_department_or_of_nobody_is_not_found(desk: Desk) -> None:
    case_id, _ = case_of(desk)
    for caller, named in (("other", case_id), ("committee", "unknown")):
        assert clear(desk, named, caller).status_code == 404


@pytest.mark.parametrize("body", [{}, PLANNED, {"case_id": "a", "decision_id": "b"}, {"case_id": None}])
def test_a_body_names_a_case_or_a_decision(desk: Desk, body: Any) -> None:
    answer = post(desk, "committee", "/v1/clearances", body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert "either the decision" in answer.text


def test_a_repeated_call_gets_the_same_clearance_and_a_dry_run_leaves_nothing(desk: Desk) -> None:
    case_id, _ = case_of(desk)
    before = _size(desk)
    tried = clear(desk, case_id, query="?dry_run=true")
    assert (tried.status_code, tried.json()["dry_run"], "\n— " in tried.json()["note"]) == (200, True, False)
    assert _size(desk) == before
    key = f"k{next(KEYS)}"
    answers = [
        post(desk, "committee", "/v1/clearances", {"case_id": case_id, **PLANNED}, key).json()["clearance_id"]
        for _ in range(2)
    ]
    assert len(set(answers)) == 1


def test_a_past_day_is_not_cleared_where_past_days_are_not_taken(tmp_path: Path) -> None:
    with serving(tmp_path, exercise=False) as desk:
        case_id, _ = case_of(desk)
        answer = clear(desk, case_id)
        assert (answer.status_code, "was past" in answer.json()["detail"]) == (409, True)


def test_what_was_handed_over_in_order_is_not_cleared_once_more(desk: Desk) -> None:
    case_id, _ = case_of(desk)
    handed: dict[str, Any] = {"handed_over_on": "1965-03-08", "department": None}
    done = hand_over(desk, clearance=clear(desk, case_id).json()["clearance_id"], **handed)
    assert done["status"] == "in_order"
    again = clear(desk, case_id)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-cleared")
    assert f"Line 1 of the case was handed over in order on 1965-03-08 ({done['handover_id']})" in again.text
    withdrawn = post(
        desk, "committee", f"/v1/handovers/{done['handover_id']}/withdrawal", {"reason": "never"}
    )
    assert withdrawn.status_code == 201, withdrawn.text
    assert clear(desk, case_id).status_code == 201
