"""The office over time: registers, cases, clearances and handovers of a service that runs. Over HTTP alone."""

from typing import Any

import pytest
from pytest_bdd.parsers import re

from api.evidence.scenarios.office import PENDING, PROJECT, PROVIDED, Office, OfficeCallers
from api.evidence.scenarios.step_decorators import given, then, when
from api.evidence.scenarios.steps import vocabulary as v

DAY = r"(?P<day>\d{4}-\d\d-\d\d)"


@pytest.fixture
def office(callers: OfficeCallers) -> Office:
    """The office that a scenario is about; `callers` send the requests to its service."""
    return Office(callers)


@given("the registers hold the opening balance")
def _(office: Office) -> None:
    assert len(office.read("/v1/registers")["lists"]) == 5


@given(re(rf"the lists of items not yet provided were sent to be confirmed on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_event("list_sent", day, lists=PENDING)


@given(re(rf"the item (?P<number>\S+) was (?P<state>confirmed|declined) in writing on {DAY}"))
def _(office: Office, number: str, state: str, day: str) -> None:
    office.record_event("confirmation", day, items=[number], state=state)


@given(re(rf"the item (?P<number>\S+) was delivered on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.record_event("delivered", day, items=[number])


@given(re(rf"the transfer procedures of the item (?P<number>\S+) were carried out on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.record_event("transfer_recorded", day, items=[number])


@given(re(rf"the lists of items already provided were handed to Korea on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_event("list_submitted", day, lists=PROVIDED)


@given(re(rf"session (?P<session>\d+) was asked on {DAY} for a supplementary resolution about them"))
def _(office: Office, session: str, day: str) -> None:
    office.record_event("supplementary_asked", day, session=int(session), lists=PROVIDED)


@given(re(rf"a supplementary resolution of session (?P<session>\d+) included them on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    resolution = {"session": int(session), "number": f"{session}/2", "form": "supplementary"}
    office.record_event("resolution", day, lists=PROVIDED, **resolution)


@given(re(rf"session (?P<session>\d+) closed on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    office.record_event("session_closed", day, session=int(session))


@given(re(rf"a memorandum about session (?P<session>\d+) was written to Korea on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    office.record_event("memorandum", day, session=int(session), lists=PROVIDED)


@given(re(rf"a department opened a case about an urgent request on {DAY}"))
def _(office: Office, day: str) -> None:
    office.open_urgent_case(day)


@given(re(rf"it was reported to the Committee on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_facts(day, reported_to_committee=True)


@given(re(rf"the other side's institution (?P<reply>agreed|refused|deferred) on {DAY}"))
def _(office: Office, reply: str, day: str) -> None:
    office.record_facts(day, consultation=reply)


@given(re(rf"both sides agreed to it as a project on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record_facts(day, committee_agrees=True, accepted_as_project=True, project_no=PROJECT)


@given(re(rf"both sides agreed on {DAY} to include it in session (?P<session>\d+)"))
def _(office: Office, day: str, session: str) -> None:
    office.record_facts(day, inclusion="agreed_to_include", inclusion_session=int(session))


@given(re(rf"the resolution of session (?P<session>\d+) included the project on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    resolution = {"session": int(session), "number": f"{session}/1", "form": "main", "projects": [PROJECT]}
    office.record_event("resolution", day, **resolution)


@when("the registers are added up")
def _(office: Office) -> None:
    office.answer = office.read("/v1/registers/report")


@when(re(rf"it is asked on {DAY} what is due"))
def _(office: Office, day: str) -> None:
    office.answer = {"due": office.due(day)}


@when(
    re(rf"the department asks on {DAY} whether the item (?P<number>\S+) may be delivered"),
    target_fixture="answer",
)
def _(office: Office, day: str, number: str) -> dict[str, Any]:
    return office.pre_check(day, items=[office.item(number)])


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
    assert (found["found"], found["expected"]) == (int(count.replace(",", "")),) * 2, found


@then(re(r"nothing is due under (?P<clause>\S+)"))
def _(office: Office, clause: str) -> None:
    assert not [due for due in office.answer["due"] if due["clause"] == clause]


@then(re(rf"(?P<clause>\S+) is due: the (?P<party>{v.PARTY}) must (?P<must>.+)"))
def _(office: Office, clause: str, party: str, must: str) -> None:
    due = {(due["clause"], due["who"], due["must"]) for due in office.answer["due"]}
    assert (clause, v.party_id(party), must) in due, due


@then(re(r"(?P<count>[\d,]+) items are concerned under (?P<clause>\S+)"))
def _(office: Office, count: str, clause: str) -> None:
    counted = sum(due["subject"]["items"] for due in office.answer["due"] if due["clause"] == clause)
    assert counted == int(count.replace(",", ""))


@then(re(rf"what is due under (?P<clause>\S+) was due on {DAY} and is (?P<negated>not )?overdue"))
def _(office: Office, clause: str, day: str, negated: str | None) -> None:
    found = {(due["due"], due["overdue"]) for due in office.answer["due"] if due["clause"] == clause}
    assert found == {(day, not negated)}


@then(re(r"(?P<clause>\S+) is due once"))
def _(office: Office, clause: str) -> None:
    assert len([due for due in office.answer["due"] if due["clause"] == clause]) == 1


@then(re(rf"it is open on the case that the (?P<party>{v.PARTY}) must (?P<must>.+)"))
def _(office: Office, party: str, must: str) -> None:
    duties = {(duty["who"], duty["must"]) for duty in office.answer["duties"]}
    assert (v.party_id(party), must) in duties, duties


@then(re(r"the draft names (?P<count>[\d,]+) items"))
def _(office: Office, count: str) -> None:
    assert f"{count} items" in office.answer["page"]
