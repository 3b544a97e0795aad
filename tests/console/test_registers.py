"""The job of who keeps registers, from the import to the memorandum, with the keyboard alone, in a real browser.

Covers: api.console.registers.events, api.console.registers.event_forms, api.console.registers.confirmations,
api.console.registers.papers, api.console.registers.items
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, served_console
from tests.support.register_desks import write_register
from tests.support.register_pages import RegisterPages

MOST_STEPS = 150


@pytest.fixture
def console(tmp_path: Path) -> Iterator[ServedConsole]:
    with served_console(tmp_path) as running:
        yield running


def reach(page: Page, wanted: Locator) -> None:
    """Press the tab key until the element has the focus."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard on {page.url}")


class Clerk:
    """Somebody at the keyboard, without a mouse."""

    def __init__(self, tab: Tab, *, scripts: bool) -> None:
        self.tab, self.page, self.scripts = tab, tab.page, scripts

    def look(self, picture: str = "") -> None:
        """Check the page as it is, and take a picture of it."""
        self.tab.check_fits()
        if self.scripts:
            self.tab.check_accessible()
        if picture:
            self.tab.picture(picture)

    def follow(self, name: str, url: str) -> None:
        reach(self.page, self.page.get_by_role("link", name=name, exact=True).first)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(url)

    def press(self, name: str, sees: str) -> None:
        reach(self.page, self.page.get_by_role("button", name=name, exact=True))
        self.page.keyboard.press("Enter")
        self.page.get_by_text(sees).first.wait_for()

    def fill(self, label: str, text: str) -> None:
        reach(self.page, self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def fill_day(self, label: str, day: dt.date) -> None:
        """Type a day in the order of the field, which is that of the language in which the browser was started."""
        field = self.page.get_by_label(label, exact=True)
        reach(self.page, field)
        self.page.keyboard.type(f"{day:%m%d%Y}")
        assert field.input_value() == day.isoformat()

    def tick(self, list_id: str) -> None:
        reach(self.page, self.page.locator(f'input[value="{list_id}"]'))
        self.page.keyboard.press("Space")


@pytest.mark.parametrize(("scripts", "width"), [(True, WIDE), (False, NARROW)])
def test_the_job_is_done_from_the_import_to_the_memorandum(
    browser: Browser, console: ServedConsole, tmp_path: Path, scripts: bool, width: int
) -> None:
    register = write_register(tmp_path / "register")
    with open_tab(browser, console.url, scripts=scripts, width=width) as tab:
        page = tab.sign_in(console.keys["liaison"])
        clerk = Clerk(tab, scripts=scripts)
        picture = "registers-" if scripts else ""

        clerk.follow("Registers", "**/registers")
        clerk.follow("Import lists and items", "**/registers/import")
        clerk.look()
        page.get_by_label("CSV file or XLSX workbook").set_input_files(register / "lists.csv")
        page.get_by_label("A second file").set_input_files(register / "items.csv")
        clerk.press("Look at what would be recorded", "13 rows: new")
        clerk.look(picture and f"{picture}import")
        clerk.press("Record exactly this", "Recorded: 5 lists, 8 items.")
        clerk.look()

        clerk.follow("Items", "**/registers/items")
        clerk.fill("Text in number, description or remarks", "b-")
        page.keyboard.press("Enter")
        page.wait_for_url("**/registers/items?text=b-**")
        assert page.get_by_role("row").count() == 4
        clerk.look(picture and f"{picture}items")

        clerk.follow("Record an event", "**/registers/events/new")
        clerk.look()
        clerk.follow("Sent for confirmation", "**/registers/events/new?kind=list_sent")
        clerk.fill_day("Day", dt.date(1965, 3, 1))
        clerk.fill("Paper that shows it", "covering letter 7")
        clerk.tick("organised")
        clerk.look()
        clerk.press("Look at what would be recorded", "Sent for confirmation: 3 items")
        clerk.look()
        clerk.press("Record exactly this", "covering letter 7")
        clerk.look()

        clerk.follow("Answers from a file", "**/registers/confirmations")
        clerk.look()
        returned = fill_in(console, {"B-1": "confirmed", "B-2": "declined"})
        page.get_by_label("The list with its answers").set_input_files(
            {"name": "returned.csv", "mimeType": "text/csv", "buffer": returned}
        )
        clerk.fill_day("Day of the answer", dt.date(1965, 3, 20))
        clerk.fill("Paper that shows it", "letter of the other side")
        clerk.press("Look at what would be recorded", "1 item: confirmed; 1 item: declined; 1 row without")
        clerk.look(picture and f"{picture}answers")
        clerk.press("Record exactly this", "letter of the other side")

        clerk.follow("Sessions", "**/registers/sessions")
        clerk.look()
        clerk.follow("session 8, KP", "**/registers/sessions/8?country=KP")
        clerk.look()
        clerk.follow("Draft of the agenda", "**/registers/papers/draft?paper=agenda**")
        clerk.look(picture and f"{picture}agenda")
        clerk.press("Make it final under the next number", "fits the page")
        clerk.look()
        clerk.follow("Open the page as it was issued", "**/registers/papers/1/page")
        clerk.look()
        assert page.get_by_role("heading", name="Agenda for session 8").count() == 1
        assert page.get_by_role("heading", name="제8차 회의 의정").count() == 1

        page.go_back()
        clerk.follow("session 8", "**/registers/sessions/8?country=KP")
        clerk.follow("Record that it closed", "**/registers/events/new?kind=session_closed**")
        clerk.fill_day("Day", dt.date(1965, 10, 20))
        clerk.fill("Paper that shows it", "minutes")
        clerk.press("Look at what would be recorded", "Session closed: 0 items")
        clerk.press("Record exactly this", "minutes")
        clerk.follow("Sessions", "**/registers/sessions")
        clerk.follow("session 8, KP", "**/registers/sessions/8?country=KP")
        clerk.follow("Draft of the memorandum", "**/registers/papers/draft?paper=memorandum**")
        clerk.look()
        clerk.follow("Open the whole draft to print", "**/registers/papers/draft/print**")
        clerk.look()
        page.go_back()
        clerk.follow("Due", "**/registers/due")
        clerk.look()
        assert page.locator("tr.overdue").count() > 0


def fill_in(console: ServedConsole, answers: dict[str, str]) -> bytes:
    """The list that was sent out, with the answers of these items filled in."""
    lines = RegisterPages(console).open("/registers/confirmations.csv?list=organised").text.splitlines()
    filled = [line + answers.get(line.partition(",")[0], "") for line in lines]
    return "\n".join(filled).encode()


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_page_is_accessible_and_fits(
    browser: Browser, console: ServedConsole, tmp_path: Path, width: int, dark: bool
) -> None:
    pages = RegisterPages(console)
    pages.import_folder(write_register(tmp_path / "register"))
    pages.record("list_sent", lists=["organised"])
    with open_tab(browser, console.url, width=width, dark=dark, language="zh-CN") as tab:
        tab.page.set_default_timeout(20_000)
        tab.open("/sign-in")
        tab.page.locator("#api_key").fill(console.keys["liaison"])
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url(lambda url: "/sign-in" not in url)
        for path in PATHS:
            tab.open(f"/registers{path}")
            tab.check_fits()
            tab.check_accessible()
            assert tab.page.locator("h1").count() == 1, path


PATHS = (
    "",
    "/report",
    "/lists/organised",
    "/items",
    "/items?text=nothing+fits",
    "/items/B-1",
    "/due",
    "/events",
    "/events/new",
    "/events/new?kind=resolution",
    "/events/new?kind=withdrawal&event=4",
    "/confirmations",
    "/sessions",
    "/sessions/8",
    "/papers",
    "/papers/draft?paper=confirmation-list",
    "/papers/draft?paper=agenda&session=8",
    "/papers/draft/print?paper=agenda&session=8",
    "/import",
)
