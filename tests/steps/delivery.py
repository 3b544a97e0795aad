"""Handing over, under a clearance or without one, and what the office then has on record. Over HTTP alone."""

from pytest_bdd.parsers import re

from tests.compliance.steps import given, then, when
from tests.steps import vocabulary as v
from tests.steps.office import DAY, Office
from tests.support.desks import URGENT
from tests.support.handing_over import post


@given(re(rf"the Committee handed the item (?P<number>\S+) over under a clearance on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.handover_id = office.hand_over_cleared(number, day)["handover_id"]


@given(re(rf"the transfer procedure of that handover was carried out on {DAY}"))
def _(office: Office, day: str) -> None:
    body = {"recorded_on": day, "reference": "transfer record no. 12"}
    answer = post(office.registers.desk, "committee", f"/v1/handovers/{office.handover_id}/transfer", body)
    assert answer.status_code == 201, answer.text


@when(re(rf"the Committee hands the item (?P<number>\S+) over under a clearance on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.told = office.hand_over_cleared(number, day)


@when(re(rf"the Committee hands the item (?P<number>\S+) over without a clearance on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.told = office.hand_over(day, items=[office.item(number)], trigger="legacy_list")


@when(re(rf"what the case is about is handed over by (?P<deliverer>{v.any_of(v.DELIVERERS)}) on {DAY}"))
def _(office: Office, deliverer: str, day: str) -> None:
    item = {
        name: value for name, value in URGENT["items"][0].items() if name not in ("channel", "legacy_list")
    }
    decision = office.pre_check(
        day, request_id=URGENT["request_id"], trigger=URGENT["trigger"], items=[{"line": 1, **item}]
    )
    clearance = office.clear(decision)
    items = [
        {
            "line": 1,
            **{name: item[name] for name in ("description", "quantity", "unit", "kind") if name in item},
        }
    ]
    office.told = office.hand_over(
        day, items=items, clearance=clearance, case_id=office.case_id, by=v.DELIVERERS[deliverer]
    )


@when(re(rf"an item is recorded as handed over by the department itself on {DAY}"))
def _(office: Office, day: str) -> None:
    office.told = office.hand_over(day, by="receiving_department", to="mission", trigger="ad_hoc_request")


@then(re(rf"the register says that the item (?P<number>\S+) was (?P<what>delivered|transferred) on {DAY}"))
def _(office: Office, number: str, what: str, day: str) -> None:
    assert office.registers.item(number)[f"{what}_on"] == day


@then(re(r"the register does not say that the item (?P<number>\S+) was delivered"))
def _(office: Office, number: str) -> None:
    assert "delivered_on" not in office.registers.item(number)


@then("the handover is in order")
def _(office: Office) -> None:
    assert (office.told["status"], office.told["grounds"]) == ("in_order", [])


@then(re(r"the handover is a breach of (?P<clause>\S+)"))
def _(office: Office, clause: str) -> None:
    assert office.told["status"] == "breach"
    assert clause in {ground["clause"] for ground in office.told["grounds"]}, office.told["grounds"]


@then("the handover is to be put on record, and no breach")
def _(office: Office) -> None:
    assert office.told["status"] == "to_be_regularised"
