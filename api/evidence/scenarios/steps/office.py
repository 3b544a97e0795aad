"""The office over time: registers, cases, clearances and handovers of a service that runs. Over HTTP alone."""

from collections.abc import Sequence
from typing import Any

import pytest
from pytest_bdd.parsers import re

from api.evidence.scenarios.failures import listed, require
from api.evidence.scenarios.office import Office, OfficeCallers
from api.evidence.scenarios.scenario_case import ScenarioCase
from api.evidence.scenarios.stated_facts import StatedFact
from api.evidence.scenarios.step_decorators import given, then, when
from api.evidence.scenarios.steps.answers import duties_in_words
from api.evidence.scenarios.worded_steps import ASKING, COUNTRY, FACT, PARTY, InWords
from api.evidence.scenarios.words import PolicyWords

DAY = r"(?P<day>\d{4}-\d\d-\d\d)"


@pytest.fixture
def office(callers: OfficeCallers, case: ScenarioCase, words: PolicyWords) -> Office:
    """The office that a scenario is about; `callers` send the requests to its service."""
    return Office(callers, case, words.policies)


def record(office: Office, statements: Sequence[StatedFact], day: str) -> None:
    """Record what a phrase says of the case."""
    office.record_facts(day, statements)


@given("the registers hold the opening balance")
def _(office: Office) -> None:
    require(bool(office.read("/v1/registers")["lists"]), "they hold nothing")


@given(re(r"the lists in question are (?P<lists>\S+) and (?P<last>\S+)"))
def _(office: Office, lists: str, last: str) -> None:
    office.lists = [lists, last]


@given(re(rf"the lists of items not yet provided were sent to be confirmed on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_event("list_sent", day, lists=office.lists)


@given(re(rf"the item (?P<number>\S+) was (?P<state>confirmed|declined) in writing on {DAY}"))
def _(office: Office, number: str, state: str, day: str) -> None:
    office.record_event("confirmation", day, items=[number], state=state)


@given(re(rf"the item (?P<number>\S+) was delivered on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.record_event("delivered", day, items=[number])


@given(re(rf"the transfer procedures of the item (?P<number>\S+) were carried out on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.record_event("transfer_recorded", day, items=[number])


@given(InWords(rf"the lists of items already provided were handed to {COUNTRY} on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_event("list_submitted", day, lists=office.lists)


@given(re(rf"session (?P<session>\d+) was asked on {DAY} for a supplementary resolution about them"))
def _(office: Office, session: str, day: str) -> None:
    office.record_event("supplementary_asked", day, session=int(session), lists=office.lists)


@given(re(rf"a supplementary resolution of session (?P<session>\d+) included them on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    resolution = {"session": int(session), "number": f"{session}/2", "form": "supplementary"}
    office.record_event("resolution", day, lists=office.lists, **resolution)


@given(re(rf"session (?P<session>\d+) closed on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    office.record_event("session_closed", day, session=int(session))


@given(InWords(rf"a memorandum about session (?P<session>\d+) was written to {COUNTRY} on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    office.record_event("memorandum", day, session=int(session), lists=office.lists)


@given(re(rf"the resolution of session (?P<session>\d+) included the project (?P<project>\S+) on {DAY}"))
def _(office: Office, session: str, project: str, day: str) -> None:
    resolution = {"session": int(session), "number": f"{session}/1", "form": "main", "projects": [project]}
    office.record_event("resolution", day, **resolution)


@given(re(rf"a case about it was opened on {DAY}"))
def _(office: Office, day: str) -> None:
    office.open_case(day)


def _read_recorded(words: PolicyWords, fact: str, line: str | None, day: str, value: str) -> StatedFact:
    return words.statement(fact, value, line)


@given(InWords(rf"the fact {FACT} was recorded on {DAY} as (?P<value>.+)", _read_recorded))
def _(office: Office, words: PolicyWords, fact: str, line: str | None, day: str, value: str) -> None:
    office.record_facts(day, [_read_recorded(words, fact, line, day, value)])


@when("the registers are added up")
def _(office: Office) -> None:
    office.answer = office.read("/v1/registers/report")


@when(re(rf"it is asked on {DAY} what is due"))
def _(office: Office, day: str) -> None:
    office.answer = {"due": office.due(day)}


@when(
    InWords(rf"the {ASKING} asks on {DAY} whether the item (?P<number>\S+) may be delivered"),
    target_fixture="answer",
)
def _(office: Office, day: str, number: str) -> dict[str, Any]:
    return office.pre_check(day, office.item(number))


@when(re(rf"the case is looked up for {DAY}"), target_fixture="answer")
def _(office: Office, day: str) -> dict[str, Any]:
    office.answer = office.case_as_of(day)
    return dict(office.answer["decision"])


@when(re(r"the memorandum about session (?P<session>\d+) is drafted"))
def _(office: Office, session: str) -> None:
    office.answer = {"page": office.draft("memorandum", session=session)}


@then(re(r"(?P<count>[\d,]+) items count as (?P<figure>.+)"))
def _(office: Office, count: str, figure: str) -> None:
    figures = {found["figure"]: found for found in office.answer["figures"]}
    found = figures[figure.replace(" ", "-")]
    counted, expected = found["found"], found["expected"]
    same = counted == expected == int(count.replace(",", ""))
    require(same, f"{counted:,} do, and {expected:,} are expected")


def _due_under(office: Office, clause: str) -> list[dict[str, Any]]:
    return [due for due in office.answer["due"] if due["clause"] == clause]


@then(InWords(r"nothing is due under (?P<clause>\S+)"))
def _(office: Office, words: PolicyWords, clause: str) -> None:
    found = _due_under(office, clause)
    require(not found, duties_in_words(found, words))


@then(InWords(rf"(?P<clause>\S+) is due: the {PARTY} must (?P<must>.+)"))
def _(office: Office, words: PolicyWords, clause: str, party: str, must: str) -> None:
    due = {(due["clause"], due["who"], due["must"]) for due in office.answer["due"]}
    require((clause, words.party(party), must) in due, duties_in_words(office.answer["due"], words))


@then(InWords(r"(?P<count>[\d,]+) items are concerned under (?P<clause>\S+)"))
def _(office: Office, count: str, clause: str) -> None:
    counted = sum(due["subject"]["items"] for due in _due_under(office, clause))
    require(counted == int(count.replace(",", "")), f"{counted:,} are")


@then(InWords(rf"what is due under (?P<clause>\S+) was due on {DAY} and is (?P<negated>not )?overdue"))
def _(office: Office, clause: str, day: str, negated: str | None) -> None:
    found = {(due["due"], due["overdue"]) for due in _due_under(office, clause)}
    terms = [
        f"due on {due} and {'' if overdue else 'not '}overdue" for due, overdue in sorted(found, key=str)
    ]
    require(found == {(day, not negated)}, f"it is {listed(terms, 'not due')}")


@then(InWords(r"(?P<clause>\S+) is due once"))
def _(office: Office, clause: str) -> None:
    times = len(_due_under(office, clause))
    require(times == 1, f"it is due {times} times")


@then(InWords(rf"it is open on the case that the {PARTY} must (?P<must>.+)"))
def _(office: Office, words: PolicyWords, party: str, must: str) -> None:
    found = {(duty["who"], duty["must"]) for duty in office.answer["duties"]}
    require((words.party(party), must) in found, duties_in_words(office.answer["duties"], words))


@then(re(r"the draft names (?P<count>[\d,]+) items"))
def _(office: Office, count: str) -> None:
    require(f"{count} items" in office.answer["page"], "it names another number")
