"""Handing over, under a clearance or without one, and what the office then has on record. Over HTTP alone."""

from pytest_bdd.parsers import re

from api.evidence.scenarios.office import Office
from api.evidence.scenarios.step_decorators import given, then, when
from api.evidence.scenarios.steps.office import DAY
from api.evidence.scenarios.worded_steps import InWords
from api.evidence.scenarios.words import PolicyWords

DELIVERER = r"(?P<deliverer>.+?)"


@given(InWords(rf"{DELIVERER} handed the item (?P<number>\S+) over under a clearance on {DAY}"))
def _(office: Office, words: PolicyWords, deliverer: str, number: str, day: str) -> None:
    handover = office.hand_over_cleared(number, day, words.deliverer(deliverer))
    office.handover_id = handover["handover_id"]


@given(re(rf"the transfer procedure of that handover was carried out on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_transfer(day)


@when(InWords(rf"{DELIVERER} hands the item (?P<number>\S+) over under a clearance on {DAY}"))
def _(office: Office, words: PolicyWords, deliverer: str, number: str, day: str) -> None:
    office.answer = office.hand_over_cleared(number, day, words.deliverer(deliverer))


@when(InWords(rf"{DELIVERER} hands the item (?P<number>\S+) over without a clearance on {DAY}"))
def _(office: Office, words: PolicyWords, deliverer: str, number: str, day: str) -> None:
    office.answer = office.hand_over(day, office.item(number), by=words.deliverer(deliverer))


@when(InWords(rf"what the case is about is handed over by {DELIVERER} on {DAY}"))
def _(office: Office, words: PolicyWords, deliverer: str, day: str) -> None:
    office.answer = office.hand_over_case(day, words.deliverer(deliverer))


@when(re(rf"it is recorded as handed over without a clearance on {DAY}"))
def _(office: Office, day: str) -> None:
    office.answer = office.hand_over(day, office.requested_item(day))


@then(re(rf"the register says that the item (?P<number>\S+) was (?P<what>delivered|transferred) on {DAY}"))
def _(office: Office, number: str, what: str, day: str) -> None:
    assert office.item_in_register(number)[f"{what}_on"] == day


@then(re(r"the register does not say that the item (?P<number>\S+) was delivered"))
def _(office: Office, number: str) -> None:
    assert "delivered_on" not in office.item_in_register(number)


@then("the handover is in order")
def _(office: Office) -> None:
    assert (office.answer["status"], office.answer["grounds"]) == ("in_order", [])


@then(InWords(r"the handover is a breach of (?P<clause>\S+)"))
def _(office: Office, clause: str) -> None:
    assert office.answer["status"] == "breach"
    assert clause in {ground["clause"] for ground in office.answer["grounds"]}, office.answer["grounds"]


@then("the handover is to be put on record, and no breach")
def _(office: Office) -> None:
    assert office.answer["status"] == "to_be_regularised"
