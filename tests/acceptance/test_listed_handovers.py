"""A handover of items that stand on a pending list: the registers and the due list follow it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.handing_over import HANDOVER, post
from tests.support.register_desks import RegisterDesk, run, serving_registers

LEGACY = {
    "request_id": "listed items",
    "as_of": "1965-03-01",
    "trigger": "legacy_list",
    "department": {"id": "metallurgy"},
    "mission": {"countries": ["KP"]},
    "visit": {"border_area": "none"},
    "handover": {"by": "committee", "to": "counterpart_institution"},
}


@pytest.fixture
def registers(where: str, tmp_path: Path) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path, where) as registers:
        registers.record("confirmation", "1965-02-20", items=["B-1", "B-2"], state="confirmed")
        yield registers


def line(number: str, **changes: Any) -> dict[str, Any]:
    of_list = {
        "description": f"Synthetic <item> {number}",
        "quantity": 2,
        "unit": "sheets",
        "kind": "drawing",
    }
    return {"line": number, **of_list, **changes}


def hand_over(
    registers: RegisterDesk, *lines: dict[str, Any], day: str = "1965-03-01", status: str = "in_order"
) -> Any:
    """Clear the lines and hand them over."""
    checked = registers.desk.call("committee", "POST", "/v1/pre-check", {**LEGACY, "items": lines})
    assert checked.status_code == 200, checked.text
    wanted = {"decision_id": checked.json()["decision_id"]}
    clearance = post(registers.desk, "committee", "/v1/clearances", wanted)
    assert clearance.status_code == 201, clearance.text
    stated = [{name: item[name] for name in line("x")} for item in lines]
    body = {
        **HANDOVER,
        "handed_over_on": day,
        "items": stated,
        "clearance": clearance.json()["clearance_id"],
    }
    answer = post(registers.desk, "committee", "/v1/handovers", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == status, answer.text
    return answer.json()


def transfer(registers: RegisterDesk, handover: Any, day: str = "1965-03-20") -> Any:
    body = {"recorded_on": day, "reference": "transfer record no. 12"}
    answer = post(registers.desk, "liaison", f"/v1/handovers/{handover['handover_id']}/transfer", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def events(registers: RegisterDesk, kind: str) -> list[Any]:
    return [event for event in registers.read("/v1/registers/events")["events"] if event["kind"] == kind]


def test_the_event_names_the_evidence_the_handover_and_its_day(registers: RegisterDesk) -> None:
    handover = hand_over(registers, line("B-1"), line("B-2"))
    assert (handover["listed_items"], handover["notes"]) == (["B-1", "B-2"], [])
    (event,) = events(registers, "delivered")
    assert event["reference"] == f"receipt no. 4 (handover {handover['handover_id']})"
    assert (event["happened_on"], event["items"]) == ("1965-03-01", ["B-1", "B-2"])
    assert event["handover_id"] == handover["handover_id"]
    assert (event["recorded_by"], event["role"]) == (handover["recorded_by"], "committee")


def test_the_handover_and_its_event_are_entries_of_their_own_that_the_log_verifies(
    registers: RegisterDesk,
) -> None:
    handover = hand_over(registers, line("B-1"))
    transfer(registers, handover)
    entries = registers.read("/v1/log/entries")["entries"]
    kinds = [entry["kind"] for entry in entries if entry["key"] == handover["handover_id"]]
    assert kinds == ["handover", "register_event", "transfer_recorded", "register_event"]
    verified = run(registers.folder, "log", "verify", registers.database)
    assert verified.exit_code == 0, verified.output


def test_what_a_superseded_handover_recorded_in_the_registers_is_withdrawn(registers: RegisterDesk) -> None:
    wrong = hand_over(registers, line("B-1"), line("B-2"))
    transfer(registers, wrong)
    body = {
        **HANDOVER,
        "handed_over_on": "1965-03-01",
        "items": [{name: line("B-2")[name] for name in line("x")}],
        "clearance": wrong["clearance_id"],
        "supersedes": wrong["handover_id"],
        "reason": "B-1 was not among them",
    }
    right = post(registers.desk, "committee", "/v1/handovers", body).json()
    assert (right["status"], right["listed_items"]) == ("in_order", ["B-2"]), right
    assert right["notes"] == [f"This record counts in place of {wrong['handover_id']}."]
    withdrawals = events(registers, "withdrawal")
    assert len(withdrawals) == 2
    assert {event["reference"] for event in withdrawals} == {
        f"B-1 was not among them (handover {right['handover_id']})"
    }
    assert "delivered_on" not in registers.item("B-1")
    assert registers.item("B-2")["delivered_on"] == "1965-03-01"
    assert "transferred_on" not in registers.item("B-2")
    transfer(registers, right)
    assert registers.item("B-2")["transferred_on"] == "1965-03-20"
    entries = registers.read("/v1/log/entries")["entries"]
    kinds = [entry["kind"] for entry in entries if entry["key"] == right["handover_id"]]
    assert kinds == [
        *("register_event", "register_event", "handover", "register_event"),
        *("transfer_recorded", "register_event"),
    ]
    verified = run(registers.folder, "log", "verify", registers.database)
    assert verified.exit_code == 0, verified.output


def test_a_repeated_call_marks_nothing_twice(registers: RegisterDesk) -> None:
    checked = registers.desk.call("committee", "POST", "/v1/pre-check", {**LEGACY, "items": [line("B-1")]})
    clearance = post(
        registers.desk, "committee", "/v1/clearances", {"decision_id": checked.json()["decision_id"]}
    ).json()
    body = {
        **HANDOVER,
        "handed_over_on": "1965-03-01",
        "items": [line("B-1")],
        "clearance": clearance["clearance_id"],
    }
    first, second = (post(registers.desk, "committee", "/v1/handovers", body, "once") for _ in range(2))
    assert first.json() == second.json()
    assert len(events(registers, "delivered")) == 1


def test_an_item_that_the_register_delivered_on_a_later_day_leaves_the_handover_and_gets_a_note(
    registers: RegisterDesk,
) -> None:
    registers.record("delivered", "1965-03-08", items=["B-1"])
    handover = hand_over(registers, line("B-1"), line("B-2"))
    (note,) = handover["notes"]
    assert "B-1" in note
    assert "was delivered on 1965-03-08 already" in note
    marked = [event["items"] for event in events(registers, "delivered")]
    assert sorted(marked) == [["B-1"], ["B-2"]]
    shown = registers.read(f"/v1/handovers/{handover['handover_id']}")
    assert shown["notes"] == handover["notes"]


def test_what_only_the_committee_calls_confirmed_is_not_cleared(registers: RegisterDesk) -> None:
    stated = {"channel": {"attache_confirmation": "confirmed"}, "legacy_list": "pending"}
    body = {**LEGACY, "items": [line("B-3", **stated)]}
    decision = registers.desk.call("committee", "POST", "/v1/pre-check", body).json()
    assert decision["outcome"] == "deliver"
    refused = post(registers.desk, "committee", "/v1/clearances", {"decision_id": decision["decision_id"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-cleared")


def test_another_thing_under_the_number_of_an_item_is_not_marked(registers: RegisterDesk) -> None:
    channel = {"attache_confirmation": "confirmed"}
    other = line("B-1", description="a furnace", channel=channel, legacy_list="pending")
    handover = hand_over(registers, other)
    assert "listed_items" not in handover
    assert events(registers, "delivered") == []


def test_what_was_handed_over_in_breach_is_not_marked(registers: RegisterDesk) -> None:
    body = {**HANDOVER, "handed_over_on": "1965-03-01", "items": [line("B-1")], "trigger": "legacy_list"}
    recorded = post(registers.desk, "committee", "/v1/handovers", body).json()
    assert (recorded["status"], "listed_items" in recorded) == ("breach", False)
    assert events(registers, "delivered") == []


def test_a_transfer_is_due_once_for_the_list_and_gone_with_the_transfer_of_the_handover(
    registers: RegisterDesk,
) -> None:
    handover = hand_over(registers, line("B-1"))
    (pending,) = registers.dues_under("1965-04-01", "S1.5")
    assert (pending["subject"]["item_nos"], pending["due"], pending["overdue"]) == (
        ["B-1"],
        "1965-03-31",
        True,
    )
    recorded = transfer(registers, handover)
    assert "notes" not in recorded
    assert registers.dues_under("1965-04-01", "S1.5") == []
    (event,) = events(registers, "transfer_recorded")
    assert event["reference"] == f"transfer record no. 12 (handover {handover['handover_id']})"
    assert (event["happened_on"], event["items"]) == ("1965-03-20", ["B-1"])


def test_a_delivery_that_was_withdrawn_is_due_under_the_handover_again(registers: RegisterDesk) -> None:
    handover = hand_over(registers, line("B-1"))
    (event,) = events(registers, "delivered")
    registers.record("withdrawal", "1965-03-09", event=event["sequence"])
    (pending,) = registers.dues_under("1965-04-01", "S1.5")
    assert pending["subject"]["handover_id"] == handover["handover_id"]
    recorded = transfer(registers, handover)
    assert "had not been delivered by that day" in recorded["notes"][0]
    assert registers.dues_under("1965-04-01", "S1.5") == []


def test_a_transfer_that_the_register_has_already_is_noted(registers: RegisterDesk) -> None:
    handover = hand_over(registers, line("B-1"))
    registers.record("transfer_recorded", "1965-03-10", items=["B-1"])
    assert registers.dues_under("1965-04-01", "S1.5") == []
    recorded = transfer(registers, handover)
    assert "its transfer was recorded for 1965-03-10 already" in recorded["notes"][0]


def test_what_is_no_listed_item_among_listed_ones_is_due_under_the_handover(registers: RegisterDesk) -> None:
    channel = {"attache_confirmation": "confirmed"}
    handover = hand_over(registers, line("B-1"), line("x", channel=channel, legacy_list="pending"))
    dues = registers.dues_under("1965-04-01", "S1.5")
    assert sorted("handover_id" in due["subject"] for due in dues) == [False, True]
    assert handover["listed_items"] == ["B-1"]


@pytest.mark.parametrize("corrected", [False, True])
def test_what_never_took_place_is_withdrawn_on_the_day_in_beijing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, corrected: bool
) -> None:
    before_midnight, after_midnight = (dt.datetime(2026, 3, 2, hour, tzinfo=dt.UTC) for hour in (15, 16))
    now = [before_midnight]
    monkeypatch.setattr("api.app._now", lambda: now[0])
    with serving_registers(tmp_path) as registers:
        registers.record("confirmation", "1965-02-20", items=["B-1", "B-2"], state="confirmed")
        for number, at, day in (
            ("B-1", before_midnight, "2026-03-02"),
            ("B-2", after_midnight, "2026-03-03"),
        ):
            now[0] = at
            handed = hand_over(registers, line(number))
            path = f"/v1/handovers/{handed['handover_id']}/withdrawal"
            body: dict[str, Any] = {"reason": "a mistake"}
            if corrected:
                path, body = "/v1/handovers", {**HANDOVER, "supersedes": handed["handover_id"], **body}
            answer = post(registers.desk, "committee", path, body)
            assert answer.status_code == 201, answer.text
            (*_, withdrawal) = registers.read("/v1/registers/events")["events"]
            assert (withdrawal["kind"], withdrawal["happened_on"]) == ("withdrawal", day)
