"""Whatever somebody types into any field of any form is shown as text, if it is shown at all.

A service with something of everything is walked through by each role: every page that links lead to, and every page
behind a form that has to be sent first. Each text is sent in all fields of a form that are typed into, and in one of
the others (chosen, or filled in by the page) by turns. Forms of drafts, for which a whole policy set is checked each
time, get the texts a dozen in a line. A form is sent by the first role that has it; every answer is opened in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from api.console.frame.templates import FOLDER
from tests.support.console_content import Content, fill_console, steps_of
from tests.support.consoles import ServedConsole, served_console
from tests.support.injecting import Sent, Walk, look_at
from tests.support.injections import MARKUP

ROLES = ("liaison", "committee", "policy_officer", "department", "auditor")
ASKING, ALL = "liaison committee department", "liaison committee policy_officer department auditor"
FORMS: Mapping[str, str] = {}
"""The forms by method, address and buttons, with the roles that have them; the first one sends it."""
ELSEWHERE = ()
"""Templates whose forms other tests send."""
ECHOING: frozenset[str] = frozenset()
"""Forms whose answer shows what was typed."""
COSTLY = ("get /policies/drafts/#", "post /policies/drafts/#")
_FORM = re.compile(r'<form\b[^>]*?(?: method="(\w+)")?[^>]*? action="([^"]*)"|<button\b[^>]* formaction="([^"]*)"')


@dataclass(frozen=True)
class Filled:
    """A service, and what is in it."""

    console: ServedConsole
    content: Content


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    place = tmp_path_factory.mktemp("console")
    with served_console(place) as running:
        yield Filled(running, fill_console(running, place))


def owned(role: str) -> set[str]:
    return {label for label, roles in FORMS.items() if role in roles.split()}


def sent_by(role: str) -> set[str]:
    return {label for label, roles in FORMS.items() if roles.split()[0] == role}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_typed_is_shown_as_text(browser: Browser, filled: Filled, role: str) -> None:
    visitor = filled.console.visitor(role)
    walk = Walk(visitor, steps_of(filled.console, filled.content, role, visitor), COSTLY)
    forms = walk.forms()
    assert {form.label for _, form in forms} == owned(role)
    shown = dict.fromkeys(sent_by(role) & ECHOING, 0)
    for one, injected, literal in look_at(browser, walk.answers(forms, sent_by(role))):
        assert not injected, f"{one.form} as {role}: {one.text}"
        if one.is_typed and one.form in ECHOING:
            assert literal, f"{one.form} as {role} does not show: {one.text}"
            shown[one.form] += 1
    assert all(shown.values()), shown


def test_every_form_of_a_template_is_in_the_list() -> None:
    actions = {label.split()[1] for label in FORMS}
    missing = list[str]()
    for file in sorted(FOLDER.rglob("*.html")):
        name = file.relative_to(FOLDER).as_posix()
        for _, action, other in _FORM.findall(file.read_text()):
            literal = re.split(r"\{\{.*?\}\}", action or other)
            pattern = re.compile(".+".join(map(re.escape, literal)))
            if name not in ELSEWHERE and not any(map(pattern.fullmatch, actions)):
                missing.append(f"{name}: {action or other}")
    assert missing == []


def test_a_text_that_is_taken_for_more_is_found(browser: Browser) -> None:
    pages = [Sent("a page that does not escape", text, f"<!doctype html><main>{text}</main>") for text in MARKUP]
    found = [one.text for one, injected, _ in look_at(browser, iter(pages)) if injected]
    assert len(found) > len(MARKUP) * 3 // 4
