"""From an urgent request to the delivered handover, in a real browser: by the keyboard alone, and without scripts.

Covers: api.console.cases.queue, api.console.cases.fact_forms, api.console.cases.handover_forms,
api.console.cases.clearances
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.console_cases import call, opened, today, urgent_request
from tests.support.consoles import ServedConsole, served_console

MOST_STEPS = 200
PICTURES = {"queue", "case", "facts", "handover-dry-run"}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("journey")) as running:
        yield running


def reach(page: Page, target: Locator) -> None:
    """Go to a control with the Tab key alone."""
    for _ in range(MOST_STEPS):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach a link or a button, press it, and wait for the page behind it."""
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press(key)


def choose(page: Page, label: str, choice: str) -> None:
    """Choose what begins with some letters, by typing them."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.type(choice)


def write(page: Page, label: str, text: str) -> None:
    """Type a text into a field, in the place of what it holds."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def look(tab: Tab, name: str, *, scripts: bool, width: int) -> None:
    """Check the page, and take its picture for the documentation."""
    tab.check_fits()
    if scripts:
        tab.check_accessible()
    if scripts and width == WIDE and name in PICTURES:
        tab.picture(f"cases-{name}")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_urgent_request_is_brought_to_its_handover(
    browser: Browser, console: ServedConsole, width: int, scripts: bool
) -> None:
    request = urgent_request(today(console))
    call(console, "department", "POST", "/v1/pre-check", request)
    with open_tab(browser, console.url, width=width, scripts=scripts) as tab:
        page = tab.sign_in(console.keys["committee"])
        tab.open("/cases")
        look(tab, "queue", scripts=scripts, width=width)
        press(page, page.get_by_role("button", name=f"Open the case of the request {request['request_id']}"))
        assert page.get_by_role("heading", level=1).inner_text() == "Case: drawings of a rolling mill, 1 set"
        case = page.url
        look(tab, "case", scripts=scripts, width=width)

        press(page, page.get_by_role("link", name="Record facts"))
        write(page, "Evidence", "note no. 12")
        choose(page, "On which of the old lists does the item stand?", "on none")
        choose(page, "Has the request been reported to the Committee?", "yes")
        choose(page, "How does the consultation of the other side's institution stand?", "the other side agr")
        choose(page, "Does the Committee itself agree?", "yes")
        choose(page, "Has it been agreed as a cooperation project?", "yes")
        write(page, "What is the number of the project?", "8-14")
        choose(page, "How does the inclusion in a session's resolution stand?", "agreed")
        write(page, "For which session of the joint committee is the inclusion agreed?", "8")
        reach(page, page.locator("summary", has_text="Facts that belong to nobody else"))
        page.keyboard.press("Enter")
        choose(page, "Who would hand the item over?", "the Committee")
        choose(page, "Who would receive the item?", "their registered")
        look(tab, "facts", scripts=scripts, width=width)
        press(page, page.get_by_role("button", name="Record", exact=True))
        assert page.url == case
        assert page.get_by_text("may be handed over", exact=True).is_visible()

        press(page, page.get_by_role("button", name="Issue the clearance"))
        assert page.get_by_text("can be used once").is_visible()
        look(tab, "clearance", scripts=scripts, width=width)
        press(page, page.get_by_role("link", name="Record the handover under it"))
        write(page, "Who took it", "the secretary of the office")
        choose(page, "By what means", "by hand")
        write(page, "Evidence", "receipt no. 4")
        press(page, page.get_by_role("button", name="Look what would be found"))
        found = page.get_by_role("status")
        assert "in order" in found.inner_text()
        look(tab, "handover-dry-run", scripts=scripts, width=width)
        press(page, page.get_by_role("button", name="Record the handover"))
        assert "in order" in page.locator("section", has_text="What was found").inner_text()
        look(tab, "handover", scripts=scripts, width=width)

        tab.open(case.removeprefix(console.url))
        assert page.get_by_role("heading", name="Done").is_visible()


def test_what_was_found_and_what_is_wrong_takes_the_focus(browser: Browser, console: ServedConsole) -> None:
    case_id = opened(console)
    with open_tab(browser, console.url, scripts=False) as tab:
        page = tab.sign_in(console.keys["committee"])
        tab.open(f"/cases/{case_id}/facts")
        page.get_by_label("Evidence", exact=True).fill("note no. 1")
        page.get_by_role("button", name="Record", exact=True).click()
        assert page.evaluate("document.activeElement.id") == "faults"


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_the_pages_are_good_to_read_in_the_dark_and_in_chinese(
    browser: Browser, console: ServedConsole, language: str
) -> None:
    case_id = opened(console, days=-3)
    call(console, "department", "POST", "/v1/pre-check", urgent_request(today(console)))
    with open_tab(browser, console.url, dark=True, language=language) as tab:
        page = tab.open("/sign-in")
        page.locator("#api_key").fill(console.keys["committee"])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        for path in (
            "/cases",
            f"/cases/{case_id}",
            f"/cases/{case_id}/facts",
            "/handovers",
            "/handovers/new",
        ):
            tab.open(path)
            tab.check_accessible()
            tab.check_fits()
