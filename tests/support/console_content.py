"""Something of everything in a service, so that the pages of the console have all their forms; and steps to forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.approving import STARTER, Clients, edited
from tests.support.console_cases import agree, call, opened, today, urgent_request
from tests.support.consoles import ServedConsole, Visitor
from tests.support.drafted import store_draft
from tests.support.injecting import Step
from tests.support.register_desks import write_register
from tests.support.register_pages import RegisterPages, hidden_of

ANSWERED = b"item_no,answer\nB-1,confirmed\nB-2,\n"


@dataclass(frozen=True)
class Content:
    """The ids of what the steps need."""

    decision_id: str
    clearance_id: str
    register: Path


def fill_console(console: ServedConsole, place: Path) -> Content:
    """Record cases as they wait, a clearance, handovers, registers with events and a paper, and a draft."""
    day = today(console)
    opened(console)
    answer = call(console, "department", "POST", "/v1/pre-check", urgent_request(day))
    waiting = opened(console)
    agree(console, waiting)
    case_id = opened(console)
    agree(console, case_id)
    clearance = call(console, "committee", "POST", "/v1/clearances", {"case_id": case_id})
    for _ in range(2):
        _hand_over(console, "liaison", clearance["clearance_id"])
    clerk = RegisterPages(console)
    register = write_register(place / "register")
    clerk.import_folder(register)
    clerk.record("list_sent", lists=["organised"])
    clerk.visitor.client.post(
        "/registers/papers/draft",
        data=hidden_of(clerk.open("/registers/papers/draft?paper=agenda&session=8")),
    )
    make_draft(console.visitor("policy_officer"), "The ninth session comes next")
    return Content(answer["decision_id"], clearance["clearance_id"], register)


def make_draft(visitor: Visitor, title: str) -> str:
    """The address of a new draft."""
    made = visitor.send("/policies/drafts", {"title": title}, at="/policies/drafts")
    assert made.status_code == 303, made.text
    return made.headers["location"].partition("?")[0]


def handover_fields(console: ServedConsole, clearance_id: str, **more: str) -> dict[str, str]:
    """What is typed into the form of a handover under a clearance."""
    return {
        "clearance": clearance_id,
        "department": "metallurgy",
        "countries": "KP",
        "handed_over_on": today(console).isoformat(),
        "by": "committee",
        "to": "counterpart_institution",
        "recipient": "the secretary",
        "mode": "hand",
        "evidence": "receipt no. 4",
        "item.0.line": "1",
        "item.0.description": "drawings of a rolling mill",
        "item.0.quantity": "1",
        **more,
    }


def _hand_over(console: ServedConsole, role: str, clearance_id: str) -> None:
    visitor = console.visitor(role)
    fields = handover_fields(console, clearance_id, **{"item.0.quantity": "0.25"})
    shown = visitor.send("/handovers/new", {**fields, "look": "yes"}, at="/handovers/new")
    sent = {**fields, **hidden_of(shown), "record": "yes"}
    assert visitor.client.post("/handovers/new", data=sent).status_code == 303


def steps_of(console: ServedConsole, content: Content, role: str, visitor: Visitor) -> tuple[Step, ...]:
    """The pages to which no link leads, since a form has to be sent before."""
    steps: list[Step] = []

    def add(name: str, opened: Callable[[], Any]) -> None:
        steps.append(Step(name, lambda: str(opened().text)))

    if role in ("department", "committee", "liaison"):
        add("an answer", lambda: visitor.open(f"/desk/answers/{content.decision_id}"))
        add("a question", lambda: visitor.open("/desk/interview"))
        add("a country", lambda: _after_answers(visitor, "Korea"))
        add("a choice", lambda: _after_answers(visitor, "Vietnam", "a drill", ""))
        add("a form of two items", lambda: _form(visitor, lines="1", do="item"))
        add(
            "pasted items",
            lambda: visitor.send(
                "/desk/items", {"pasted": "description,kind\na drill,equipment\nb,sample"}, at="/desk"
            ),
        )
    if role in ("committee", "liaison"):
        add(
            "a handover to look at",
            lambda: visitor.send(
                "/handovers/new",
                {
                    **handover_fields(console, content.clearance_id, **{"item.0.quantity": "0.25"}),
                    "look": "yes",
                },
                at="/handovers/new",
            ),
        )
    if role == "liaison":
        clerk = RegisterPages(console)
        clerk.visitor = visitor
        at = "/registers/confirmations"
        stated = {"happened_on": "1965-04-01", "reference": "a letter"}
        add("an event to look at", lambda: clerk.state("list_sent", lists=["important"]))
        add(
            "answers to look at",
            lambda: visitor.send(at, stated, at=at, files={"first": ("back.csv", ANSWERED)}),
        )
        add(
            "an import to look at",
            lambda: clerk.upload(("lists.csv", (content.register / "lists.csv").read_bytes())),
        )
    return tuple(steps)


def _form(visitor: Visitor, **fields: str) -> Any:
    return visitor.send("/desk/form", fields, at="/desk/form")


def _after_answers(visitor: Visitor, *answers: str) -> Any:
    """The interview after some answers; an empty one says that it is not known."""
    page = visitor.open("/desk/interview")
    for answer in answers:
        sent = {**hidden_of(page), "answer": answer, "do": "answer" if answer else "unknown"}
        page = visitor.client.post("/desk/interview", data=sent)
        assert page.status_code < 500, page.text
    return page


def fill_office(clients: Clients) -> None:
    """Bring a change into force, leave one open with its evidence and an approval, and another one in a draft."""
    office = clients.office
    scenarios = {file.name: file.read_text() for file in (STARTER / "features").glob("*.feature")}

    def changed(limit: int) -> str:
        return edited(office.texts(), "iceland.yaml", "value: 3", f"value: {limit}")["iceland.yaml"]

    first = clients.propose(files={**office.texts(), "iceland.yaml": changed(4)})
    clients.await_evidence(first)
    clients.adopt(first, "head-1")
    second = clients.propose(files={**office.texts(), "iceland.yaml": changed(5)}, features=scenarios)
    clients.await_evidence(second)
    clients.approve(second, "officer-3")
    store_draft(office, "officer-1", "Six", clients.ready()["revision"], {"iceland.yaml": changed(6)})
