"""A line whose mark is the number of a listed item is decided by what the registers hold of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.desks import URGENT
from tests.support.register_desks import RegisterDesk, run, serving_registers

LEGACY = {
    "as_of": "1965-03-10",
    "trigger": "legacy_list",
    "urgency": None,
    "handover": {"by": "committee", "to": "counterpart_institution"},
}


@pytest.fixture
def registers(where: str, tmp_path: Path) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path, where) as registers:
        yield registers


def pre_check(registers: RegisterDesk, number: str, *, day: str = "1965-03-10", **changes: Any) -> Any:
    item = {"line": number, "description": f"Synthetic <item> {number}", "kind": "drawing"}
    item |= changes.pop("item", {})
    body = {**URGENT, **LEGACY, "as_of": day, "items": [item], **changes}
    answer = registers.desk.call("department", "POST", "/v1/pre-check", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_item_is_held_until_its_confirmation_is_recorded_and_put_on_record_once_delivered(
    registers: RegisterDesk,
) -> None:
    assert pre_check(registers, "B-1")["outcome"] == "hold"
    registers.record("list_sent", "1965-02-01", lists=["organised"])
    registers.record("confirmation", "1965-03-05", items=["B-1"], state="confirmed")
    registers.record("confirmation", "1965-03-05", items=["B-2"], state="declined")
    days = {"1965-03-04": "hold", "1965-03-05": "deliver"}
    assert {day: pre_check(registers, "B-1", day=day)["outcome"] for day in days} == days
    assert pre_check(registers, "B-2")["outcome"] == "refuse"
    assert pre_check(registers, "B-3")["outcome"] == "hold"
    registers.record("delivered", "1965-03-08", items=["B-1"])
    assert pre_check(registers, "B-1")["outcome"] == "regularise"


def test_provided_items_are_put_on_record_and_those_of_the_joint_committee_take_the_ordinary_way(
    registers: RegisterDesk,
) -> None:
    assert pre_check(registers, "A-1")["outcome"] == "regularise"
    assert pre_check(registers, "D-1")["outcome"] == "route_bilateral"


def test_another_thing_under_the_number_of_an_item_is_not_that_item(registers: RegisterDesk) -> None:
    for other in (
        {"description": "a furnace"},
        {"description": None},
        {"kind": "sample"},
        {"quantity": 3},
        {"unit": "crate"},
    ):
        assert pre_check(registers, "A-1", item=other)["outcome"] != "regularise"
    assert pre_check(registers, "A-1", item={"quantity": 2, "unit": "sheets"})["outcome"] == "regularise"
    assert pre_check(registers, "A-1", mission={"countries": ["VN"]})["outcome"] != "regularise"
    assert pre_check(registers, "Z-1")["outcome"] != "regularise"


def test_a_claim_about_a_listed_item_is_borne_out_by_the_register(registers: RegisterDesk) -> None:
    claims = {"legacy_list": "provided", "channel": {"attache_confirmation": "confirmed"}}
    (line,) = pre_check(registers, "A-1", item=claims)["lines"]
    assert line["claimed_not_confirmed"] == ["item.channel.attache_confirmation"]


def test_items_listed_while_the_service_runs_count_at_once(registers: RegisterDesk, tmp_path: Path) -> None:
    assert pre_check(registers, "L-9")["outcome"] != "regularise"
    late = tmp_path / "late.csv"
    late.write_text(
        "item_no,list_id,description,kind,quantity,unit,provided_on,provided_to,remarks\n"
        "L-9,northeast,Synthetic <item> L-9,drawing,1,,,,\n"
    )
    registers.import_files(late)
    assert pre_check(registers, "L-9")["outcome"] == "regularise"


def test_a_case_shows_what_a_pre_check_says_and_the_log_replays_it(
    registers: RegisterDesk, tmp_path: Path
) -> None:
    items = [{"line": "B-1", "description": "Synthetic <item> B-1", "kind": "drawing"}]
    case_id = registers.desk.opened(**{**LEGACY, "items": items})
    registers.record("confirmation", "1965-03-05", items=["B-1"], state="confirmed")
    assert pre_check(registers, "B-1")["outcome"] == "deliver"
    case = registers.desk.case(case_id, held_on="1965-03-12")
    assert case["decision"]["outcome"] == "deliver"
    assert (
        registers.desk.case(case_id, held_on="1965-03-12", known_at=case["opened_at"])["decision"]["outcome"]
        == "hold"
    )
    queue = registers.read("/v1/cases", held_on="1965-03-12")["cases"]
    assert [found["outcome"] for found in queue] == ["deliver"]
    replayed = run(tmp_path, "log", "replay", registers.database)
    assert replayed.exit_code == 0, replayed.output
