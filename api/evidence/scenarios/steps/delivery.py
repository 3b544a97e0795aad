"""Handing over, under a clearance or without one, and what the office then has on record. Over HTTP alone."""

from pytest_bdd.parsers import re

from api.evidence.scenarios.office import Office
from api.evidence.scenarios.step_decorators import given, then, when
from api.evidence.scenarios.steps import vocabulary as v
from api.evidence.scenarios.steps.office import DAY


@given(re(rf"the Committee handed the item (?P<number>\S+) over under a clearance on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.handover_id = office.hand_over_cleared(number, day)["handover_id"]


@given(re(rf"the transfer procedure of that handover was carried out on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_transfer(day)


@when(re(rf"the Committee hands the item (?P<number>\S+) over under a clearance on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.answer = office.hand_over_cleared(number, day)


@when(re(rf"the Committee hands the item (?P<number>\S+) over without a clearance on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.answer = office.hand_over(day, items=[office.item(number)], trigger="legacy_list")


@when(re(rf"what the case is about is handed over by (?P<deliverer>{v.any_of(v.DELIVERERS)}) on {DAY}"))
def _(office: Office, deliverer: str, day: str) -> None:
    office.answer = office.hand_over_case(day, by=v.DELIVERERS[deliverer])


@when(re(rf"an item is recorded as handed over by the department itself on {DAY}"))
def _(office: Office, day: str) -> None:
    office.answer = office.hand_over(day, by="receiving_department", to="mission", trigger="ad_hoc_request")


@then(re(rf"the register says that the item (?P<number>\S+) was (?P<what>delivered|transferred) on {DAY}"))
def _(office: Office, number: str, what: str, day: str) -> None:
    assert office.item_in_register(number)[f"{what}_on"] == day


@then(re(r"the register does not say that the item (?P<number>\S+) was delivered"))
def _(office: Office, number: str) -> None:
    assert "delivered_on" not in office.item_in_register(number)


@then("the handover is in order")
def _(office: Office) -> None:
    assert (office.answer["status"], office.answer["grounds"]) == ("in_order", [])


@then(re(r"the handover is a breach of (?P<clause>\S+)"))
def _(office: Office, clause: str) -> None:
    assert office.answer["status"] == "breach"
    assert clause in {ground["clause"] for ground in office.answer["grounds"]}, office.answer["grounds"]


@then("the handover is to be put on record, and no breach")
def _(office: Office) -> None:
    assert office.answer["status"] == "to_be_regularised"
