"""Clearances: issued once for a decision that permits, readable by a person, and nothing that was altered.

Covers: api.cli.clearance, api.domain.handovers.clearance, api.services.clearance_drafts,
api.services.clearances
"""

import datetime as dt
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.handovers.clearance import (
    FORMAT,
    Clearance,
    ClearedItem,
    clearance_key,
    sign_clearance,
    verify_clearance,
)
from api.ledger.checkpoints import Checkpoint, sign_checkpoint, verify_checkpoint
from api.services.clearance_drafts import day_of
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from tests.support.desks import Desk, fact, serving
from tests.support.earlier_texts import taking_texts_as_received
from tests.support.handing_over import DELIVER, cleared, decided, hand_over, issue, post

KEY = SigningKey("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes(32)))
CLEARANCE = Clearance(
    clearance_id="c-1",
    log="log.example/one",
    decision_id="d-1",
    request_id="desk-7/0042",
    department="metallurgy",
    countries=("CU", "KP"),
    items=(
        ClearedItem("1", "drawings of a rolling mill", Decimal("2.50"), "set", "drawing"),
        ClearedItem("b", "steel \u6837\u54c1", Decimal(1), None, "sample"),
    ),
    deliverer="committee",
    recipient="counterpart_institution",
    counterparts=("the Trade Attache",),
    revision="f077",
    issued_at=dt.datetime(1965, 3, 1, 12, tzinfo=dt.UTC),
    time_zone="Asia/Shanghai",
    valid_from=dt.date(1965, 3, 1),
    valid_until=dt.date(1965, 3, 2),
)
NOTE = sign_clearance(CLEARANCE, KEY)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def relabelled(note: str, name: str, key: VerifyingKey) -> str:
    """The note with its signature under the name and the id of another key."""
    text, _, line = note.rpartition("\n\n")
    signature = b64decode(line.split(" ")[2])[4:]
    return f"{text}\n\n— {name} {b64encode(key.key_id + signature).decode()}\n"


def test_a_clearance_reads_like_a_page() -> None:
    text, _, _ = NOTE.rpartition("\n\n")
    lines = text.split("\n")
    assert lines[0] == FORMAT
    assert all(": " in line for line in lines[1:])
    assert "description: drawings of a rolling mill" in lines
    assert "description: steel \u6837\u54c1" in lines
    assert "quantity: 2.50" in lines
    assert lines[-1] == "valid until: 1965-03-02"
    assert verify_clearance(NOTE, [KEY.verifying]) == CLEARANCE
    assert verify_clearance(NOTE, [clearance_key(KEY.verifying)]) == CLEARANCE


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_value_can_forge_a_line(request: str, description: str, unit: str, department: str) -> None:
    item = ClearedItem("1", description, Decimal(3), unit, "drawing")
    changed = Clearance(
        **{
            **{name: getattr(CLEARANCE, name) for name in CLEARANCE.__slots__},
            "request_id": request,
            "department": department,
            "items": (item,),
        }
    )
    note = sign_clearance(changed, KEY)
    assert verify_clearance(note, [KEY.verifying]) == changed
    assert len(note.splitlines()) == len(sign_clearance(CLEARANCE, KEY).splitlines()) - 4


def test_what_cannot_be_seen_or_breaks_a_line_is_written_out() -> None:
    sly = "a\nvalid until: 1999-12-31\u2028\u202e\\ "
    items = (ClearedItem("1", sly, Decimal(1), None, "data"),)
    changed = Clearance(
        **{**{name: getattr(CLEARANCE, name) for name in CLEARANCE.__slots__}, "items": items}
    )
    line = r"description: a\u{a}valid until: 1999-12-31\u{2028}\u{202e}\\\u{20}"
    assert line in changed.to_text().split("\n")


def test_a_clearance_from_before_they_named_a_time_zone_is_of_utc() -> None:
    older = replace(CLEARANCE, time_zone=None)
    assert "time zone" not in older.to_text()
    assert verify_clearance(sign_clearance(older, KEY), [KEY.verifying]) == older
    midnight = dt.datetime(1965, 3, 2, 16, tzinfo=dt.UTC)
    assert (older.day_at(midnight).day, CLEARANCE.day_at(midnight).day) == (2, 3)


def test_a_clearance_of_a_calendar_that_is_not_known_is_not_relied_on() -> None:
    note = sign_clearance(replace(CLEARANCE, time_zone="Asia/Beijing"), KEY)
    with pytest.raises(SigningFault, match="`time zone`"):
        verify_clearance(note, [KEY.verifying])


def test_any_flipped_bit_is_caught() -> None:
    content = NOTE.encode()
    for place in range(len(content)):
        for bit in range(8):
            altered = bytearray(content)
            altered[place] ^= 1 << bit
            with pytest.raises((SigningFault, UnicodeDecodeError)):
                verify_clearance(altered.decode(), [KEY.verifying])


@given(st.data())
def test_any_other_text_is_caught(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(NOTE)))
    end = data.draw(st.integers(start, min(len(NOTE), start + 30)))
    altered = NOTE[:start] + data.draw(st.text(max_size=5)) + NOTE[end:]
    if altered != NOTE:
        with pytest.raises(SigningFault):
            verify_clearance(altered.encode(errors="replace").decode(), [KEY.verifying])


def test_another_key_does_not_verify() -> None:
    with pytest.raises(SigningFault, match="no known key"):
        verify_clearance(NOTE, [OTHER.verifying])
    with pytest.raises(SigningFault, match="no known key"):
        verify_clearance(NOTE, [])


def test_the_key_of_another_log_does_not_speak_for_this_one() -> None:
    stranger = SigningKey("log.example/two", KEY.private)
    with pytest.raises(SigningFault, match="no known key"):
        verify_clearance(sign_clearance(CLEARANCE, stranger), [stranger.verifying])


def test_a_clearance_is_no_checkpoint_even_under_the_name_of_one() -> None:
    for key in (KEY.verifying, clearance_key(KEY.verifying)):
        for note in (NOTE, relabelled(NOTE, key.name, key)):
            with pytest.raises(SigningFault):
                verify_checkpoint(note, [key])


def test_a_checkpoint_is_no_clearance_even_under_the_name_of_one() -> None:
    named = SigningKey(clearance_key(KEY.verifying).name, KEY.private)
    for origin in ("log.example/one", FORMAT):
        checkpoint = Checkpoint(origin, 7, bytes(32))
        for key in (KEY, named):
            with pytest.raises(SigningFault):
                verify_clearance(sign_checkpoint(checkpoint, key), [KEY.verifying])


@pytest.fixture(scope="module")
def folder(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clearances")


@pytest.fixture(scope="module")
def desk(module_where: str, folder: Path) -> Iterator[Desk]:
    with serving(folder, module_where) as desk:
        yield desk


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["clearance", *arguments], input=text)


def printed_key(folder: Path) -> str:
    env = {"CHANNELGATE_SIGNING_KEY": str(folder / "signing.key")}
    return CliRunner().invoke(app, ["clearance", "key"], env=env).stdout.strip()


def test_a_permission_becomes_a_clearance_that_a_desk_checks_offline(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = decided(desk)
    answer = issue(desk, decision["decision_id"], "department")
    assert answer.status_code == 201
    clearance = answer.json()
    assert (clearance["state"], clearance["lines"]) == ("unused", ["1"])
    assert clearance["valid_until"] == decision["valid_until"]
    key = printed_key(folder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clearance.txt").write_text(clearance["note"])
    result = run("verify", "clearance.txt", "--key", key, "--on", "1965-03-02", "--line", "1")
    assert result.exit_code == 0, result.output
    for text in ("drawings of a rolling mill", "handed over by: committee", "Trade Attache", "1965-03-02"):
        assert text in result.stdout
    assert "only the service knows" in result.stdout
    shown = desk.call("auditor", "GET", f"/v1/clearances/{clearance['clearance_id']}")
    assert shown.json() == {name: value for name, value in clearance.items() if name != "already_issued"}


def test_a_decision_has_one_clearance_ever(desk: Desk) -> None:
    decision_id = decided(desk)["decision_id"]
    first, second = issue(desk, decision_id), issue(desk, decision_id, "liaison")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["note"] == second.json()["note"]
    assert (first.json()["already_issued"], second.json()["already_issued"]) == (False, True)


def test_a_repeated_call_gets_the_same_answer(desk: Desk) -> None:
    body = {"decision_id": decided(desk)["decision_id"]}
    answers = [post(desk, "committee", "/v1/clearances", body, "again") for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}


def test_no_other_outcome_gives_a_clearance(desk: Desk) -> None:
    decision = decided(desk, handover={"by": "receiving_department", "to": "mission", "mode": "hand"})
    answer = issue(desk, decision["decision_id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-cleared")
    assert "refuse" in answer.json()["detail"]
    assert "S3.6" in answer.json()["detail"]


def test_what_a_department_claims_gives_no_clearance(desk: Desk) -> None:
    decision = decided(desk, "department")
    assert issue(desk, decision["decision_id"], "department").status_code == 409


def test_what_the_committee_recorded_gives_the_department_one(desk: Desk) -> None:
    case_id = desk.opened(request_id="known", handover=DELIVER["handover"], items=DELIVER["items"])
    channel = DELIVER["items"][0]["channel"]
    known = [fact(f"item.channel.{name}", value, "1965-03-01") for name, value in channel.items()]
    desk.record("committee", case_id, fact("item.legacy_list", "none", "1965-03-01"), *known)
    bare = {name: value for name, value in DELIVER["items"][0].items() if name != "channel"}
    decision = decided(desk, "department", request_id="known", items=[bare])
    clearance = issue(desk, decision["decision_id"], "department")
    assert clearance.status_code == 201, clearance.text
    handover = hand_over(desk, "department", clearance=clearance.json()["clearance_id"])
    assert (handover["status"], handover["case_id"]) == ("in_order", case_id)


def test_only_the_lines_that_permit_are_in_it_and_only_for_their_days(desk: Desk) -> None:
    (item,) = DELIVER["items"]
    shown = {**item, "line": "b", "kind": "oral_or_visual"}
    decision = decided(desk, items=[item, shown])
    assert (decision["outcome"], decision["valid_until"]) == ("refer", "1965-03-08")
    clearance = issue(desk, decision["decision_id"]).json()
    assert (clearance["lines"], clearance["valid_until"]) == (["1"], "1965-03-02")


@pytest.mark.parametrize("caller", ["department", "other"])
def test_an_unknown_decision_and_that_of_another_department_are_not_there(desk: Desk, caller: str) -> None:
    decision_id = "none" if caller == "department" else decided(desk)["decision_id"]
    answer = issue(desk, decision_id, caller)
    assert (answer.status_code, answer.json()["detail"]) == (404, "No decision has this id.")


def test_the_clearance_of_another_department_is_not_there(desk: Desk) -> None:
    path = f"/v1/clearances/{cleared(desk)['clearance_id']}"
    seen = {
        caller: desk.call(caller, "GET", path).status_code
        for caller in ("department", "committee", "other", "policy_officer")
    }
    assert seen == {"department": 200, "committee": 200, "other": 404, "policy_officer": 403}


@pytest.mark.parametrize(
    ("planned_on", "status"), [("1965-03-02", 201), ("1965-03-03", 409), ("1965-02-28", 409)]
)
def test_a_clearance_is_wanted_for_a_day_the_decision_holds_on(
    desk: Desk, planned_on: str, status: int
) -> None:
    decision_id = decided(desk)["decision_id"]
    assert issue(desk, decision_id, planned_on=planned_on).status_code == status


@pytest.mark.parametrize("name", ["description", "quantity"])
def test_an_item_that_is_left_open_is_not_cleared(desk: Desk, name: str) -> None:
    item = {member: value for member, value in DELIVER["items"][0].items() if member != name}
    answer = issue(desk, decided(desk, items=[item])["decision_id"])
    assert answer.status_code == 409
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/items/0/{name}"]


@pytest.mark.parametrize("body", [{}, {"decision_id": 7}, {"decision_id": "x", "on": "1965-03-01"}])
def test_a_body_out_of_the_contract_is_refused(desk: Desk, body: Any) -> None:
    assert post(desk, "committee", "/v1/clearances", body).status_code == 400


def test_a_clearance_that_was_used_says_so(desk: Desk) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    handover = hand_over(desk, clearance=clearance_id)
    shown = desk.call("department", "GET", f"/v1/clearances/{clearance_id}").json()
    assert (shown["state"], shown["used_by"]) == ("used", handover["handover_id"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--on", "1965-02-28"], "on 1965-02-28 it does not hold yet; it holds from 1965-03-01"),
        (["--on", "1965-03-03"], "on 1965-03-03 it has expired; it held until 1965-03-02"),
        (["--on", "1965-03-02", "--line", "1", "--line", "3"], "line 3 is not in it; it allows: 1, b"),
    ],
)
def test_the_command_says_why_a_clearance_does_not_hold(arguments: list[str], reason: str) -> None:
    result = run("verify", "-", "--key", KEY.verifying.format(), *arguments, text=NOTE)
    assert result.exit_code == 1
    assert "NOT VALID" in result.stdout
    assert reason in result.stdout


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (NOTE.replace("rolling", "milling"), KEY, "one of the two was altered"),
        (NOTE, OTHER, "no known key signed the clearance"),
        ("x" + NOTE, KEY, "this is no clearance"),
        ("", KEY, "no signature lines follow"),
    ],
)
def test_the_command_distinguishes_what_is_no_clearance_from_another_key(
    text: str, key: SigningKey, reason: str
) -> None:
    result = run("verify", "-", "--key", key.verifying.format(), text=text)
    assert result.exit_code == 1
    assert reason in result.stdout
    assert "rolling mill" not in result.stdout


def test_the_command_says_when_it_could_not_check(tmp_path: Path) -> None:
    (tmp_path / "note").write_text(NOTE)
    note, key = str(tmp_path / "note"), KEY.verifying.format()
    for arguments in (
        [note],
        [note, "--key", "nonsense"],
        [note, "--key-file", str(tmp_path / "none")],
        [str(tmp_path / "none"), "--key", key],
        [note, "--key", key, "--on", "2 March"],
    ):
        assert run("verify", *arguments).exit_code == 2


def test_keys_may_come_from_a_file_of_several(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"{OTHER.verifying.format()}\n{KEY.verifying.format()}\n")
    arguments = ["--key-file", str(tmp_path / "keys"), "--on", "1965-03-01"]
    assert run("verify", "-", *arguments, text=NOTE).exit_code == 0


def test_the_key_that_the_log_names_verifies_its_clearances(desk: Desk, module_where: str) -> None:
    note = cleared(desk)["note"]
    lines = CliRunner().invoke(app, ["log", "export", module_where]).stdout.splitlines()
    (key,) = (entry["verifying_key"] for entry in map(json.loads, lines) if entry["kind"] == "signing_key")
    assert run("verify", "-", "--key", key, "--on", "1965-03-01", text=note).exit_code == 0


def test_a_log_without_a_key_file_has_no_key_to_print(tmp_path: Path) -> None:
    result = run("key", str(tmp_path / "log.db"))
    assert result.exit_code == 2
    assert "CHANNELGATE_SIGNING_KEY" in result.stderr


@pytest.mark.parametrize(
    ("as_of", "today"),
    [
        ("1965-03-01", "1965-03-03"),  # a decision about the past ages with the days since it was taken
        ("2026-05-10", "2026-05-12"),
        ("2026-06-30", "2026-05-12"),  # one about a day to come does not begin before that day
    ],
)
def test_a_decision_ages_by_its_own_calendar(as_of: str, today: str) -> None:
    decided_on, now = dt.date(2026, 5, 10), dt.date(2026, 5, 12)
    assert day_of(dt.date.fromisoformat(as_of), decided_on, now) == dt.date.fromisoformat(today)


def test_a_name_that_a_database_cannot_hold_is_not_cleared(desk: Desk) -> None:
    with taking_texts_as_received():
        decision = decided(desk, request_id="a\0b")
    answer = issue(desk, decision["decision_id"])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/request_id")
