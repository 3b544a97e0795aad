"""The first path of a policy officer in a browser: the next session is raised by a form, seen, proposed, and holds.

Others approve it, each in a browser of the officer's own; then requests are answered by the new value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.approving import ROOT, Clients, make_shipped_office
from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, office_console

MOST_STEPS = 400
COMPUTED = 240_000
WISH = "The eighth session has met: the ninth is the next"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Clients, ServedConsole]]:
    with office_console(make_shipped_office(tmp_path)) as served:
        yield served


def agreed_for(session: int) -> dict[str, Any]:
    """A request about a project that both sides agreed to put into the resolution of a session."""
    request: dict[str, Any] = json.loads((ROOT / "examples" / "deliver.json").read_text())
    request["as_of"] = "1965-12-01"
    request["handover"]["planned_on"] = "1965-12-08"
    request["urgency"]["deadline"] = "1965-12-20"
    request["items"][0]["channel"]["inclusion_session"] = session
    return request


def outcomes(clients: Clients) -> list[str]:
    """The answers about a project of the eighth session, and about one of the ninth."""
    answers = [clients.call("head-1", "POST", "/v1/pre-check", agreed_for(number)) for number in (8, 9)]
    assert [one.status_code for one in answers] == [200, 200], answers[0].text
    return [one.json()["outcome"] for one in answers]


class Visiting:
    """Somebody at the keyboard, without a mouse; pictures are taken where scripts run, as axe needs them."""

    def __init__(self, tab: Tab, *, scripts: bool) -> None:
        self.tab, self.page, self.scripts = tab, tab.page, scripts

    def look(self, picture: str = "") -> None:
        self.tab.check_fits()
        if self.scripts:
            self.tab.check_accessible()
            if picture:
                self.tab.picture(f"first-change-{picture}")

    def reach(self, wanted: Locator) -> None:
        for _ in range(MOST_STEPS):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {wanted} on {self.page.url}")

    def press(self, wanted: Locator) -> None:
        self.reach(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True).first)

    def send(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def write(self, label: str, text: str) -> None:
        self.reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text)).to_be_visible()

    def sign_in(self, key: str) -> None:
        self.tab.open("/sign-in")
        self.write("API key", key)
        self.send("Sign in")

    def draft(self) -> None:
        """Make a draft, and raise the session in it by the form."""
        self.follow("Policies")
        self.follow("Drafts of changes")
        self.look("begin")
        self.write("What is the change for?", "The ninth session")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.follow("Parameters, with source and days")
        self.write("File", "korea")
        self.send("Show")
        self.follow("Add a value of next_session")
        self.write("Value", "9")
        self.write("Source", "the record of the eighth session")
        self.page.keyboard.press("Tab")
        self.page.keyboard.type("11111965")
        self.look("value")
        self.send("Put it into the draft")
        changes = self.page.get_by_role("region", name="Changes of korea.yaml")
        expect(changes).to_contain_text("+     - {value: 9, from: 1965-11-11, status: sourced")
        expect(changes).to_contain_text("+       until: 1965-11-10")
        self.sees("no faults")
        self.look("draft")

    def propose(self) -> str:
        """See what the draft changes, and propose it. Returns the address of the proposal."""
        self.press(self.page.locator('main a[href$="/propose"]').first)
        self.send("Compute what changes, before it is proposed")
        heading = self.page.get_by_role("heading", name="Looser: what was forbidden no longer is")
        heading.wait_for(timeout=COMPUTED)
        expect(self.page.locator("main")).to_contain_text("item.channel.inclusion_session is 9")
        heading.scroll_into_view_if_needed()
        self.look("compared")
        self.write("What is wished", WISH)
        self.send("Propose it")
        self.page.locator("#progress").wait_for(state="detached", timeout=COMPUTED)
        self.sees("You proposed this, so others approve it.")
        self.look()
        return self.page.url.partition("?")[0]

    def approve(self, *, pictured: bool) -> None:
        self.follow("Proposals")
        self.follow(WISH)
        self.look("evidence" if pictured else "")
        self.follow("Approve")
        self.sees("After it, the proposal is:")
        self.look("approve" if pictured else "")
        self.send("Approve")
        self.sees("Your approval is recorded.")


@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, False)])
def test_the_session_is_raised_and_holds(
    browser: Browser, served: tuple[Clients, ServedConsole], width: int, scripts: bool
) -> None:
    clients, console = served
    assert outcomes(clients) == ["deliver", "hold"]
    with ExitStack() as tabs:

        def arrive(officer: str) -> Visiting:
            tab = tabs.enter_context(open_tab(browser, console.url, width=width, scripts=scripts))
            visiting = Visiting(tab, scripts=scripts)
            visiting.sign_in(console.keys[officer])
            return visiting

        author = arrive("officer-1")
        author.draft()
        proposal = author.propose()
        for officer in ("officer-2", "officer-3", "head-1"):
            visiting = arrive(officer)
            visiting.approve(pictured=officer == "officer-2")
            assert visiting.page.url.partition("?")[0] == proposal
        assert outcomes(clients) == ["deliver", "hold"]
        visiting.follow("Bring into force")
        visiting.look()
        visiting.send("Bring into force")
        visiting.sees("It is in force.")
        visiting.look("in-force")
    assert outcomes(clients) == ["hold", "deliver"]
