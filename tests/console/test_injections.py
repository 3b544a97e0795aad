"""Whatever somebody types into any field of any form is shown as text, if it is shown at all."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.consoles import ServedConsole, Visitor, served_console
from tests.support.html_forms import PageForm, internal, read_page
from tests.support.injections import INJECTIONS

ROLES = ("department", "committee", "liaison", "policy_officer", "auditor")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|\d+")
MOST_ALIKE = 2
NOT_SENT = ("/sign-out", "/language")
"""Forms that end the visit or turn the page to another language; what they take is a choice."""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


def pages_of(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, of those that differ in an id alone a few."""
    seen, alike, waiting = {"/"}, dict[str, int](), deque(["/"])
    while waiting:
        path = waiting.popleft()
        answer = visitor.open(path)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        yield path, answer.text
        for link in internal(read_page(answer.text)[1]):
            shape = re.sub(r"=[^&]*", "=", _ID.sub("#", link))
            if link not in seen and alike.get(shape, 0) < MOST_ALIKE:
                seen.add(link)
                alike[shape] = alike.get(shape, 0) + 1
                waiting.append(link)


def forms_of(visitor: Visitor) -> dict[object, tuple[str, PageForm]]:
    """The forms of all pages, one of each kind, with the page it stands on."""
    found: dict[object, tuple[str, PageForm]] = {}
    for path, text in pages_of(visitor):
        for form in read_page(text)[0]:
            if form.typed and form.action not in NOT_SENT:
                found.setdefault(form.shape, (path, form))
    return found


def answers_to(visitor: Visitor, path: str, form: PageForm) -> Iterator[tuple[str, str]]:
    """What the form is answered with, for each text in every field, and the page to which that leads."""
    for text in INJECTIONS:
        fields = form.filled(text)
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        action = form.action or path
        if form.method == "get":
            answer = visitor.client.get(action, params=data)
        else:
            named = dict.fromkeys(form.files, (text, b"x"))
            answer = visitor.client.post(action, data=data, files=named or None)
        if answer.is_redirect:
            answer = visitor.open(answer.headers["location"])
        assert answer.status_code < 500, f"{action}: {text}: {answer.text}"
        yield text, answer.text


@pytest.mark.parametrize("role", ROLES)
def test_what_is_typed_is_shown_as_text(browser: Browser, console: ServedConsole, role: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    visitor = console.visitor(role)
    try:
        for path, form in forms_of(visitor).values():
            for text, answered in answers_to(visitor, path, form):
                # Without the headers of the page: what the policy of its content would stop does happen here.
                page.set_content(answered)
                injected = page.evaluate("Boolean(window.injected || document.querySelector('[injected]'))")
                assert not injected, f"{form.action} on {path} as {role}: {text}"
    finally:
        context.close()
