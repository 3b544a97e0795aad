"""Handovers over HTTP: always recorded, in order only under a clearance that fits, and used up by the first.

Covers: api.domain.handovers.assessment, api.domain.handovers.handover, api.http.routes.handovers,
api.services.handover_decisions, api.services.handovers, api.storage.handovers
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli.main import app
from api.domain.handovers.handover import GroundCode
from api.evidence.scenarios.policy_overlays import Overlay, set_parameter
from engine import day_in
from tests.support.desks import ROOT, Desk, fact, serving
from tests.support.handing_over import (
    DELIVER,
    HANDOVER,
    ITEM,
    cleared,
    codes,
    decided,
    hand_over,
    issue,
    post,
)
from tests.support.shipped_words import WORDS


@pytest.fixture(scope="module")
def desk(module_where: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("handovers"), module_where) as desk:
        yield desk


CHANNEL = DELIVER["items"][0]["channel"]


def ground(handover: Any, code: str) -> Any:
    return next(ground for ground in handover["grounds"] if ground["code"] == code)


def test_the_words_of_a_handover_are_those_of_the_vocabulary(desk: Desk) -> None:
    schemas = desk.client.get("/openapi.json").json()["components"]["schemas"]
    stated, item = (schemas[name]["properties"] for name in ("HandoverStatement", "HandedItem"))
    assert {"by", "to", "mode"} <= set(schemas["HandoverStatement"]["required"])
    for name, schema in (
        ("handover.by", stated["by"]),
        ("handover.to", stated["to"]),
        ("handover.mode", stated["mode"]),
        ("trigger", stated["trigger"]["anyOf"][0]),
        ("visit.border_area", stated["border_area"]["anyOf"][0]),
        ("item.kind", item["kind"]["anyOf"][0]),
    ):
        assert tuple(schema["enum"]) == WORDS[name].choices


def test_what_was_cleared_and_handed_over_is_in_order(desk: Desk) -> None:
    clearance = cleared(desk)
    handover = hand_over(desk, "department", clearance=clearance["clearance_id"])
    assert (handover["status"], handover["grounds"], handover["notes"]) == ("in_order", [], [])
    assert handover["decision"]["outcome"] == "deliver"
    assert (handover["clearance_id"], handover["clearance_used_up"]) == (clearance["clearance_id"], True)
    assert handover["recorded_late"] is True
    assert handover["items"] == [ITEM]
    answer = desk.call("auditor", "GET", f"/v1/handovers/{handover['handover_id']}")
    assert answer.json() == handover


def test_a_handover_of_yesterday_is_not_recorded_late(desk: Desk) -> None:
    now = hand_over(desk)["recorded_at"][:10]
    assert hand_over(desk, handed_over_on=now)["recorded_late"] is False


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_the_clearance_itself_may_be_presented(desk: Desk, line_break: str) -> None:
    note = cleared(desk)["note"].rstrip("\n").replace("\n", line_break)
    assert hand_over(desk, clearance=note)["status"] == "in_order"


def test_an_altered_clearance_is_unknown_and_stays_unused(desk: Desk) -> None:
    clearance = cleared(desk)
    forged = clearance["note"].replace("quantity: 1", "quantity: 9")
    handover = hand_over(desk, clearance=forged, items=[{**ITEM, "quantity": 9}])
    assert codes(handover) == ["unknown_clearance"]
    assert "altered" in handover["grounds"][0]["detail"]
    path = f"/v1/clearances/{clearance['clearance_id']}"
    assert desk.call("committee", "GET", path).json()["state"] == "unused"


@pytest.mark.parametrize("clearance", ["none", "a\0b", "channelgate clearance 1\nclearance: x\n"])
def test_what_is_no_clearance_is_unknown(desk: Desk, clearance: str) -> None:
    assert codes(hand_over(desk, clearance=clearance)) == ["unknown_clearance"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"handed_over_on": "1965-03-03"}, ["expired"]),
        ({"handed_over_on": "1965-02-28"}, ["not_yet"]),
        ({"by": "receiving_department"}, ["other_deliverer", "no_longer_permitted"]),
        ({"to": "mission"}, ["other_recipient", "no_longer_permitted"]),
        ({"countries": ["CU"]}, ["other_recipient", "no_longer_permitted"]),
        ({"countries": ["FR"]}, ["other_recipient", "no_longer_permitted"]),
        ({"department": "textiles"}, ["other_department"]),
        ({"items": [{**ITEM, "line": 2}]}, ["other_items", "no_longer_permitted"]),
        ({"items": [{**ITEM, "description": "drawings of a blast furnace"}]}, ["other_items"]),
        ({"items": [{**ITEM, "quantity": 1.5}]}, ["other_items"]),
        ({"items": [{**ITEM, "unit": "crate"}]}, ["other_items"]),
        ({"items": [{**ITEM, "kind": "sample"}]}, ["other_items"]),
        ({"items": [ITEM, {**ITEM, "line": "more"}]}, ["other_items"]),
    ],
)
def test_what_differs_from_the_clearance_is_a_breach_with_its_ground(
    desk: Desk, changes: dict[str, Any], expected: list[str]
) -> None:
    handover = hand_over(desk, clearance=cleared(desk)["clearance_id"], **changes)
    assert (handover["status"], codes(handover)) == ("breach", expected)
    assert handover["clearance_used_up"] is True
    assert all(ground["clause"] and ground["detail"] for ground in handover["grounds"])


BARE = {"line": 1, "description": ITEM["description"]}


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"department": None}, "the department"),
        ({"items": [BARE]}, "quantity, unit and kind of line 1"),
        ({"items": [{**BARE, "quantity": 0.5, "kind": "drawing"}]}, "unit of line 1"),
        ({"items": [{**BARE, "quantity": 1, "unit": "set"}]}, "kind of line 1"),
        ({"department": None, "items": [{**ITEM, "quantity": None}]}, "the department; quantity of line 1"),
    ],
)
def test_what_is_not_stated_is_taken_from_the_clearance(
    desk: Desk, changes: dict[str, Any], taken: str
) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    (item,) = changes.get("items", [ITEM])
    handover = hand_over(desk, clearance=clearance_id, **changes)
    assert (handover["status"], codes(handover)) == ("in_order", [])
    assert handover["department"] == "metallurgy"
    assert handover["items"] == [{**ITEM, **{name: value for name, value in item.items() if value}}]
    assert handover["notes"] == [f"Not stated, and taken from the clearance: {taken}."]
    assert desk.call("department", "GET", f"/v1/handovers/{handover['handover_id']}").json() == handover


@pytest.mark.parametrize(
    ("request_changes", "changes"),
    [
        ({"department": {"kind": "institute"}}, {}),
        ({"department": {"kind": "institute"}}, {"department": None}),
        ({"items": [{**DELIVER["items"][0], "unit": None}]}, {"items": [{**ITEM, "unit": "crate"}]}),
    ],
)
def test_what_the_clearance_does_not_state_is_not_contradicted(
    desk: Desk, request_changes: dict[str, Any], changes: dict[str, Any]
) -> None:
    clearance_id = cleared(desk, **request_changes)["clearance_id"]
    handover = hand_over(desk, clearance=clearance_id, **changes)
    assert (handover["status"], codes(handover)) == ("in_order", [])
    assert handover.get("department") == changes.get("department", "metallurgy")
    assert handover["items"] == changes.get("items", [ITEM])


def test_a_clearance_that_names_no_department_is_of_the_one_that_presents_it(desk: Desk) -> None:
    case_id = desk.opened(request_id="of whoever")
    note = cleared(desk, department={"kind": "institute"}, request_id="of whoever")["note"]
    handover = hand_over(desk, "department", clearance=note, department=None, case_id=case_id)
    assert (handover["status"], codes(handover)) == ("in_order", [])
    assert (handover["department"], handover["case_id"]) == ("metallurgy", case_id)


def test_of_a_request_without_a_department_the_case_named_may_be_that_of_the_handover(desk: Desk) -> None:
    case_id = desk.opened(request_id="of nobody")
    request = {"request_id": "of nobody", "department": {"kind": "institute"}}
    ours = hand_over(desk, clearance=cleared(desk, **request)["clearance_id"], case_id=case_id)
    assert (ours["status"], ours["case_id"]) == ("in_order", case_id)
    theirs = cleared(desk, **request)["clearance_id"]
    assert codes(hand_over(desk, clearance=theirs, case_id=case_id, department="textiles")) == [
        "other_request"
    ]


def test_of_another_thing_than_was_cleared_nothing_is_taken(desk: Desk) -> None:
    other = {"line": 1, "description": "drawings of a blast furnace"}
    handover = hand_over(desk, clearance=cleared(desk)["clearance_id"], items=[other])
    assert (codes(handover), handover["items"], handover["notes"]) == (["other_items"], [other], [])


def test_less_than_was_cleared_is_in_order_and_uses_the_clearance_up(desk: Desk) -> None:
    (item,) = DELIVER["items"]
    clearance = cleared(desk, items=[{**item, "quantity": 2}, {**item, "line": "b"}])
    spaced = {**ITEM, "description": " Drawings of a  rolling mill", "quantity": 0.5}
    first = hand_over(desk, clearance=clearance["clearance_id"], items=[spaced])
    second = hand_over(desk, clearance=clearance["clearance_id"], items=[{**ITEM, "line": "b"}])
    assert (first["status"], codes(second)) == ("in_order", ["clearance_used"])
    assert first["handover_id"] in second["grounds"][0]["detail"]


def test_of_two_handovers_at_once_one_is_in_order(desk: Desk) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    with ThreadPoolExecutor(8) as clerks:
        handovers = list(clerks.map(lambda _: hand_over(desk, clearance=clearance_id), range(8)))
    found = sorted((handover["status"], tuple(codes(handover))) for handover in handovers)
    assert found == [("breach", ("clearance_used",))] * 7 + [("in_order", ())]
    assert sum(handover["clearance_used_up"] for handover in handovers) == 1


def test_a_clearance_of_another_department_is_not_used_up_by_this_one(desk: Desk) -> None:
    clearance_id = cleared(desk)["clearance_id"]
    foreign = hand_over(desk, "other", clearance=clearance_id, department=None)
    assert codes(foreign) == ["other_department"]
    assert "metallurgy" not in json.dumps(foreign)
    assert hand_over(desk, clearance=clearance_id)["status"] == "in_order"


@pytest.mark.parametrize(
    ("changes", "outcome", "clause"),
    [
        ({"by": "receiving_department", "to": "mission", "trigger": "host_offer"}, "route_bilateral", "S3.6"),
        ({"by": "receiving_department", "to": "mission"}, "needs_information", "S3.6"),
        ({"to": "third_country", "trigger": "host_offer"}, "refuse", "S3.6"),
    ],
)
def test_without_a_clearance_the_breach_names_the_clause(
    desk: Desk, changes: dict[str, Any], outcome: str, clause: str
) -> None:
    handover = hand_over(desk, "department", **changes)
    assert (handover["status"], codes(handover)) == ("breach", ["no_clearance"])
    assert (handover["decision"]["outcome"], handover["grounds"][0]["clause"]) == (outcome, clause)


def test_a_permission_is_no_clearance(desk: Desk) -> None:
    decided(desk, request_id="never cleared")
    handover = hand_over(desk, request_id="never cleared")
    assert codes(handover) == ["no_clearance"]


@pytest.mark.parametrize(
    ("day", "status"),
    [("1964-12-31", "to_be_regularised"), ("1965-01-01", "breach"), ("1963-05-01", "to_be_regularised")],
)
def test_what_lies_before_the_instruction_is_put_in_order_and_no_breach(
    desk: Desk, day: str, status: str
) -> None:
    handover = hand_over(desk, by="receiving_department", to="mission", handed_over_on=day)
    assert handover["status"] == status
    if status != "breach":
        (found,) = handover["grounds"]
        assert (found["code"], found["clause"]) == ("before_instruction", "S2.1")
        assert "A14" in found["detail"]


def test_of_what_the_policies_do_not_govern_nothing_is_stated_to_be_allowed(desk: Desk) -> None:
    elsewhere: dict[str, Any] = {"countries": ["FR"], "trigger": "host_offer"}
    unknown = hand_over(desk, **elsewhere)
    assert (unknown["status"], unknown["decision"]["outcome"]) == ("breach", "needs_information")
    known = hand_over(desk, **elsewhere, border_area="none")
    assert (known["status"], known["grounds"]) == ("not_governed", [])
    assert "neither permit nor forbid" in known["notes"][0]
    cited = hand_over(desk, **elsewhere, border_area="none", clearance=cleared(desk)["clearance_id"])
    assert cited["status"] == "breach"


def test_what_the_committee_has_recorded_since_counts(desk: Desk) -> None:
    """The Committee stated an agreement in its request; its case has a withdrawal since."""
    clearance = cleared(desk, request_id="withdrawn")
    case_id = desk.opened(request_id="withdrawn", items=[ITEM])
    desk.record("committee", case_id, fact("item.channel.consultation", "withdrawn", "1965-03-02"))
    handover = hand_over(desk, clearance=clearance["clearance_id"])
    assert codes(handover) == ["no_longer_permitted"]
    assert handover["decision"]["outcome"] == "refuse"


def folder_with(folder: Path, *overlays: Overlay, remark: bool = False) -> Path:
    files = {path.name: path.read_bytes() for path in (ROOT / "policies").glob("*.yaml")}
    for overlay in overlays:
        overlay(files)
    if remark:
        files["cuba.yaml"] += b"# A remark.\n"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def assert_null_characters_do_no_harm(desk: Desk) -> None:
    for path in ("/v1/clearances/a%00b", "/v1/handovers/a%00b"):
        assert desk.call("committee", "GET", path).status_code == 404
    transfer = {"recorded_on": "1965-03-20", "reference": "record no. 1"}
    assert post(desk, "committee", "/v1/handovers/a%00b/transfer", transfer).status_code == 404
    assert desk.call("committee", "GET", "/v1/handovers?after=a%00b").status_code == 400
    assert codes(hand_over(desk, clearance="a\0b")) == ["unknown_clearance"]


def test_a_clearance_outlives_a_restart_and_a_harmless_change_of_policies(where: str, tmp_path: Path) -> None:
    keys: dict[str, str] = {}
    with serving(tmp_path, where, keys=keys) as desk:
        clearance_id = cleared(desk)["clearance_id"]
        waiting = decided(desk)["decision_id"]
        assert_null_characters_do_no_harm(desk)
        body = {**HANDOVER, "handed_over_on": "1964-12-01"}
        past = post(desk, "committee", "/v1/handovers", body, "kept")
    with serving(tmp_path, where, policies=folder_with(tmp_path / "p", remark=True), keys=keys) as desk:
        handover = hand_over(desk, clearance=clearance_id)
        assert (handover["status"], codes(handover)) == ("in_order", [])
        assert "policies have changed" in handover["notes"][0]
        assert issue(desk, waiting).status_code == 201  # under the policies of its own day
        again = post(desk, "committee", "/v1/handovers", body, "kept")
        assert (again.status_code, again.content) == (201, past.content)
        transfer = {"recorded_on": "1965-03-20", "reference": "record no. 12"}
        path = f"/v1/handovers/{handover['handover_id']}"
        assert post(desk, "committee", f"{path}/transfer", transfer).status_code == 201
        assert desk.call("committee", "GET", path).json()["transfer"]["reference"] == "record no. 12"
        page = desk.call("committee", "GET", "/v1/handovers", params={"status": "to_be_regularised"}).json()
        assert [found["handover_id"] for found in page["handovers"]] == [past.json()["handover_id"]]
        with ThreadPoolExecutor(4) as clerks:
            racing = cleared(desk)["clearance_id"]
            raced = list(clerks.map(lambda _: hand_over(desk, clearance=racing)["status"], range(4)))
        assert sorted(raced) == ["breach"] * 3 + ["in_order"]


def test_a_change_of_policies_that_forbids_it_makes_it_a_breach(tmp_path: Path) -> None:
    keys: dict[str, str] = {}
    database = str(tmp_path / "log.db")
    with serving(tmp_path, database, keys=keys) as desk:
        clearance_id = cleared(desk)["clearance_id"]
    stricter = folder_with(tmp_path / "p", set_parameter("korea.yaml", "deliver_upon", "actually_included"))
    with serving(tmp_path, database, policies=stricter, keys=keys) as desk:
        handover = hand_over(desk, clearance=clearance_id)
    assert codes(handover) == ["policy_changed", "no_longer_permitted"]
    assert handover["grounds"][0]["clause"] == "S3.6"


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Desk]:
    """A service of every day, not of an exercise."""
    with serving(tmp_path, exercise=False) as desk:
        yield desk


def days_from_now(days: int) -> str:
    return (day_in("Asia/Shanghai", datetime.now(UTC)) + timedelta(days)).isoformat()


def test_what_was_decided_about_a_past_day_is_not_cleared(strict: Desk) -> None:
    past = issue(strict, decided(strict, as_of=days_from_now(-5))["decision_id"])
    assert (past.status_code, past.json()["type"]) == (409, "/problems/not-cleared")
    assert "past" in past.json()["detail"]
    decision_id = decided(strict, as_of=days_from_now(0))["decision_id"]
    planned = issue(strict, decision_id, planned_on=days_from_now(-5))
    assert planned.status_code == 409
    assert issue(strict, decision_id).status_code == 201


def test_a_clearance_issued_after_the_handover_does_not_cure_it(strict: Desk) -> None:
    clearance = issue(strict, decided(strict, as_of=days_from_now(0))["decision_id"]).json()["clearance_id"]
    handover = hand_over(strict, clearance=clearance, handed_over_on=days_from_now(-3))
    assert handover["status"] == "breach"
    assert "cleared_afterwards" in codes(handover)
    late = issue(strict, decided(strict, as_of=days_from_now(0))["decision_id"]).json()["clearance_id"]
    assert hand_over(strict, clearance=late, handed_over_on=days_from_now(0))["status"] == "in_order"


def test_what_is_no_longer_permitted_is_not_cleared(desk: Desk) -> None:
    case_id = desk.opened(request_id="given up", handover=DELIVER["handover"])
    for name, value in {"legacy_list": "none", **{f"channel.{k}": v for k, v in CHANNEL.items()}}.items():
        desk.record("committee", case_id, fact(f"item.{name}", value, "1965-03-02"))
    facts = {"request_id": "given up", "as_of": "1965-03-03"}
    decision_id = decided(desk, "department", **facts)["decision_id"]
    desk.record("committee", case_id, fact("item.channel.consultation", "withdrawn", "1965-03-03"))
    refused = issue(desk, decision_id)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-cleared")
    assert "line 1 refuse" in refused.json()["detail"]


def test_a_handover_under_a_clearance_is_that_of_its_request(desk: Desk) -> None:
    case_id = desk.opened(request_id="another case")
    for named in ({"request_id": "another case"}, {"case_id": case_id}, {"case_id": "none"}):
        handover = hand_over(desk, clearance=cleared(desk)["clearance_id"], **named)
        assert (handover["status"], codes(handover)) == ("breach", ["other_request"])
        assert handover["request_id"] == DELIVER["request_id"]
        assert handover.get("case_id") is None
    untied = hand_over(desk, case_id=desk.opened(), department="textiles")
    assert "case_id" not in untied


def test_another_country_than_that_of_the_case_does_not_help(desk: Desk) -> None:
    desk.opened(request_id="from Korea")
    handover = hand_over(desk, request_id="from Korea", countries=["FR"], border_area="none")
    assert handover["status"] == "breach"


def test_a_clearance_counts_for_a_day_before_the_instruction_too(desk: Desk) -> None:
    handover = hand_over(desk, clearance=cleared(desk)["clearance_id"], handed_over_on="1964-12-31")
    assert handover["status"] == "breach"
    assert "not_yet" in codes(handover)


def test_every_ground_has_been_reached() -> None:
    here = Path(__file__)
    text = here.read_text() + here.with_name("test_handover_corrections.py").read_text()
    assert [code for code in GroundCode if f'"{code}"' not in text] == []


def test_a_breach_is_logged_once(desk: Desk) -> None:
    with capture_logs() as logs:
        first = hand_over(desk, key="breach")
        again = hand_over(desk, key="breach")
    assert first == again
    found = [entry for entry in logs if entry["event"] == "handover_in_breach"]
    assert [entry["handover_id"] for entry in found] == [first["handover_id"]]
    assert found[0]["log_level"] == "warning"


def test_a_key_that_was_used_for_another_handover_records_nothing(desk: Desk) -> None:
    hand_over(desk, key="twice")
    answer = post(desk, "committee", "/v1/handovers", {**HANDOVER, "evidence": "another"}, "twice")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/key-reused")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"by": "comittee"}, "/by"),
        ({"countries": ["Korea"]}, "/countries/0"),
        ({"countries": []}, "/countries"),
        ({"handed_over_on": "2 March 1965"}, "/handed_over_on"),
        ({"handed_over_on": "2999-01-01"}, "/handed_over_on"),
        ({"items": []}, "/items"),
        ({"items": [ITEM, {**ITEM, "line": "1"}]}, "/items"),
        ({"items": [{**ITEM, "quantity": "1"}]}, "/items/0/quantity"),
        ({"items": [{**ITEM, "quantity": -1}]}, "/items/0/quantity"),
        ({"items": [{**ITEM, "colour": "blue"}]}, "/items/0/colour"),
        ({"items": [{**ITEM, "line": "a\0"}]}, "/items/0/line"),
        ({"evidence": ""}, "/evidence"),
        ({"recipient": "a\0b"}, "/recipient"),
        ({"receipt": "x"}, "/receipt"),
    ],
)
def test_only_what_cannot_be_read_is_refused(desk: Desk, changes: dict[str, Any], pointer: str) -> None:
    answer = post(desk, "committee", "/v1/handovers", {**HANDOVER, **changes})
    assert answer.status_code == 400, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_every_fault_is_reported_at_once(desk: Desk) -> None:
    answer = post(desk, "committee", "/v1/handovers", {**HANDOVER, "by": "x", "to": "y", "mode": "z"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/by", "/to", "/mode"]


@pytest.mark.parametrize(
    ("caller", "status"), [("auditor", 403), ("policy_officer", 403), ("other", 403), ("liaison", 201)]
)
def test_who_may_record_a_handover_of_a_department(desk: Desk, caller: str, status: int) -> None:
    assert post(desk, caller, "/v1/handovers", HANDOVER).status_code == status


def test_a_department_sees_its_own_handovers_page_by_page(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        mine = [hand_over(desk, "department")["handover_id"] for _ in range(5)]
        other = hand_over(desk, "other", department=None)["handover_id"]
        pages: list[list[str]] = []
        query = {"limit": "2"}
        while True:
            page = desk.call("department", "GET", "/v1/handovers", params=query).json()
            pages.append([handover["handover_id"] for handover in page["handovers"]])
            if "next" not in page:
                break
            query = {"limit": "2", "after": page["next"]}
        assert pages == [mine[:2], mine[2:4], mine[4:]]
        for caller in ("committee", "liaison", "auditor"):
            found = desk.call(caller, "GET", "/v1/handovers", params={"status": "breach"}).json()
            assert [handover["handover_id"] for handover in found["handovers"]] == [*mine, other]
        assert desk.call("department", "GET", f"/v1/handovers/{other}").status_code == 404
        assert desk.call("department", "GET", f"/v1/handovers?after={other}").status_code == 400


@pytest.mark.parametrize(
    "query", ["status=broken", "limit=0", "limit=201", "limit=x", "after=none", "page=2"]
)
def test_a_question_that_is_not_understood_is_not_answered(desk: Desk, query: str) -> None:
    assert desk.call("committee", "GET", f"/v1/handovers?{query}").status_code == 400


def test_a_transfer_is_recorded_once_and_not_before_the_handover(desk: Desk) -> None:
    path = f"/v1/handovers/{hand_over(desk, 'department')['handover_id']}/transfer"
    early = post(desk, "committee", path, {"recorded_on": "1965-03-01", "reference": "record no. 1"})
    late = post(desk, "committee", path, {"recorded_on": "2999-03-01", "reference": "record no. 1"})
    assert [answer.json()["errors"][0]["pointer"] for answer in (early, late)] == ["/recorded_on"] * 2
    transfer = {"recorded_on": "1965-03-02", "reference": "record no. 1"}
    assert post(desk, "department", path, transfer).status_code == 403
    first, again = (post(desk, "committee", path, transfer, "transfer") for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    second = post(desk, "liaison", path, transfer)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/transfer-recorded")
    assert post(desk, "liaison", "/v1/handovers/none/transfer", transfer).status_code == 404


def test_a_delivered_case_waits_for_the_transfer_and_then_for_the_session_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        case_id = desk.opened(request_id="r", handover=DELIVER["handover"])
        for name, value in {"legacy_list": "none", **{f"channel.{k}": v for k, v in CHANNEL.items()}}.items():
            desk.record("committee", case_id, fact(f"item.{name}", value, "1965-03-02"))
        before = desk.case(case_id, held_on="1965-03-05")
        assert (before["decision"]["outcome"], before["done"]) == ("deliver", [])

        elsewhere = cleared(desk, department={"id": "textiles"})["clearance_id"]
        for changes in ({}, {"clearance": elsewhere}):  # a breach delivers nothing
            assert hand_over(desk, case_id=case_id, **changes)["status"] == "breach"
        assert desk.case(case_id, held_on="1965-03-05")["done"] == []
        handover = hand_over(desk, clearance=cleared(desk, request_id="r")["clearance_id"], case_id=case_id)
        assert handover["status"] == "in_order"
        delivered = desk.case(case_id, held_on="1965-03-05")
        assert [(duty["done_by"], duty["done_on"]) for duty in delivered["done"]] == [
            ("handover", "1965-03-02")
        ]
        assert delivered["waiting_for"] == ["committee"]

        path = f"/v1/handovers/{handover['handover_id']}/transfer"
        assert (
            post(desk, "committee", path, {"recorded_on": "1965-03-20", "reference": "p"}).status_code == 201
        )
        assert len(desk.case(case_id, held_on="1965-03-19")["done"]) == 1
        last = desk.case(case_id, held_on="1965-03-20")
        assert [duty["done_by"] for duty in last["done"]] == ["handover", "transfer_record"]
        assert [duty["clause"] for duty in last["duties"] if duty["who"] == "committee"] == ["D5"]


def test_what_cannot_be_recorded_is_to_be_written_on_paper(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        hand_over(desk)
        (tmp_path / "log.db").rename(tmp_path / "moved.db")
        answer = post(desk, "committee", "/v1/handovers", HANDOVER)
        (tmp_path / "moved.db").rename(tmp_path / "log.db")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-recorded")
    assert "paper" in answer.json()["detail"]
    assert answer.headers["retry-after"]


def test_the_decision_about_a_handover_is_replayed_to_the_same_bytes(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        hand_over(desk, clearance=cleared(desk)["clearance_id"], items=[{**ITEM, "quantity": 0.75}])
        hand_over(desk, "department", request_id="none", by="receiving_department", to="mission")
        desk.call("auditor", "POST", "/v1/pre-check", DELIVER)
    replayed = CliRunner().invoke(app, ["log", "replay", str(tmp_path / "log.db")])
    assert (replayed.exit_code, replayed.stdout.split(",")[0]) == (0, "4 decisions taken again"), (
        replayed.output
    )
    candidate = folder_with(tmp_path / "p", set_parameter("korea.yaml", "deliver_upon", "actually_included"))
    changed = CliRunner().invoke(
        app, ["log", "replay", str(tmp_path / "log.db"), "--policies", str(candidate)]
    )
    assert (changed.exit_code, changed.stdout.count("was deliver")) == (1, 2), changed.output


def test_the_log_holds_clearance_handover_and_transfer_and_verifies(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        clearance = cleared(desk)
        handover = hand_over(desk, clearance=clearance["clearance_id"], recipient="\u5de5")
        path = f"/v1/handovers/{handover['handover_id']}/transfer"
        post(desk, "committee", path, {"recorded_on": "1965-03-09", "reference": "record no. 1"})
    where = str(tmp_path / "log.db")
    for command in ("verify", "replay"):
        result = CliRunner().invoke(app, ["log", command, where])
        assert result.exit_code == 0, result.output
    lines = CliRunner().invoke(app, ["log", "export", where]).stdout.splitlines()
    kinds = {entry["kind"]: entry for entry in map(json.loads, lines)}
    assert kinds["clearance_issued"]["note"] == clearance["note"]
    assert kinds["handover"]["handover"]["recipient"] == "\u5de5"
    assert kinds["handover"]["judgement"] == {"grounds": [], "notes": []}
    assert kinds["handover"]["decision"] == handover["decision"]
    assert kinds["transfer_recorded"]["transfer"]["reference"] == "record no. 1"
