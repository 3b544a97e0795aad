"""A sign-in that ends in the middle of a form: nothing that was typed is lost, and nothing is done by itself.

Covers: api.console.frame.held_forms
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, Visitor, served_console
from tests.support.register_pages import hidden_of, text_of

FORM = "/registers/events/new?kind=session_opened"
TYPED = "letter no. 4 of the <other> side"
SENT = {
    "kind": "session_opened",
    "happened_on": "1965-03-01",
    "reference": TYPED,
    "session": "8",
    "remarks": "",
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


def sign_in_beside(tab: Tab, key: str) -> None:
    """Sign in by the link of the page, which opens another tab."""
    with tab.context.expect_page() as opened:
        tab.page.get_by_role("link", name="Sign in, in another tab").click()
    other = opened.value
    other.get_by_label("API key").fill(key)
    other.keyboard.press("Enter")
    other.wait_for_url(lambda url: "/sign-in" not in url)
    other.close()


@pytest.mark.parametrize("everywhere", [True, False], ids=["by the service", "by signing out in another tab"])
@pytest.mark.parametrize(("scripts", "width"), [(True, WIDE), (False, NARROW)], ids=["scripts", "none"])
def test_what_was_typed_comes_back_after_the_sign_in(
    browser: Browser, console: ServedConsole, scripts: bool, width: int, everywhere: bool
) -> None:
    with open_tab(browser, console.url, scripts=scripts, width=width) as tab:
        page = tab.sign_in(console.keys["liaison"])
        tab.open(FORM)
        page.get_by_label("Day", exact=True).fill("1965-03-01")
        page.get_by_label("Paper that shows it").fill(TYPED)
        page.get_by_label("Session", exact=True).fill("8")
        if everywhere:
            console.visitor("liaison").send("/sign-out", {"everywhere": "yes"}, at="/account")
        else:
            other = tab.context.new_page()
            other.goto(f"{console.url}/account")
            other.get_by_role("button", name="Sign out", exact=True).click()
            other.wait_for_url(lambda url: "/sign-in" in url)  # closed before, it may never be closed
            other.close()
        page.get_by_role("button", name="Look at what would be recorded").click()
        page.get_by_role("heading", name="Your sign-in has ended").wait_for()
        tab.check_fits()
        if scripts:
            tab.check_accessible()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("heading", name="Your sign-in has ended").wait_for()
        sign_in_beside(tab, console.keys["liaison"])
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("heading", name="Send the form again").wait_for()
        if scripts:
            tab.check_accessible()
        page.get_by_role("button", name="Send the form").click()
        page.get_by_role("button", name="Record exactly this").wait_for()
        assert TYPED in page.locator("main").inner_text()


def test_a_form_that_is_sent_again_is_recorded_once(console: ServedConsole) -> None:
    visitor = console.visitor("liaison")
    shown = visitor.client.post("/registers/events/new", data={**hidden_of(visitor.open(FORM)), **SENT})
    record = {**hidden_of(shown), "record": "yes"}
    assert visitor.client.post("/registers/events/new", data=record).status_code == 303
    console.visitor("liaison").send("/sign-out", {"everywhere": "yes"}, at="/account")
    held = visitor.client.post("/registers/events/new", data=record)
    assert held.status_code == 401
    sign_in(visitor, console)
    again = visitor.client.post("/registers/events/new", data=hidden_of(held))
    assert (again.status_code, "Send the form again" in again.text) == (409, True)
    assert visitor.client.post("/registers/events/new", data=hidden_of(again)).status_code == 303
    assert visitor.open("/registers/events").text.count("Session opened</th>") <= 1


def sign_in(visitor: Visitor, console: ServedConsole) -> None:
    sent = visitor.send("/sign-in", {"api_key": console.keys["liaison"], "next": "/"}, at="/sign-in")
    assert sent.status_code == 303


def test_files_have_to_be_chosen_again(console: ServedConsole) -> None:
    visitor = console.visitor("liaison")
    hidden = hidden_of(visitor.open("/registers/import"))
    console.visitor("liaison").send("/sign-out", {"everywhere": "yes"}, at="/account")
    held = visitor.client.post("/registers/import", data=hidden, files={"first": ("lists.csv", b"list_id")})
    assert held.status_code == 401
    assert "choose again: lists.csv" in text_of(held)


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, {"form_token": "0" * 64}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Origin": "https://elsewhere.example"}, {}),
    ],
    ids=["another token", "another site", "another origin"],
)
def test_nothing_of_another_site_is_held(
    console: ServedConsole, headers: dict[str, str], token: dict[str, str]
) -> None:
    visitor = console.visitor("liaison")
    sent = {**hidden_of(visitor.open(FORM)), **SENT, **token}
    signed_in = visitor.client.post("/registers/events/new", data=sent, headers=headers)
    assert (signed_in.status_code, TYPED[:12] in signed_in.text) == (403, False)
    console.visitor("liaison").send("/sign-out", {"everywhere": "yes"}, at="/account")
    answer = visitor.client.post("/registers/events/new", data=sent, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


def test_a_form_that_is_too_long_for_a_page_is_not_held(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.frame.held_forms.MAX_HELD", 20)
    visitor = console.visitor("liaison")
    sent = {**hidden_of(visitor.open(FORM)), **SENT}
    console.visitor("liaison").send("/sign-out", {"everywhere": "yes"}, at="/account")
    assert visitor.client.post("/registers/events/new", data=sent).status_code == 303
