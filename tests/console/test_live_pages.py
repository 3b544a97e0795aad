"""News on a page, in a real browser: it says what is new by itself, in one stream for all tabs, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from api.services.live.pages import PAGE_ITEMS
from tests.console.test_live_events import ask, open_case, record
from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, served_console
from tests.support.desks import fact

NEWS = "/cases/news"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("news")) as running:
        yield running


def opened(tab: Tab, console: ServedConsole, role: str = "committee") -> Page:
    """The page of news, with its stream open."""
    tab.sign_in(console.keys[role])
    with tab.page.expect_response(lambda answer: "/cases/events" in answer.url):
        tab.open(NEWS)
    return tab.page


def wait_for_words(page: Page, words: str) -> None:
    page.locator(".live [role=status]").get_by_text(words).wait_for()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_page_says_how_many_urgent_requests_are_new(
    browser: Browser, console: ServedConsole, width: int
) -> None:
    with open_tab(browser, console.url, width=width) as tab:
        page = opened(tab, console)
        assert page.locator(".live [role=status]").inner_text() == ""
        first = ask(console)["decision_id"]
        wait_for_words(page, "1 new urgent request")
        ask(console)
        wait_for_words(page, "2 new urgent requests")
        assert page.title().startswith("(2) News")
        tab.check_fits()
        tab.check_accessible()
        tab.picture(f"console-live-{'wide' if width == WIDE else 'narrow'}")
        page.keyboard.press("Tab")
        link = page.get_by_role("link", name="Show it")
        link.focus()
        page.keyboard.press("Enter")
        page.get_by_text(first).wait_for()
        assert page.title().startswith("News")
        assert page.locator(".live [role=status]").inner_text() == ""


def test_what_changes_without_being_urgent_is_distinguished(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        page = opened(tab, console, "auditor")
        open_case(console)
        wait_for_words(page, "Something has changed.")
        assert page.title().startswith("News")


def test_the_words_are_in_the_language_of_the_page(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url, language="zh-CN") as tab:
        tab.open("/sign-in")
        tab.page.get_by_label("API").fill(console.keys["liaison"])
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url(lambda url: "/sign-in" not in url)
        with tab.page.expect_response(lambda answer: "/cases/events" in answer.url):
            page = tab.open(NEWS)
        ask(console)
        wait_for_words(page, "新到 1 件紧急申请")


def test_all_tabs_of_a_browser_share_one_stream(browser: Browser, console: ServedConsole) -> None:
    opened_by_others = list[str]()

    def note(request: Request) -> None:
        if "/cases/events" in request.url:
            opened_by_others.append(request.url)

    with open_tab(browser, console.url) as tab:
        first = opened(tab, console)
        tab.context.on("request", note)
        second = tab.context.new_page()
        second.goto(console.url + NEWS)
        ask(console)
        for page in (first, second):
            wait_for_words(page, "1 new urgent request")
        assert opened_by_others == []
        with tab.context.expect_event("request", lambda request: "/cases/events" in request.url):
            first.close()
        ask(console)
        wait_for_words(second, "2 new urgent requests")


def test_without_locks_a_tab_reads_for_itself_while_it_is_seen(
    browser: Browser, console: ServedConsole
) -> None:
    with open_tab(browser, console.url) as tab:
        tab.context.add_init_script(
            "Object.defineProperty(navigator, 'locks', {value: undefined});"
            "let hidden = false;"
            "Object.defineProperty(document, 'hidden', {get: () => hidden});"
            "addEventListener('turn', () => {"
            " hidden = !hidden; document.dispatchEvent(new Event('visibilitychange')) })"
        )
        page = opened(tab, console)
        ask(console)
        wait_for_words(page, "1 new urgent request")
        with page.expect_event("requestfailed", lambda request: "/cases/events" in request.url):
            page.evaluate("dispatchEvent(new Event('turn'))")
        ask(console)
        page.evaluate("dispatchEvent(new Event('turn'))")
        wait_for_words(page, "2 new urgent requests")


def test_a_page_about_one_case_shows_what_happens_to_it_alone(
    browser: Browser, console: ServedConsole
) -> None:
    case_id, other = open_case(console), open_case(console)

    def about_case(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-case=""', f'data-case="{case_id}"'))

    reported = fact("item.channel.reported_to_committee", True)
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["liaison"])
        tab.context.route(f"**{NEWS}", about_case)
        with tab.page.expect_response(lambda answer: "/cases/events" in answer.url):
            page = tab.open(NEWS)
        ask(console)
        record(console, other, call_version(console, other), reported)
        record(console, case_id, call_version(console, case_id), reported)
        wait_for_words(page, "Something has changed.")
        assert page.title().startswith("News")


@pytest.mark.parametrize("status", [204, 429, 503])
def test_a_stream_that_is_refused_is_opened_again(
    browser: Browser, console: ServedConsole, status: int
) -> None:
    refused = list[str]()

    def refuse_once(route: Route) -> None:
        if refused or route.request.method == "HEAD":
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=status)

    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["committee"])
        tab.context.route("**/cases/events*", refuse_once)
        with tab.page.expect_response(lambda answer: "/cases/events" in answer.url and answer.status == 200):
            page = tab.open(NEWS)
        ask(console)
        wait_for_words(page, "1 new urgent request")
        assert len(refused) == 1


def test_nothing_is_missed_between_the_page_and_its_stream(browser: Browser, console: ServedConsole) -> None:
    decided = list[str]()

    def decide_first(route: Route) -> None:
        if not decided:
            decided.append(ask(console)["decision_id"])
        route.continue_()

    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["committee"])
        tab.context.route("**/cases/events*", decide_first)
        wait_for_words(tab.open(NEWS), "1 new urgent request")


def test_a_page_says_that_its_visitor_is_signed_out(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        page = opened(tab, console)
        other = tab.context.new_page()
        other.goto(console.url + "/account")
        other.get_by_role("button", name="Sign out", exact=True).click()
        other.wait_for_url("**/sign-in")
        wait_for_words(page, "News comes no longer")
        page.get_by_role("link", name="Sign in again").click()
        page.get_by_label("API key").fill(console.keys["liaison"])
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{NEWS}")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_shows_the_news_a_page_at_a_time(
    browser: Browser, console: ServedConsole, scripts: bool
) -> None:
    case_id = open_case(console)
    version = call_version(console, case_id)
    record(console, case_id, version, fact("item.channel.reported_to_committee", True))
    with open_tab(browser, console.url, width=NARROW, scripts=scripts) as tab:
        tab.sign_in(console.keys["liaison"])
        page = tab.open(NEWS)
        rows = page.locator("tbody tr")
        assert f"version {version + 1}" in rows.nth(0).inner_text()
        assert rows.nth(0).get_by_role("link").get_attribute("href") == f"/cases/{case_id}"
        for _ in range(PAGE_ITEMS - rows.count()):
            ask(console)
        ask(console)
        tab.open(NEWS)
        assert rows.count() == PAGE_ITEMS
        tab.check_fits()
        page.get_by_role("link", name="Older news").click()
        page.wait_for_url("**before=*")
        assert page.locator(".live").count() == 0


def call_version(console: ServedConsole, case_id: str) -> int:
    sent = {"Authorization": f"Bearer {console.keys['committee']}"}
    return int(console.api.get(f"/v1/cases/{case_id}", headers=sent).json()["version"])
