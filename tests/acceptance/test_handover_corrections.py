"""A handover recorded wrongly is superseded by another record: both stay, and the later one counts.

Covers: api.domain.handovers.corrections, api.services.handover_corrections, api.storage.handover_corrections
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.support.desks import Desk, fact, serving
from tests.support.handing_over import DELIVER, HANDOVER, ITEM, cleared, codes, hand_over, post

REASON = "the receipt of another handover had been copied"


@pytest.fixture(scope="module")
def desk(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("corrections"), module_where) as desk:
        yield desk


def correct(desk: Desk, wrong: Any, caller: str = "committee", **changes: Any) -> Any:
    named = wrong if isinstance(wrong, str | list) else wrong["handover_id"]
    return hand_over(desk, caller, supersedes=named, **{"reason": REASON, **changes})


def refused(desk: Desk, caller: str = "committee", **changes: Any) -> tuple[int, str]:
    body = {name: value for name, value in {**HANDOVER, **changes}.items() if value is not None}
    answer = post(desk, caller, "/v1/handovers", body)
    assert answer.status_code in (400, 403), answer.text
    return answer.status_code, answer.json()["errors"][0].get("detail")


def read(desk: Desk, path: str, **query: str) -> Any:
    answer = desk.call("committee", "GET", path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(desk: Desk, **query: str) -> set[str]:
    found: set[str] = set()
    page = read(desk, "/v1/handovers", limit="100", **query)
    while True:
        found |= {handover["handover_id"] for handover in page["handovers"]}
        if "next" not in page:
            return found
        page = read(desk, "/v1/handovers", limit="100", after=page["next"], **query)


def state(desk: Desk, clearance_id: str) -> tuple[str, str | None]:
    clearance = read(desk, f"/v1/clearances/{clearance_id}")
    return clearance["state"], clearance.get("used_by")


def test_both_records_stay_and_the_corrected_one_counts(desk: Desk) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    wrong = hand_over(desk, clearance=clearance_id, items=[{**ITEM, "quantity": 9}])
    assert wrong["status"] == "breach"
    right = correct(desk, wrong, clearance=clearance_id)
    assert (right["status"], codes(right)) == ("in_order", [])
    assert (right["supersedes"], right["reason"]) == (wrong["handover_id"], REASON)
    assert read(desk, f"/v1/handovers/{wrong['handover_id']}") == {
        **wrong,
        "superseded_by": right["handover_id"],
    }
    both = {wrong["handover_id"], right["handover_id"]}
    assert both <= listed(desk)
    assert listed(desk, status="breach") & both == set()
    assert listed(desk, status="in_order") & both == {right["handover_id"]}
    breaches = read(desk, "/v1/reconcile")["breaches"]
    assert both & {handover["handover_id"] for handover in breaches} == set()
    assert state(desk, clearance_id) == ("used", right["handover_id"])


def test_the_committee_frees_what_the_wrong_record_had_used_up(desk: Desk) -> None:
    used, meant = (cleared(desk)["clearance_id"] for _ in range(2))
    wrong = hand_over(desk, clearance=used)
    assert state(desk, used)[0] == "used"
    right = correct(desk, wrong, clearance=meant)
    assert right["status"] == "in_order"
    assert f"The clearance {used} is free again." in right["notes"]
    assert (state(desk, used)[0], state(desk, meant)) == ("unused", ("used", right["handover_id"]))
    again = hand_over(desk, clearance=used)
    assert (again["status"], state(desk, used)) == ("in_order", ("used", again["handover_id"]))
    assert codes(hand_over(desk, clearance=used)) == ["clearance_used"]


@pytest.mark.parametrize("caller", ["liaison", "department"])
def test_what_others_correct_frees_no_clearance(desk: Desk, caller: str) -> None:
    used, meant = (cleared(desk)["clearance_id"] for _ in range(2))
    wrong = hand_over(desk, caller, clearance=used)
    named = {"supersedes": wrong["handover_id"], "reason": REASON}
    status, detail = refused(desk, caller, clearance=meant, **named)
    assert (status, "the Committee alone frees a clearance" in detail) == (403, True)
    without = correct(desk, wrong, caller)
    assert codes(without) == ["no_clearance"]
    assert state(desk, used) == ("used", wrong["handover_id"])
    assert codes(hand_over(desk, clearance=used)) == ["clearance_used"]
    right = correct(desk, without, clearance=meant)  # the Committee's, over both
    assert (right["status"], state(desk, used)[0]) == ("in_order", "unused")


def test_who_recorded_it_corrects_it_under_the_same_clearance(desk: Desk) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    wrong = hand_over(desk, "liaison", clearance=clearance_id, evidence="receipt no. 5")
    right = correct(desk, wrong, "liaison", clearance=clearance_id)
    assert (right["status"], right["evidence"]) == ("in_order", HANDOVER["evidence"])
    assert state(desk, clearance_id) == ("used", right["handover_id"])


@pytest.mark.parametrize("changes", [{"handed_over_on": "1964-12-01"}, {"by": "committee"}])
def test_a_breach_is_corrected_by_the_committee_alone(desk: Desk, changes: dict[str, Any]) -> None:
    """Whatever others state instead, it stays a breach."""
    wrong = hand_over(desk, "department", by="receiving_department", to="mission")
    own = correct(desk, wrong, "department", **changes)
    assert (own["status"], codes(own)[0]) == ("breach", "corrects_breach")
    assert listed(desk, status="breach") & {wrong["handover_id"], own["handover_id"]} == {own["handover_id"]}
    again = correct(desk, own, "department", handed_over_on="1964-12-01")
    assert codes(again)[0] == "corrects_breach"
    mended = correct(desk, again, handed_over_on="1964-12-01")
    assert mended["status"] == "to_be_regularised"


def test_one_handover_that_stands_twice_is_made_one(desk: Desk) -> None:
    first, second = (hand_over(desk) for _ in range(2))
    one = correct(desk, [first["handover_id"], second["handover_id"]])
    both = {first["handover_id"], second["handover_id"]}
    assert listed(desk, status="breach") & (both | {one["handover_id"]}) == {one["handover_id"]}
    for wrong in both:
        assert read(desk, f"/v1/handovers/{wrong}")["superseded_by"] == one["handover_id"]


def test_a_correction_names_a_record_that_counts_and_states_why(desk: Desk) -> None:
    wrong = hand_over(desk, "department")
    wrong_id = wrong["handover_id"]
    assert refused(desk, supersedes=wrong_id)[0] == 400
    assert refused(desk, reason=REASON)[0] == 400
    assert refused(desk, supersedes="none", reason=REASON) == (400, "names no handover")
    assert refused(desk, supersedes="a\0b", reason=REASON)[0] == 400
    named = {"supersedes": wrong_id, "reason": REASON}
    assert refused(desk, "other", department=None, **named) == (400, "names no handover")
    assert refused(desk, "liaison", **named)[0] == 403
    right = correct(desk, wrong)
    status, detail = refused(desk, **named)
    assert (status, right["handover_id"] in detail) == (400, True)


def test_a_transfer_belongs_to_the_record_that_counts(desk: Desk) -> None:
    wrong = hand_over(desk, clearance=cleared(desk)["clearance_id"])
    transfer = {"recorded_on": "1965-03-20", "reference": "record no. 12"}
    path = "/v1/handovers/{handover_id}/transfer"
    assert post(desk, "committee", path.format(**wrong), transfer).status_code == 201
    right = correct(desk, wrong, clearance=cleared(desk)["clearance_id"])
    third = hand_over(desk)
    correct(desk, third)
    answer = post(desk, "committee", path.format(**third), transfer)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/superseded")
    assert post(desk, "committee", path.format(**right), transfer).status_code == 201


def test_of_what_was_superseded_nothing_is_due(desk: Desk) -> None:
    def due_handovers() -> set[str]:
        dues = read(desk, "/v1/due", as_of="1966-12-31")["due"]
        return {due["subject"]["handover_id"] for due in dues if "handover_id" in due["subject"]}

    wrong = hand_over(desk, clearance=cleared(desk)["clearance_id"])
    assert wrong["handover_id"] in due_handovers()
    right = correct(desk, wrong)
    assert due_handovers() & {wrong["handover_id"], right["handover_id"]} == set()


def test_a_handover_that_never_took_place_is_withdrawn(desk: Desk) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    never = hand_over(desk, clearance=clearance_id, by="receiving_department")
    path = f"/v1/handovers/{never['handover_id']}"
    assert post(desk, "liaison", f"{path}/withdrawal", {"reason": REASON}).status_code == 403
    assert post(desk, "committee", f"{path}/withdrawal", {}).status_code == 400
    withdrawn = post(desk, "committee", f"{path}/withdrawal", {"reason": REASON}).json()
    assert withdrawn["notes"] == [f"The clearance {clearance_id} is free again."]
    shown = read(desk, path)
    assert shown == {
        **never,
        "withdrawn": {name: withdrawn[name] for name in ("reason", "recorded_at", "recorded_by")},
    }
    assert never["handover_id"] in listed(desk)
    assert never["handover_id"] not in listed(desk, status="breach")
    assert state(desk, clearance_id) == ("unused", None)
    assert hand_over(desk, clearance=clearance_id)["status"] == "in_order"
    again = post(desk, "committee", f"{path}/withdrawal", {"reason": REASON})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/superseded")
    named = {"supersedes": never["handover_id"], "reason": REASON}
    assert refused(desk, **named) == (400, "was withdrawn; record it anew")
    assert post(desk, "committee", "/v1/handovers/none/withdrawal", {"reason": REASON}).status_code == 404


def test_what_was_withdrawn_delivers_nothing_to_its_case(desk: Desk) -> None:
    case_id = desk.opened(request_id="never delivered", handover=DELIVER["handover"])
    channel = {f"channel.{name}": value for name, value in DELIVER["items"][0]["channel"].items()}
    for name, value in {"legacy_list": "none", **channel}.items():
        desk.record("committee", case_id, fact(f"item.{name}", value, "1965-03-02"))
    never = hand_over(desk, clearance=cleared(desk, request_id="never delivered")["clearance_id"])
    assert (never["status"], never["case_id"]) == ("in_order", case_id)
    assert [duty["done_by"] for duty in desk.case(case_id, held_on="1965-03-05")["done"]] == ["handover"]
    post(desk, "committee", f"/v1/handovers/{never['handover_id']}/withdrawal", {"reason": REASON})
    assert desk.case(case_id, held_on="1965-03-05")["done"] == []


def test_a_correction_that_is_tried_corrects_nothing(desk: Desk) -> None:
    wrong = hand_over(desk)
    body = {**HANDOVER, "supersedes": wrong["handover_id"], "reason": REASON}
    assert post(desk, "committee", "/v1/handovers?dry_run=true", body).status_code == 200
    assert "superseded_by" not in read(desk, f"/v1/handovers/{wrong['handover_id']}")


def test_the_log_holds_both_records_and_verifies(where: str, tmp_path: Path) -> None:
    with serving(tmp_path, where) as desk:
        used, meant = (cleared(desk)["clearance_id"] for _ in range(2))
        wrong = hand_over(desk, clearance=used)
        right = correct(desk, wrong, clearance=meant, reason="\u5de5")
        never = hand_over(desk, clearance=used)["handover_id"]
        withdrawal = post(desk, "committee", f"/v1/handovers/{never}/withdrawal", {"reason": REASON})
        assert withdrawal.status_code == 201, withdrawal.text
    key = {"CHANNELGATE_SIGNING_KEY": str(tmp_path / "signing.key")}
    for command in ("verify", "replay"):
        result = CliRunner().invoke(app, ["log", command, where], env=key)
        assert result.exit_code == 0, result.output
    lines = CliRunner().invoke(app, ["log", "export", where], env=key).stdout.splitlines()
    handovers = {entry["key"]: entry for entry in map(json.loads, lines) if entry["kind"] == "handover"}
    assert handovers[right["handover_id"]]["handover"]["supersedes"] == wrong["handover_id"]
    assert handovers[right["handover_id"]]["handover"]["reason"] == "\u5de5"
    assert wrong["handover_id"] in handovers
