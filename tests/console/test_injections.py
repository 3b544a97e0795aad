"""Whatever somebody types into any field of any form is shown as text, if it is shown at all.

A service with something of everything is walked through by each role: every page that links lead to, and every page
behind a form that has to be sent first. Each text is sent in all fields of a form that are typed into, and in one of
the others (chosen, or filled in by the page) by turns. Forms of drafts, for which a whole policy set is checked each
time, get the texts a dozen in a line. A form is sent by the first role that has it, and the answers are opened in a
browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.console.frame.templates import FOLDER
from tests.support.approving import make_office
from tests.support.console_content import Content, fill_console, fill_office, steps_of
from tests.support.consoles import ServedConsole, office_console, served_console
from tests.support.injecting import LINE, Sent, Walk, look_at
from tests.support.injections import MARKUP

ROLES = ("liaison", "committee", "policy_officer", "department", "auditor")
ASKING, ALL = "liaison committee department", "liaison committee policy_officer department auditor"
FORMS: Mapping[str, str] = {
    "get /audit/consistency": "committee auditor",
    "get /audit/decisions": "committee auditor",
    "get /audit/reconciliation": "committee auditor",
    "get /cases": f"{ASKING} auditor",
    "get /cases/#": f"{ASKING} auditor",
    "get /desk/answers": f"{ASKING} auditor",
    "get /desk/interview": ALL,
    "get /handovers": f"{ASKING} auditor",
    "get /policies": ALL,
    "get /policies/countries/#": ALL,
    "get /policies/drafts/#/parameters": "policy_officer",
    "get /policies/drafts/#/sentences": "policy_officer",
    "get /policies/drafts/#/translations": "policy_officer",
    "get /policies/law/#": ALL,
    "get /registers/due": "liaison committee auditor",
    "get /registers/items": "liaison committee auditor",
    "post /cases": "committee department",
    "post /cases/#/clearance": ASKING,
    "post /cases/#/facts": ASKING,
    "post /desk/answers": f"{ASKING} auditor",
    "post /desk/form do": ALL,
    "post /desk/interview change do": f"{ASKING} auditor",
    "post /desk/interview do": ASKING,
    "post /desk/items": ALL,
    "post /handovers/#/transfer": "liaison committee",
    "post /handovers/#/withdrawal": "committee",
    "post /handovers/new look more": ASKING,
    "post /handovers/new look more record": "liaison committee",
    "post /policies/drafts": "committee policy_officer",
    "post /policies/drafts/#/countries": "policy_officer",
    "post /policies/drafts/#/delete": "policy_officer",
    "post /policies/drafts/#/deviation save": "policy_officer",
    "post /policies/drafts/#/file delete": "policy_officer",
    "post /policies/drafts/#/parameter save": "policy_officer",
    "post /policies/drafts/#/sentence": "policy_officer",
    "post /policies/drafts/#/text": "committee",
    "post /policies/drafts/#/text check save": "policy_officer",
    "post /policies/drafts/#/translation delete save": "policy_officer",
    "post /policies/drafts/#/translation save": "policy_officer",
    "post /registers/confirmations": "liaison committee",
    "post /registers/confirmations record": "liaison",
    "post /registers/events/new": "liaison committee",
    "post /registers/import": "liaison committee",
    "post /registers/papers/draft": "liaison committee",
}
"""The forms by method, address and buttons, with the roles that have them; the first one sends it."""
OFFICERS: Mapping[str, frozenset[str]] = {
    "officer-1": frozenset(
        {
            "post /policies/drafts/#/file restore",
            "post /policies/drafts/#/propose",
            "post /policies/drafts/#/try",
            "post /proposals/#/scenarios",
            "post /proposals/new",
            "post /proposals/new/preview",
        }
    ),
    "officer-2": frozenset({"post /proposals/#/approve"}),
    "head-1": frozenset(
        {"post /approvers/#/revoke", "post /policies/revisions/#/return", "post /proposals/#/reject"}
    ),
}
"""The forms that there are with approvals alone, by the officer who sends them."""
UNSENT = {
    "/sign-in": "in test_sign_in_hostile",
    "/sign-out": "it ends the visit",
    "/language": "it turns the page to another language",
    "/desk/answers/#/case": "nothing is typed or chosen",
    "/desk/answers/#/changes": "nothing is typed or chosen",
    "/proposals/#/evidence": "nothing is typed or chosen",
    "/policies/drafts/#/base": "a choice of two; in test_workbench_pages",
}
ECHOING = frozenset(
    {
        "get /audit/decisions",
        "get /registers/items",
        "post /cases/#/facts",
        "post /desk/form do",
        "post /handovers/new look more",
        "post /policies/drafts/#/propose",
        "post /proposals/new",
        "post /registers/confirmations",
        "post /registers/events/new",
    }
)
"""Forms that are shown again, with what was typed, where it cannot be taken."""
COSTLY = ("get /policies/drafts/#", "post /policies/drafts/#", "post /proposals/")
_FORM = re.compile(
    r'<form\b[^>]*?(?: method="(\w+)")?[^>]*? action="([^"]*)"|<button\b[^>]* formaction="([^"]*)"'
)


@dataclass(frozen=True)
class Filled:
    """A service, and what is in it."""

    console: ServedConsole
    content: Content


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    """A service for each role: what one has sent would hide from the next what it is to find."""
    with served_console(tmp_path) as running:
        yield Filled(running, fill_console(running, tmp_path))


@pytest.mark.parametrize("role", ROLES)
def test_what_is_typed_is_shown_as_text(browser: Browser, filled: Filled, role: str) -> None:
    visitor = filled.console.visitor(role)
    walk = Walk(visitor, steps_of(filled.console, filled.content, role, visitor), COSTLY)
    forms = walk.forms()
    assert {form.label for _, form in forms} == {one for one, roles in FORMS.items() if role in roles.split()}
    sent = {one for one, roles in FORMS.items() if roles.split()[0] == role}
    check(browser, walk.answers(forms, sent), sent)


def test_what_officers_type_is_shown_as_text(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    office = make_office(tmp_path_factory.mktemp("office"))
    with office_console(office) as (clients, console):
        fill_office(clients)
        for officer, sent in OFFICERS.items():
            walk = Walk(console.visitor(officer), (), COSTLY)
            forms = walk.forms()
            labels = {form.label for _, form in forms}
            assert sent <= labels
            assert labels <= FORMS.keys() | frozenset().union(*OFFICERS.values())
            check(browser, walk.answers(forms, sent), sent)


def check(browser: Browser, answers: Iterator[Sent], labels: Set[str]) -> None:
    """Check in a browser that nothing is injected into an answer, and that forms shown again have the text."""
    seen, unseen = set[str](), list[tuple[str, str]]()
    for one, injected, is_shown in look_at(browser, answers):
        assert not injected, f"{one.form}: {one.text}"
        if one.is_typed and one.form in ECHOING and one.text != LINE:
            seen.add(one.form)
            if not is_shown:
                unseen.append((one.form, one.text))
    assert unseen == []
    assert seen == labels & ECHOING


def test_every_form_of_a_template_is_in_the_list() -> None:
    actions = {label.split()[1] for label in (*FORMS, *frozenset().union(*OFFICERS.values()))} | UNSENT.keys()
    missing = list[str]()
    for file in sorted(FOLDER.rglob("*.html")):
        name = file.relative_to(FOLDER).as_posix()
        for _, action, other in _FORM.findall(file.read_text()):
            literal = re.split(r"\{\{.*?\}\}", action or other)
            pattern = re.compile(".+".join(map(re.escape, literal)))
            if not any(map(pattern.fullmatch, actions)):
                missing.append(f"{name}: {action or other}")
    assert missing == []


def test_a_text_that_is_taken_for_more_is_found(browser: Browser) -> None:
    pages = [
        Sent("a page that does not escape", text, f"<!doctype html><main>{text}</main>") for text in MARKUP
    ]
    found = [one.text for one, injected, _ in look_at(browser, iter(pages)) if injected]
    assert len(found) > len(MARKUP) * 3 // 4
