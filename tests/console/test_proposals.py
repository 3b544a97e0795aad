"""The policy officer's path in a browser: a parameter is raised, proposed, approved by others, and holds.

Covers: api.console.proposals.one, api.console.proposals.acting, api.console.proposals.proposing,
api.console.proposals.listing
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.approving import STARTER, Clients, Office, make_office
from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, office_console
from tests.support.drafted import store_draft

REQUEST = {
    "request_id": "r-1",
    "mission": {"countries": ["IS"]},
    "handover": {"by": "host", "to": "visitor"},
    "visitor": {"signed": True},
    "items": [
        {"line": 1, "description": "a sample", "kind": "sample", "quantity": 4, "approval": "approved"}
    ],
}
PROPOSAL = re.compile(r"/proposals/[0-9a-f]{64}$")
FEATURES = {file.name: file.read_text() for file in (STARTER / "features").glob("*.feature")}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
def served(office: Office) -> Iterator[tuple[Clients, ServedConsole]]:
    with office_console(office) as served:
        yield served


def outcome(clients: Clients) -> Any:
    response = clients.call("desk", "POST", "/v1/pre-check", REQUEST)
    assert response.status_code == 200, response.text
    return response.json()["outcome"]


def raised(office: Office, samples: int = 5) -> str:
    """The file in which a parameter stands, with another value."""
    text = office.texts()["iceland.yaml"]
    assert "value: 3" in text
    return text.replace("value: 3", f"value: {samples}")


def drafted(clients: Clients, owner: str = "officer-1") -> str:
    """A draft of an officer that raises the parameter."""
    revision = clients.ready()["revision"]
    changes = {"iceland.yaml": raised(clients.office)}
    return store_draft(clients.office, owner, "Five samples instead of three", revision, changes)


def await_evidence(page: Page) -> None:
    """Wait until the page shows the evidence, which it does by itself."""
    page.locator("#progress").wait_for(state="detached", timeout=120_000)
    page.get_by_text("What was computed").wait_for()


def press(page: Page, name: str) -> None:
    """Reach a link or button with the tabulator alone, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        reached = page.evaluate("document.activeElement.innerText")
        if reached == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no {name} is reached by the keyboard")


def approve(tab: Tab, proposal: str) -> None:
    """Approve a proposal in a browser, with the keyboard alone."""
    page = tab.open(proposal)
    press(page, "Approve")
    page.get_by_text("After it, the proposal is:").wait_for()
    press(page, "Approve")
    page.get_by_text("Your approval is recorded.").wait_for()


@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, False)])
def test_a_parameter_is_raised_by_several_officers(
    browser: Browser, served: tuple[Clients, ServedConsole], width: int, scripts: bool
) -> None:
    clients, console = served
    draft = drafted(clients)
    assert outcome(clients) == "hold"
    with ExitStack() as tabs:
        author, second, third, head = (
            tabs.enter_context(open_tab(browser, console.url, width=width, scripts=scripts)) for _ in range(4)
        )

        def look(tab: Tab, picture: str = "") -> None:
            tab.check_fits()
            if scripts:
                tab.check_accessible()
                if picture:
                    tab.picture(picture)

        author.sign_in(console.keys["officer-1"])
        page = author.open(f"/policies/drafts/{draft}/propose")
        assert "It passes the check" in page.content()
        press(page, "Compute what changes, before it is proposed")
        page.get_by_role("heading", name="Looser: what was forbidden no longer is").wait_for(timeout=120_000)
        look(author, "proposal-made")
        page.get_by_label("What is wished").fill("Five samples, as was agreed in November")
        press(page, "Propose it")
        page.wait_for_url(PROPOSAL)
        proposal = page.url.removeprefix(console.url)
        await_evidence(page)
        assert page.get_by_role("heading", name="Looser: what was forbidden no longer is").is_visible()
        assert page.get_by_role("link", name="Approve", exact=True).count() == 0
        assert "You proposed this, so others approve it." in page.content()
        look(author)

        for tab, officer in ((second, "officer-2"), (third, "officer-3"), (head, "head-1")):
            tab.sign_in(console.keys[officer])
            if tab is second:
                page = tab.open(proposal)
                look(tab, "proposal-evidence")
                tab.open(f"{proposal}/approve")
                look(tab, "proposal-approve")
            approve(tab, proposal)
        assert outcome(clients) == "hold"
        page = head.open("/proposals")
        assert "Any officer may bring it into force." in page.content()
        look(head, "proposal-list")
        page.get_by_role("link", name="Five samples, as was agreed in November").click()
        press(page, "Bring into force")
        page.get_by_role("heading", name="Bring into force").wait_for()
        look(head, "proposal-activate")
        press(page, "Bring into force")
        page.get_by_text("It is in force.").wait_for()
        assert outcome(clients) == "deliver"
        head.open("/policies/revisions")
        assert "proposed by officer-1, approved by officer-2, officer-3, head-1" in page.content()
        look(head, "proposal-revisions")


def test_evidence_is_shown_as_soon_as_it_is_there(
    browser: Browser, served: tuple[Clients, ServedConsole]
) -> None:
    clients, console = served
    files = {**clients.office.texts(), "iceland.yaml": raised(clients.office)}
    proposal = clients.propose(files=files, features=FEATURES)
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["officer-2"])
        page = tab.open(f"/proposals/{proposal}")
        page.locator("#progress").wait_for()
        assert page.get_by_role("link", name="Approve", exact=True).count() == 0
        await_evidence(page)
        tab.check_accessible()
        text = page.content()
        assert "Scenarios that do not pass" in text
        assert "Small changes that no scenario notices" in text
        page.get_by_text("A scenario that notices it").first.click()
        assert page.get_by_text("Scenario: The answer rests on the rule").first.is_visible()
        page.get_by_text("A worked request").first.click()
        assert page.get_by_text('"request_id": "worked-request"').first.is_visible()
        page.get_by_role("button", name="Compute the evidence anew").click()
        page.locator("#progress").wait_for()
        await_evidence(page)
        survivors = page.get_by_role("checkbox").count()
        page.get_by_role("checkbox").nth(0).check()
        press(page, "Accept the ticked scenarios")
        page.wait_for_url(lambda url: proposal not in url)
        await_evidence(page)
        tab.check_fits()
        assert page.get_by_role("checkbox").count() == survivors - 1
        assert clients.proposal(page.url.rpartition("/")[2])["author"] == "officer-2"


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scripts", [True, False])
def test_an_emergency_return_is_made_and_confirmed(
    browser: Browser, served: tuple[Clients, ServedConsole], width: int, scripts: bool
) -> None:
    clients, console = served
    founded = clients.ready()["revision"]
    changed = clients.propose(files={**clients.office.texts(), "iceland.yaml": raised(clients.office)})
    clients.await_evidence(changed)
    clients.adopt(changed, "head-1")
    assert outcome(clients) == "deliver"
    with open_tab(browser, console.url, width=width, scripts=scripts, dark=not scripts) as tab:
        tab.sign_in(console.keys["head-1"])
        page = tab.open("/policies/revisions")
        page.get_by_role("link", name="Return in an emergency").click()
        tab.check_fits()
        if scripts:
            tab.check_accessible()
            if width == WIDE:
                tab.picture("proposal-return")
        page.get_by_label("Reason").fill("too much is given")
        press(page, "Return to it now")
        page.wait_for_url("**/policies/revisions")
        assert "head-1: too much is given" in page.content()
        assert outcome(clients) == "hold"
        page = tab.open("/proposals")
        assert "Earlier policies were returned to in an emergency." in page.content()
        tab.check_fits()
        page.get_by_role("link", name="Propose what is in force").click()
        page.get_by_label("What is wished").fill("as it was")
        press(page, "Propose it")
        page.wait_for_url(PROPOSAL)
        confirmation = page.url.rpartition("/")[2]
    clients.await_evidence(confirmation)
    clients.approve(confirmation, "officer-2", "officer-3")
    clients.activate(confirmation)
    assert clients.ready()["revision"] == founded
    assert clients.get("auditor", "/v1/approvers")["in_force"]["approval"] == "approved"
