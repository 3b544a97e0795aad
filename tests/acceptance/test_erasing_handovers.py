"""Erasing the texts of a handover, its transfer and what the registers have of it; backups look at texts too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.main import app
from api.ledger.database import Database
from api.storage.tables import answered_calls
from tests.acceptance.test_erasing import GROUND, SECRET, ErasableDesk
from tests.acceptance.test_listed_handovers import LEGACY, line
from tests.support.desks import Desk
from tests.support.handing_over import HANDOVER, ITEM, cleared, decided, hand_over, post
from tests.support.register_desks import RegisterDesk, serving_registers

TEXTS = {
    "recipient": f"the secretary, {SECRET}",
    "evidence": f"receipt of {SECRET}",
}
TRANSFER = {"recorded_on": "1965-03-20", "reference": f'transfer record of "{SECRET}"'}


@pytest.fixture
def registers(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegisterDesk]:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with serving_registers(tmp_path, where) as registers:
        yield registers


@pytest.fixture
def office(registers: RegisterDesk) -> ErasableDesk:
    return ErasableDesk(registers.database, registers.desk, "", "", "")


def delivered(registers: RegisterDesk) -> tuple[str, str]:
    """A listed item handed over in order, with its transfer; its clearance and its handover."""
    registers.record("confirmation", "1965-02-20", items=["B-1"], state="confirmed")
    checked = registers.desk.call("committee", "POST", "/v1/pre-check", {**LEGACY, "items": [line("B-1")]})
    wanted = {"decision_id": checked.json()["decision_id"]}
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


def shown(desk: Desk, handover_id: str) -> Any:
    return desk.call("auditor", "GET", f"/v1/handovers/{handover_id}").json()


def test_after_erasing_no_byte_of_a_handover_and_its_transfer_is_left(office: ErasableDesk) -> None:
    handover_id = in_breach(office.desk)
    assert office.traces()
    result = office.run("erase", handover_id, *GROUND)
    assert result.exit_code == 0, result.output
    assert "erased: 5 texts" in result.stdout
    assert not office.traces()
    verified = office.run("verify")
    assert verified.exit_code == 0, verified.output


def test_after_erasing_no_byte_is_left_in_what_the_registers_have_of_it(
    registers: RegisterDesk, office: ErasableDesk
) -> None:
    clearance, handover_id = delivered(registers)
    assert office.traces()
    result = office.run("erase", handover_id, *GROUND)
    assert f"not erased: the clearance {clearance}" in result.stdout
    assert not office.traces()
    events = registers.read("/v1/registers/events", item_no="B-1")["events"]
    assert [event["reference"] for event in events if "handover_id" in event] == [None, None]
    assert registers.item("B-1")["transferred_on"] == "1965-03-20"


def test_the_log_holds_no_text_of_a_handover_and_the_export_shows_it(
    registers: RegisterDesk, office: ErasableDesk
) -> None:
    _, handover_id = delivered(registers)
    of_it = [line for line in office.lines() if line["key"] == handover_id]
    assert [entry["handover"]["evidence"] for entry in of_it if "handover" in entry] == [TEXTS["evidence"]]
    raw = registers.read("/v1/log/entries")["entries"]
    stored = [line["bytes"] for line in raw if line["key"] == handover_id]
    assert len(stored) == 4
    assert all(
        {"evidence", "recipient", "reference"} & {piece["fact"].split(".")[1] for piece in line["apart"]}
        for line in of_it
    )


def test_an_erased_handover_is_shown_with_null_and_all_else_as_before(office: ErasableDesk) -> None:
    handover_id = in_breach(office.desk)
    before = shown(office.desk, handover_id)
    office.run("erase", handover_id, *GROUND)
    after = shown(office.desk, handover_id)
    blank = {"recipient": None, "evidence": None}
    items = [{**item, "description": None} for item in before["items"]]
    transfer = {**before["transfer"], "reference": None}
    assert after == {**before, **blank, "items": items, "transfer": transfer}
    assert office.desk.call("auditor", "GET", "/v1/handovers").json()["handovers"] == [after]


def test_evidence_named_alone_is_erased_in_the_event_too(
    registers: RegisterDesk, office: ErasableDesk
) -> None:
    _, handover_id = delivered(registers)
    office.run("erase", handover_id, *GROUND, "--fact", "handover.evidence")
    after = shown(office.desk, handover_id)
    assert (after["evidence"], after["recipient"]) == (None, TEXTS["recipient"])
    assert after["transfer"]["reference"] == TRANSFER["reference"]
    assert TEXTS["evidence"] not in json.dumps(registers.read("/v1/registers/events"))


def test_a_call_of_an_erased_handover_is_not_answered_with_its_texts(office: ErasableDesk) -> None:
    body = {**HANDOVER, **TEXTS}
    handover_id = post(office.desk, "committee", "/v1/handovers", body, "once").json()["handover_id"]
    office.run("erase", handover_id, *GROUND)
    again = post(office.desk, "committee", "/v1/handovers", body, "once")
    assert (again.status_code, SECRET in again.text) == (409, False)


def test_the_reason_of_a_correction_is_erased_with_it_and_what_it_superseded_stays(
    office: ErasableDesk,
) -> None:
    wrong = post(office.desk, "committee", "/v1/handovers", HANDOVER).json()
    body = {**HANDOVER, "supersedes": wrong["handover_id"], "reason": SECRET}
    right = post(office.desk, "committee", "/v1/handovers", body, "corrected").json()
    office.run("erase", wrong["handover_id"], *GROUND)
    assert shown(office.desk, right["handover_id"]) == right
    assert json.loads(stored_answer(office, "corrected")) == right
    office.run("erase", right["handover_id"], *GROUND)
    assert shown(office.desk, right["handover_id"])["reason"] is None
    path = f"/v1/handovers/{right['handover_id']}/withdrawal"
    assert post(office.desk, "committee", path, {"reason": f"called off by {SECRET}"}).status_code == 201
    assert SECRET in shown(office.desk, right["handover_id"])["withdrawn"]["reason"]
    office.run("erase", right["handover_id"], *GROUND)
    assert shown(office.desk, right["handover_id"])["withdrawn"]["reason"] is None
    assert not office.traces()
    verified = office.run("verify")
    assert verified.exit_code == 0, verified.output


def stored_answer(office: ErasableDesk, key: str) -> str:
    """What a repetition of the call is answered from."""
    database = Database(office.where, read_only=True)
    with database.reading() as connection:
        query = select(answered_calls.c.answer).where(answered_calls.c.key == key)
        answer = str(connection.execute(query).scalar_one())
    database.dispose()
    return answer


def test_an_event_of_the_registers_is_erased_by_its_own_id_and_no_other(
    registers: RegisterDesk, office: ErasableDesk
) -> None:
    texts = {"reference": f"letter of {SECRET}", "remarks": f"brought by {SECRET}"}
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    sequence = registers.record("list_submitted", "1965-02-02", lists=["important"], **texts)
    assert office.traces()
    result = office.run("erase", f"event-{sequence}", *GROUND)
    assert "erased: 2 texts" in result.stdout
    assert not office.traces()
    events = {event["kind"]: event for event in registers.read("/v1/registers/events")["events"]}
    assert (events["list_submitted"]["reference"], events["list_submitted"]["remarks"]) == (None, None)
    assert events["list_sent"]["reference"] == "letter of 1965-02-01"
    assert events["list_submitted"]["covers"] == 2


def test_a_clearance_is_not_erased_and_erasing_its_decision_says_so(office: ErasableDesk) -> None:
    decision = decided(office.desk)["decision_id"]
    clearance = post(office.desk, "committee", "/v1/clearances", {"decision_id": decision}).json()[
        "clearance_id"
    ]
    result = office.run("erase", decision, *GROUND)
    assert result.exit_code == 0, result.output
    assert f"not erased: the clearance {clearance}" in result.stdout
    itself = office.run("erase", clearance, *GROUND)
    assert (itself.exit_code, "is a clearance" in itself.stderr) == (2, True)
    without = office.run("erase", decided(office.desk)["decision_id"], *GROUND)
    assert "not erased" not in without.stdout


def test_a_clearance_that_was_presented_whole_is_erased_with_the_handover(office: ErasableDesk) -> None:
    clearance = cleared(office.desk)
    handover = hand_over(office.desk, clearance=clearance["note"])
    presented = office.desk.call("auditor", "GET", f"/v1/clearances/{clearance['clearance_id']}").json()
    result = office.run("erase", handover["handover_id"], *GROUND, "--fact", "handover.clearance")
    assert "erased: 1 text " in result.stdout
    assert shown(office.desk, handover["handover_id"]) == handover
    assert presented["state"] == "used"


def backed_up(office: ErasableDesk, folder: Path) -> Any:
    backup = ["store", "backup", office.where, "--out", str(folder / "backup.db")]
    return CliRunner().invoke(app, backup)


def test_a_backup_of_texts_that_were_altered_is_not_made_and_the_entry_is_named(
    office: ErasableDesk, tmp_path: Path
) -> None:
    handover_id = in_breach(office.desk)
    place = next(line["sequence"] for line in office.lines() if line["key"] == handover_id)
    assert backed_up(office, tmp_path).exit_code == 0
    (tmp_path / "backup.db").unlink()
    office.alter(
        "UPDATE personal_data SET content = :content WHERE sequence = :place AND ordinal = 0",
        content=b'"Nobody"',
        place=place,
    )
    result = backed_up(office, tmp_path)
    assert result.exit_code == 1
    assert f"entry {place}: the text kept for handover." in result.stdout
    assert "NOTHING WAS DONE: 1 finding" in result.stdout
    assert not (tmp_path / "backup.db").exists()


def test_a_backup_of_erased_texts_is_made(office: ErasableDesk, tmp_path: Path) -> None:
    office.run("erase", in_breach(office.desk), *GROUND)
    result = backed_up(office, tmp_path)
    assert result.exit_code == 0, result.output
    assert SECRET.encode() not in (tmp_path / "backup.db").read_bytes()
