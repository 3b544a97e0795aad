"""Handing over, under a clearance or without one, and what the office then has on record. Over HTTP alone."""

from pytest_bdd.parsers import re

from api.evidence.scenarios.failures import listed, require
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
    found = office.item_in_register(number).get(f"{what}_on")
    require(found == day, f"it says {found}" if found else "it does not say that it was")


@then(re(r"the register does not say that the item (?P<number>\S+) was delivered"))
def _(office: Office, number: str) -> None:
    found = office.item_in_register(number).get("delivered_on")
    require(found is None, f"it says that it was, on {found}")


@then("the handover is in order")
def _(office: Office) -> None:
    _is_status(office, "in_order")
    require(not office.answer["grounds"], _status(office))


@then(InWords(r"the handover is a breach of (?P<clause>\S+)"))
def _(office: Office, clause: str) -> None:
    _is_status(office, "breach")
    require(clause in {ground["clause"] for ground in office.answer["grounds"]}, _status(office))


@then("the handover is to be put on record, and no breach")
def _(office: Office) -> None:
    _is_status(office, "to_be_regularised")


def _is_status(office: Office, status: str) -> None:
    require(office.answer["status"] == status, _status(office))


def _status(office: Office) -> str:
    """What the handover counts as, and under which clauses."""
    clauses = listed(dict.fromkeys(ground["clause"] for ground in office.answer["grounds"]), "no clause")
    return f"it is {office.answer['status'].replace('_', ' ')}, under {clauses}"
