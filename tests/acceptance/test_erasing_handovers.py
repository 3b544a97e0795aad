"""Erasing the texts of a handover, its transfer and what the registers have of it; backups look at texts too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.acceptance.test_erasing import GROUND, SECRET, Kept
from tests.acceptance.test_listed_handovers import LEGACY, line
from tests.support.desks import Desk
from tests.support.handing_over import HANDOVER, ITEM, cleared, decided, hand_over, post
from tests.support.register_desks import RegisterDesk, keeping_registers

TEXTS = {
    "recipient": f"the secretary, {SECRET}",
    "evidence": f"receipt of {SECRET}",
}
TRANSFER = {"recorded_on": "1965-03-20", "reference": f'transfer record of "{SECRET}"'}


@pytest.fixture
def registers(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegisterDesk]:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with keeping_registers(tmp_path, where) as registers:
        yield registers


@pytest.fixture
def kept(registers: RegisterDesk) -> Kept:
    return Kept(registers.database, registers.desk, "", "", "")


def delivered(registers: RegisterDesk) -> tuple[str, str]:
    """A listed item handed over in order, with its transfer; its clearance and its handover."""
    registers.record("confirmation", "1965-02-20", items=["B-1"], state="confirmed")
    asked = registers.desk.call("committee", "POST", "/v1/pre-check", {**LEGACY, "items": [line("B-1")]})
    wanted = {"decision_id": asked.json()["decision_id"]}
    clearance = str(post(registers.desk, "committee", "/v1/clearances", wanted).json()["clearance_id"])
    body = {
        **HANDOVER,
        **TEXTS,
        "handed_over_on": "1965-03-01",
        "items": [line("B-1")],
        "clearance": clearance,
    }
    handover = post(registers.desk, "committee", "/v1/handovers", body).json()
    assert handover["status"] == "in_order"
    transferred(registers.desk, handover["handover_id"])
    return clearance, str(handover["handover_id"])


def transferred(desk: Desk, handover_id: str) -> None:
    answer = post(desk, "committee", f"/v1/handovers/{handover_id}/transfer", TRANSFER)
    assert answer.status_code == 201, answer.text


def in_breach(desk: Desk) -> str:
    """A handover without a clearance, with its transfer."""
    item = {**ITEM, "description": f"drawings by {SECRET}"}
    handover_id = str(hand_over(desk, items=[item], **TEXTS)["handover_id"])
    transferred(desk, handover_id)
    return handover_id


def told(desk: Desk, handover_id: str) -> Any:
    return desk.call("auditor", "GET", f"/v1/handovers/{handover_id}").json()


def test_after_erasing_no_byte_of_a_handover_and_its_transfer_is_left(kept: Kept) -> None:
    handover_id = in_breach(kept.desk)
    assert kept.traces()
    result = kept.run("erase", handover_id, *GROUND)
    assert result.exit_code == 0, result.output
    assert "erased: 5 texts" in result.stdout
    assert not kept.traces()
    verified = kept.run("verify")
    assert verified.exit_code == 0, verified.output


def test_after_erasing_no_byte_is_left_in_what_the_registers_have_of_it(
    registers: RegisterDesk, kept: Kept
) -> None:
    clearance, handover_id = delivered(registers)
    assert kept.traces()
    result = kept.run("erase", handover_id, *GROUND)
    assert f"not erased: the clearance {clearance}" in result.stdout
    assert not kept.traces()
    events = registers.read("/v1/registers/events", item_no="B-1")["events"]
    assert [event["reference"] for event in events if "handover_id" in event] == [None, None]
    assert registers.item("B-1")["transferred_on"] == "1965-03-20"


def test_the_log_holds_no_text_of_a_handover_and_the_export_shows_it(
    registers: RegisterDesk, kept: Kept
) -> None:
    _, handover_id = delivered(registers)
    of_it = [line for line in kept.lines() if line["key"] == handover_id]
    assert [entry["handover"]["evidence"] for entry in of_it if "handover" in entry] == [TEXTS["evidence"]]
    raw = registers.read("/v1/log/entries")["entries"]
    stored = [line["bytes"] for line in raw if line["key"] == handover_id]
    assert len(stored) == 4
    assert all(
        {"evidence", "recipient", "reference"} & {piece["fact"].split(".")[1] for piece in line["apart"]}
        for line in of_it
    )


def test_an_erased_handover_is_told_with_null_and_all_else_as_before(kept: Kept) -> None:
    handover_id = in_breach(kept.desk)
    before = told(kept.desk, handover_id)
    kept.run("erase", handover_id, *GROUND)
    after = told(kept.desk, handover_id)
    blank = {"recipient": None, "evidence": None}
    items = [{**item, "description": None} for item in before["items"]]
    transfer = {**before["transfer"], "reference": None}
    assert after == {**before, **blank, "items": items, "transfer": transfer}
    assert kept.desk.call("auditor", "GET", "/v1/handovers").json()["handovers"] == [after]


def test_the_receipt_named_alone_is_erased_in_the_event_too(registers: RegisterDesk, kept: Kept) -> None:
    _, handover_id = delivered(registers)
    kept.run("erase", handover_id, *GROUND, "--fact", "handover.evidence")
    after = told(kept.desk, handover_id)
    assert (after["evidence"], after["recipient"]) == (None, TEXTS["recipient"])
    assert after["transfer"]["reference"] == TRANSFER["reference"]
    assert TEXTS["evidence"] not in json.dumps(registers.read("/v1/registers/events"))


def test_a_call_of_an_erased_handover_is_not_answered_with_its_texts(kept: Kept) -> None:
    body = {**HANDOVER, **TEXTS}
    handover_id = post(kept.desk, "committee", "/v1/handovers", body, "once").json()["handover_id"]
    kept.run("erase", handover_id, *GROUND)
    again = post(kept.desk, "committee", "/v1/handovers", body, "once")
    assert (again.status_code, SECRET in again.text) == (409, False)


def test_an_event_of_the_registers_is_erased_by_its_own_id_and_no_other(
    registers: RegisterDesk, kept: Kept
) -> None:
    said = {"reference": f"letter of {SECRET}", "remarks": f"brought by {SECRET}"}
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    sequence = registers.record("list_submitted", "1965-02-02", lists=["important"], **said)
    assert kept.traces()
    result = kept.run("erase", f"event-{sequence}", *GROUND)
    assert "erased: 2 texts" in result.stdout
    assert not kept.traces()
    events = {event["kind"]: event for event in registers.read("/v1/registers/events")["events"]}
    assert (events["list_submitted"]["reference"], events["list_submitted"]["remarks"]) == (None, None)
    assert events["list_sent"]["reference"] == "letter of 1965-02-01"
    assert events["list_submitted"]["covers"] == 2


def test_a_clearance_is_not_erased_and_erasing_its_decision_says_so(kept: Kept) -> None:
    decision = decided(kept.desk)["decision_id"]
    clearance = post(kept.desk, "committee", "/v1/clearances", {"decision_id": decision}).json()[
        "clearance_id"
    ]
    result = kept.run("erase", decision, *GROUND)
    assert result.exit_code == 0, result.output
    assert f"not erased: the clearance {clearance}" in result.stdout
    itself = kept.run("erase", clearance, *GROUND)
    assert (itself.exit_code, "is a clearance" in itself.stderr) == (2, True)
    without = kept.run("erase", decided(kept.desk)["decision_id"], *GROUND)
    assert "not erased" not in without.stdout


def test_a_clearance_that_was_presented_whole_is_erased_with_the_handover(kept: Kept) -> None:
    clearance = cleared(kept.desk)
    handover = hand_over(kept.desk, clearance=clearance["note"])
    presented = kept.desk.call("auditor", "GET", f"/v1/clearances/{clearance['clearance_id']}").json()
    result = kept.run("erase", handover["handover_id"], *GROUND, "--fact", "handover.clearance")
    assert "erased: 1 text " in result.stdout
    assert told(kept.desk, handover["handover_id"]) == handover
    assert presented["state"] == "used"


def backed_up(kept: Kept, folder: Path) -> Any:
    backup = ["store", "backup", kept.where, "--out", str(folder / "backup.db")]
    return CliRunner().invoke(app, backup)


def test_a_backup_of_texts_that_were_altered_is_not_made_and_the_entry_is_named(
    kept: Kept, tmp_path: Path
) -> None:
    handover_id = in_breach(kept.desk)
    place = next(line["sequence"] for line in kept.lines() if line["key"] == handover_id)
    assert backed_up(kept, tmp_path).exit_code == 0
    (tmp_path / "backup.db").unlink()
    kept.alter(
        "UPDATE personal_data SET content = :content WHERE sequence = :place AND ordinal = 0",
        content=b'"Nobody"',
        place=place,
    )
    result = backed_up(kept, tmp_path)
    assert result.exit_code == 1
    assert f"entry {place}: the text kept for handover." in result.stdout
    assert "NOTHING WAS DONE: 1 finding" in result.stdout
    assert not (tmp_path / "backup.db").exists()


def test_a_backup_of_erased_texts_is_made(kept: Kept, tmp_path: Path) -> None:
    kept.run("erase", in_breach(kept.desk), *GROUND)
    result = backed_up(kept, tmp_path)
    assert result.exit_code == 0, result.output
    assert SECRET.encode() not in (tmp_path / "backup.db").read_bytes()
