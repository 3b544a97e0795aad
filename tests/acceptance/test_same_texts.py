"""Texts that read the same are the same, and one with a character that does not show is refused, at every door.

Covers: api.parsing.stated_texts, api.parsing.characters
"""

import copy
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.desks import URGENT, Desk, fact, serving
from tests.support.earlier_texts import taking_texts_as_received
from tests.support.handing_over import hand_over, issue, post
from tests.support.register_desks import serving_registers

ROOT = Path(__file__).parents[2]
NFC, NFD = "Mission Gödöllő", unicodedata.normalize("NFD", "Mission Gödöllő")
AGREED = (
    fact("item.legacy_list", "none"),
    fact("item.channel.reported_to_committee", True),
    fact("item.channel.consultation", "agreed", "1965-03-04"),
    fact("item.channel.committee_agrees", True, "1965-03-05"),
    fact("item.channel.accepted_as_project", True, "1965-03-05"),
    fact("item.channel.inclusion", "agreed_to_include", "1965-03-06"),
    fact("item.channel.inclusion_session", 8, "1965-03-06"),
)


@pytest.fixture
def desk(where: str, tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path, where) as desk:
        yield desk


def in_form(form: str, value: Any) -> Any:
    """A value with every text in a normal form."""
    if isinstance(value, str):
        return unicodedata.normalize(form, value)  # type: ignore[arg-type]  # NFC or NFD
    if isinstance(value, dict):
        return {name: in_form(form, member) for name, member in value.items()}
    return [in_form(form, entry) for entry in value] if isinstance(value, list) else value


def request_in(form: str, **changes: Any) -> dict[str, Any]:
    """A request whose id, department, mark and texts have letters that can be written in two ways."""
    request = copy.deepcopy(URGENT)
    item = {
        name: value for name, value in request["items"][0].items() if name not in ("channel", "legacy_list")
    }
    item |= {"line": "№ é1", "description": "dessin d'un laminoir à froid", "unit": "pièce"}
    request |= {
        "request_id": f"r-{NFC}",
        "department": {"id": "métallurgie", "name": "Département"},
        "as_of": "1965-03-10",
        "handover": {"by": "committee", "to": "counterpart_institution"},
        "items": [item],
        **changes,
    }
    found: dict[str, Any] = in_form(form, request)
    return found


def pre_check(desk: Desk, body: Any, caller: str = "liaison") -> Any:
    answer = desk.call(caller, "POST", "/v1/pre-check", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=text)


def opened(desk: Desk, form: str) -> str:
    answer = desk.open("committee", **request_in(form))
    assert answer.status_code == 201, answer.text
    case_id = str(answer.json()["case_id"])
    facts = [in_form(form, {**stated, "line": "№ é1"}) for stated in AGREED]
    assert desk.post("committee", case_id, *facts, seen=answer.headers["etag"].strip('"')).status_code == 201
    return case_id


def intact(where: str) -> None:
    verified = run("log", "verify", "--database", where)
    assert verified.exit_code == 0, verified.output
    replayed = run("log", "replay", "--database", where)
    assert replayed.exit_code == 0, replayed.output


@pytest.mark.parametrize(("stored", "sent"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_request_finds_its_case_in_whatever_form_each_was_sent(
    desk: Desk, where: str, stored: str, sent: str
) -> None:
    case_id = opened(desk, stored)
    assert [pre_check(desk, request_in(form))["outcome"] for form in (stored, sent)] == ["deliver", "deliver"]
    again = desk.open("committee", **request_in(sent))
    assert again.status_code == 409
    assert case_id in again.json()["detail"]
    assert desk.case(case_id)["request_id"] == f"r-{NFC}"
    intact(where)


@pytest.mark.parametrize("sent", ["NFC", "NFD"])
def test_a_case_of_an_earlier_version_is_found_and_its_log_stays_intact(
    where: str, tmp_path: Path, sent: str
) -> None:
    keys: dict[str, str] = {}
    with taking_texts_as_received(), serving(tmp_path, where, keys=keys) as desk:
        case_id = opened(desk, "NFD")
        before = pre_check(desk, request_in("NFD"))
    assert before["request_id"] == f"r-{NFD}"
    intact(where)
    with serving(tmp_path, where, keys=keys) as desk:
        assert pre_check(desk, request_in(sent))["outcome"] == "deliver"
        assert desk.open("committee", **request_in(sent)).status_code == 409
        assert desk.case(case_id)["request_id"] == f"r-{NFC}"
        cases = desk.call("committee", "GET", "/v1/cases").json()["cases"]
        assert [case["case_id"] for case in cases] == [case_id]
    intact(where)


def test_what_an_earlier_version_took_with_characters_that_do_not_show_is_still_read(
    desk: Desk, where: str
) -> None:
    request = request_in("NFC", request_id="a\u200bb", visit={"place": "Bei\u202ejing\x07"})
    with taking_texts_as_received():
        pre_check(desk, request)
        assert desk.open("committee", **request).status_code == 201
    assert desk.call("committee", "POST", "/v1/pre-check", request).status_code == 400
    intact(where)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_bytes_that_are_logged_are_those_received(desk: Desk, where: str, form: str) -> None:
    body = json.dumps(request_in(form), ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {desk.keys['committee']}", "Content-Type": "application/json"}
    answer = desk.client.post("/v1/pre-check", content=body, headers=headers)
    assert answer.json()["request_id"] == f"r-{NFC}"
    (line,) = (
        json.loads(line)
        for line in run("log", "export", "--database", where).stdout.splitlines()
        if "request" in json.loads(line)
    )
    assert line["request"] == json.loads(body)
    intact(where)


def test_escapes_write_the_same_texts(desk: Desk, where: str) -> None:
    opened(desk, "NFC")
    assert pre_check(desk, json.loads(json.dumps(request_in("NFD"))))["outcome"] == "deliver"
    body = json.dumps(request_in("NFD")).encode()
    assert b"\\u0301" in body
    headers = {"Authorization": f"Bearer {desk.keys['committee']}", "Content-Type": "application/json"}
    for path, content in (("/v1/pre-check", body), ("/v1/pre-checks", b"[" + body + b"]")):
        answer = desk.client.post(path, content=content, headers=headers)
        assert answer.status_code == 200
        assert b'"deliver"' in answer.content
    intact(where)


def test_two_lines_whose_marks_read_the_same_are_one_too_many(desk: Desk) -> None:
    item = request_in("NFC")["items"][0]
    request = {**request_in("NFC"), "items": [item, in_form("NFD", item)]}
    answer = desk.call("committee", "POST", "/v1/pre-check", request)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"].startswith("two items carry the same line")


def test_a_call_is_repeated_in_another_form(desk: Desk, where: str) -> None:
    first, second = (desk.open("committee", key="once", **request_in(form)) for form in ("NFD", "NFC"))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    intact(where)


def test_a_handover_is_that_of_its_clearance_in_whatever_form(desk: Desk, where: str) -> None:
    opened(desk, "NFC")
    decision = pre_check(desk, request_in("NFD"), "committee")
    clearance = issue(desk, decision["decision_id"]).json()
    item = {name: request_in("NFD")["items"][0][name] for name in ("line", "description", "unit")}
    changes = {
        "clearance": clearance["clearance_id"],
        "department": unicodedata.normalize("NFD", "métallurgie"),
        "request_id": f"r-{NFD}",
        "items": [item],
        "handed_over_on": "1965-03-10",
        "recipient": NFD,
        "evidence": NFD,
    }
    handed = hand_over(desk, **changes)
    assert handed["status"] == "in_order", handed
    assert handed["department"] == "métallurgie"
    transfer = {"recorded_on": handed["handed_over_on"], "reference": NFD}
    assert (
        post(desk, "committee", f"/v1/handovers/{handed['handover_id']}/transfer", transfer).status_code
        == 201
    )
    intact(where)


HIDDEN = {
    "\u200b": "U+200B ZERO WIDTH SPACE",
    "\u200d": "U+200D ZERO WIDTH JOINER",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "\xa0": "U+00A0 NO-BREAK SPACE",
    "\u2028": "U+2028 LINE SEPARATOR",
    "\x07": "U+0007",
    "\x7f": "U+007F",
    "\x00": "U+0000",
    "\r": "U+000D",
    "\u3164": "U+3164 HANGUL FILLER",
    "\U000e0101": "U+E0101 VARIATION SELECTOR-18",
}
PLACES: dict[str, Any] = {
    "/request_id": {"request_id": "r{}1"},
    "/department/id": {"department": {"id": "d{}1"}},
    "/mission/name": {"mission": {"countries": ["KP"], "name": "group{}1"}},
    "/visit/place": {"visit": {"place": "Bei{}jing"}},
    "/urgency/ground": {"urgency": {"ground": "the season{} ends"}},
    "/items/0/line": {"items": [{"line": "1{}a"}]},
    "/items/0/description": {"items": [{"description": "a seed{} drill"}]},
    "/items/0/channel/project_no": {"items": [{"channel": {"project_no": "P{}1"}}]},
}


def filled(changes: Any, sign: str) -> Any:
    text = json.dumps(changes)
    return json.loads(text.replace("{}", json.dumps(sign)[1:-1]))


@pytest.mark.parametrize("sign", HIDDEN, ids=list(HIDDEN.values()))
@pytest.mark.parametrize("pointer", PLACES)
def test_a_character_that_does_not_show_is_named_at_its_place(pointer: str, sign: str) -> None:
    request = {"request_id": "r", "items": [{}], **filled(PLACES[pointer], sign)}
    for text in (json.dumps(request, ensure_ascii=False), json.dumps(request)):
        shown = run("check", "-", "--policies", str(ROOT / "policies"), text=text)
        assert shown.exit_code == 2, shown.output
        message = f"{pointer}: the text holds a character that does not show as what it is, {HIDDEN[sign]};"
        assert message in " ".join(shown.stderr.split())


@pytest.mark.parametrize("sign", HIDDEN, ids=list(HIDDEN.values()))
def test_every_call_with_a_body_refuses_it(sign: str, where: str, tmp_path: Path) -> None:
    with serving(tmp_path, where) as desk:
        case_id = desk.opened()
        handover: dict[str, Any] = {
            "countries": ["KP"],
            "handed_over_on": "1965-03-02",
            "by": "committee",
            "to": "mission",
        }
        handover |= {"mode": "hand", "items": [{"line": 1, "description": "x"}], "evidence": "slip"}
        calls: dict[str, tuple[str, Any]] = {
            "/v1/pre-check": ("/request_id", {"request_id": f"a{sign}", "items": [{}]}),
            "/v1/cases": (
                "/items/0/description",
                {"request_id": "a", "items": [{"description": f"a{sign}"}]},
            ),
            f"/v1/cases/{case_id}/facts": (
                "/facts/0/value",
                {"facts": [fact("mission.name", f"a{sign}b")]},
            ),
            "/v1/clearances": ("/decision_id", {"decision_id": f"a{sign}"}),
            "/v1/handovers": ("/recipient", {**handover, "recipient": f"a{sign}"}),
            "/v1/registers/events": (
                "/place",
                {
                    "kind": "session_opened",
                    "happened_on": "1965-10-01",
                    "reference": "x",
                    "session": 8,
                    "place": f"a{sign}b",
                },
            ),
        }
        for path, (pointer, body) in calls.items():
            headers = {"Idempotency-Key": f"k{path}", "If-Match": '"1"'}
            answer = desk.call("committee", "POST", path, body, headers=headers)
            assert answer.status_code == 400, (path, answer.text)
            faults = {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
            assert HIDDEN[sign] in faults[pointer], path
            repeated = answer.json().get("request_id")
            assert repeated == (None if pointer == "/request_id" else body.get("request_id")), path


def test_free_texts_have_lines_and_ids_have_none() -> None:
    lines = "a seed drill\r\n\twith a hopper\n，两台\u3000备件"
    request = {"request_id": "r", "items": [{"description": lines, "line": "甲\u30001"}]}
    policies = ["--policies", str(ROOT / "policies")]
    assert run("check", "-", *policies, text=json.dumps(request)).exit_code == 0
    for sign in "\n\t":
        shown = run("check", "-", *policies, text=json.dumps({**request, "request_id": f"r{sign}s"}))
        assert shown.exit_code == 2
        assert "/request_id: an id or mark is one line, and this holds U+00" in " ".join(shown.stderr.split())


def test_a_clearance_of_an_earlier_version_is_presented_byte_for_byte(where: str, tmp_path: Path) -> None:
    keys: dict[str, str] = {}
    with taking_texts_as_received(), serving(tmp_path, where, keys=keys) as desk:
        opened(desk, "NFD")
        issued = issue(desk, pre_check(desk, request_in("NFD"), "committee")["decision_id"]).json()
    assert NFD in issued["note"]
    item = {name: request_in("NFC")["items"][0][name] for name in ("line", "description", "unit")}
    changes: dict[str, Any] = {"department": "métallurgie", "items": [item]}
    changes |= {"handed_over_on": "1965-03-10"}
    with serving(tmp_path, where, keys=keys) as desk:
        handed = hand_over(desk, clearance=issued["note"], **changes)
        assert handed["status"] == "in_order", handed
    intact(where)


def test_an_event_of_the_registers_stays_as_it_was_taken(where: str, tmp_path: Path) -> None:
    with serving_registers(tmp_path, where) as registers:
        event = {
            "kind": "session_opened",
            "happened_on": "1964-10-01",
            "session": 8,
            "place": NFD,
            "reference": NFD,
        }
        answer = registers.desk.call(
            "committee", "POST", "/v1/registers/events", event, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 201, answer.text
    intact(where)
