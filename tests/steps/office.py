"""The office over time: registers, cases, clearances and handovers of a service that runs. Over HTTP alone."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parsers import re

from tests.compliance.steps import given, then, when
from tests.steps import vocabulary as v
from tests.support.desks import ROOT, URGENT, fact, serving
from tests.support.handing_over import HANDOVER, post
from tests.support.register_desks import RegisterDesk, run

BALANCE = ROOT / "examples" / "opening_balance"
PENDING = ["kp-organised-pending", "kp-northeast-pending"]
PROVIDED = ["kp-provided-since-1963", "kp-northeast-provided"]
DAY = r"(?P<day>\d{4}-\d\d-\d\d)"
CHANNEL = "item.channel."
BY_THE_COMMITTEE = {"by": "committee", "to": "counterpart_institution"}
PROJECT = "8-14"


@dataclass
class Office:
    """The registers, and the case that a scenario is about."""

    registers: RegisterDesk
    case_id: str = ""
    handover_id: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    def item(self, number: str) -> dict[str, Any]:
        listed = self.registers.item(number)
        item = {name: listed[name] for name in ("description", "unit", "kind")}
        return {"line": number, "quantity": int(listed["quantity"]), **item}

    def pre_check(self, day: str, **changes: Any) -> dict[str, Any]:
        body = {
            "request_id": "an office's request",
            "as_of": day,
            "department": {"id": "metallurgy"},
            "mission": {"countries": ["KP"]},
            "visit": {"border_area": "none"},
            "trigger": "legacy_list",
            "handover": BY_THE_COMMITTEE,
            **changes,
        }
        answer = self.registers.desk.call("department", "POST", "/v1/pre-check", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def clear(self, decision: dict[str, Any]) -> str:
        answer = post(
            self.registers.desk, "committee", "/v1/clearances", {"decision_id": decision["decision_id"]}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["clearance_id"])

    def hand_over_cleared(self, number: str, day: str) -> dict[str, Any]:
        item = self.item(number)
        clearance = self.clear(self.pre_check(day, items=[item]))
        return self.hand_over(day, items=[item], clearance=clearance)

    def hand_over(self, day: str, **changes: Any) -> dict[str, Any]:
        body = {**HANDOVER, "handed_over_on": day, **changes}
        answer = post(self.registers.desk, "committee", "/v1/handovers", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def record(self, day: str, **facts: Any) -> None:
        statements = [fact(CHANNEL + name, value, day) for name, value in facts.items()]
        self.registers.desk.record("committee", self.case_id, *statements)


@pytest.fixture(scope="session")
def balanced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger into which the opening balance was imported."""
    folder = tmp_path_factory.mktemp("balance")
    imported = run(folder, "registers", "import", str(BALANCE), "--database", str(folder / "log.db"))
    assert imported.exit_code == 0, imported.output
    return folder


@pytest.fixture
def office(balanced: Path, tmp_path: Path) -> Iterator[Office]:
    for file in balanced.iterdir():
        shutil.copy(file, tmp_path)
    database = str(tmp_path / "log.db")
    with serving(tmp_path, database) as desk:
        yield Office(RegisterDesk(desk, database, tmp_path))


@given("the registers hold the opening balance")
def _(office: Office) -> None:
    assert len(office.registers.read("/v1/registers")["lists"]) == 5


@given(re(rf"the lists of items not yet provided were sent to be confirmed on {DAY}"))
def _(office: Office, day: str) -> None:
    office.registers.record("list_sent", day, lists=PENDING)


@given(re(rf"the item (?P<number>\S+) was (?P<state>confirmed|declined) in writing on {DAY}"))
def _(office: Office, number: str, state: str, day: str) -> None:
    office.registers.record("confirmation", day, items=[number], state=state)


@given(re(rf"the item (?P<number>\S+) was delivered on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.registers.record("delivered", day, items=[number])


@given(re(rf"the transfer procedures of the item (?P<number>\S+) were carried out on {DAY}"))
def _(office: Office, number: str, day: str) -> None:
    office.registers.record("transfer_recorded", day, items=[number])


@given(re(rf"the lists of items already provided were handed to Korea on {DAY}"))
def _(office: Office, day: str) -> None:
    office.registers.record("list_submitted", day, lists=PROVIDED)


@given(re(rf"session (?P<session>\d+) was asked on {DAY} for a supplementary resolution about them"))
def _(office: Office, session: str, day: str) -> None:
    office.registers.record("supplementary_asked", day, session=int(session), lists=PROVIDED)


@given(re(rf"a supplementary resolution of session (?P<session>\d+) included them on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    resolution = {"session": int(session), "number": f"{session}/2", "form": "supplementary"}
    office.registers.record("resolution", day, lists=PROVIDED, **resolution)


@given(re(rf"session (?P<session>\d+) closed on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    office.registers.record("session_closed", day, session=int(session))


@given(re(rf"a memorandum about session (?P<session>\d+) was written to Korea on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    office.registers.record("memorandum", day, session=int(session), lists=PROVIDED)


@given(re(rf"a department opened a case about an urgent request on {DAY}"))
def _(office: Office, day: str) -> None:
    request = {**URGENT, "as_of": day, "department": {"id": "metallurgy"}, "handover": BY_THE_COMMITTEE}
    office.case_id = office.registers.desk.opened(**request)
    office.registers.desk.record("committee", office.case_id, fact("item.legacy_list", "none", day))


@given(re(rf"it was reported to the Committee on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record(day, reported_to_committee=True)


@given(re(rf"the other side's institution (?P<reply>agreed|refused|deferred) on {DAY}"))
def _(office: Office, reply: str, day: str) -> None:
    office.record(day, consultation=reply)


@given(re(rf"both sides agreed to it as a project on {DAY}"))
def _(office: Office, day: str) -> None:
    office.record(day, committee_agrees=True, accepted_as_project=True, project_no=PROJECT)


@given(re(rf"both sides agreed on {DAY} to include it in session (?P<session>\d+)"))
def _(office: Office, day: str, session: str) -> None:
    office.record(day, inclusion="agreed_to_include", inclusion_session=int(session))


@given(re(rf"the resolution of session (?P<session>\d+) included the project on {DAY}"))
def _(office: Office, session: str, day: str) -> None:
    resolution = {"session": int(session), "number": f"{session}/1", "form": "main", "projects": [PROJECT]}
    office.registers.record("resolution", day, **resolution)


@when("the registers are added up")
def _(office: Office) -> None:
    office.told = office.registers.read("/v1/registers/report")


@when(re(rf"it is asked on {DAY} what is due"))
def _(office: Office, day: str) -> None:
    office.told = {"due": office.registers.due(day)}


@when(
    re(rf"the department asks on {DAY} whether the item (?P<number>\S+) may be delivered"),
    target_fixture="answer",
)
def _(office: Office, day: str, number: str) -> dict[str, Any]:
    return office.pre_check(day, items=[office.item(number)])


@when(re(rf"the case is looked up for {DAY}"), target_fixture="answer")
def _(office: Office, day: str) -> dict[str, Any]:
    office.told = office.registers.desk.case(office.case_id, held_on=day)
    return dict(office.told["decision"])


@when(re(r"the memorandum about session (?P<session>\d+) is drafted"))
def _(office: Office, session: str) -> None:
    answer = office.registers.desk.call(
        "liaison", "GET", "/v1/registers/pages/memorandum", params={"session": session}
    )
    assert answer.status_code == 200, answer.text
    office.told = {"page": answer.text}


@then(re(r"(?P<count>[\d,]+) items count as (?P<figure>.+)"))
def _(office: Office, count: str, figure: str) -> None:
    figures = {found["figure"]: found for found in office.told["figures"]}
    found = figures[figure.replace(" ", "-")]
    assert (found["found"], found["expected"]) == (int(count.replace(",", "")),) * 2, found


@then(re(r"nothing is due under (?P<clause>\S+)"))
def _(office: Office, clause: str) -> None:
    assert not [due for due in office.told["due"] if due["clause"] == clause]


@then(re(rf"(?P<clause>\S+) is due: the (?P<party>{v.any_of(v.PARTIES)}) must (?P<must>.+)"))
def _(office: Office, clause: str, party: str, must: str) -> None:
    due = {(due["clause"], due["who"], due["must"]) for due in office.told["due"]}
    assert (clause, v.PARTIES[party], must) in due, due


@then(re(r"(?P<count>[\d,]+) items are concerned under (?P<clause>\S+)"))
def _(office: Office, count: str, clause: str) -> None:
    counted = sum(due["subject"]["items"] for due in office.told["due"] if due["clause"] == clause)
    assert counted == int(count.replace(",", ""))


@then(re(rf"what is due under (?P<clause>\S+) was due on {DAY} and is (?P<negated>not )?overdue"))
def _(office: Office, clause: str, day: str, negated: str | None) -> None:
    found = {(due["due"], due["overdue"]) for due in office.told["due"] if due["clause"] == clause}
    assert found == {(day, not negated)}


@then(re(r"(?P<clause>\S+) is due once"))
def _(office: Office, clause: str) -> None:
    assert len([due for due in office.told["due"] if due["clause"] == clause]) == 1


@then(re(rf"it is open on the case that the (?P<party>{v.any_of(v.PARTIES)}) must (?P<must>.+)"))
def _(office: Office, party: str, must: str) -> None:
    duties = {(duty["who"], duty["must"]) for duty in office.told["duties"]}
    assert (v.PARTIES[party], must) in duties, duties


@then(re(r"the draft names (?P<count>[\d,]+) items"))
def _(office: Office, count: str) -> None:
    assert f"{count} items" in office.told["page"]
