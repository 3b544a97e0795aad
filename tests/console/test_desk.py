"""The first path of a desk officer in a browser: open, sign in, answer at most seven questions, read the sentence.

Covers: api.console.desk.interview, api.console.desk.question_views, api.console.desk.answer_views
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from api.files.csv_tables import write_csv
from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, served_console
from tests.support.injections import INJECTIONS

MOST_QUESTIONS = 7
ANSWERS: Mapping[str, str] = {
    "Which country does the mission come from?": "Vietnam",
    "What is the item?": "drawings of a paper mill",
    "What gave rise to the handover?": "the mission asks on the spot",
    "Who would receive the item?": "the mission",
    "Does the material lose its use if it comes late?": "yes",
    "Has the mission said that it needs the material at once?": "yes",
    "What kind of item is it: a thing or record to hand over, or only something told or shown?": "a drawing",
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def press_on(page: Page, role: str, name: str) -> None:
    """Go to a control with the tab key alone, and press Enter there."""
    control = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    for _ in range(60):
        if control.evaluate("one => one === document.activeElement"):
            press(page, "Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not reach {name}")


def type_answer(page: Page, text: str) -> None:
    """Type into the field of the question, once it has the focus: a key that is pressed before is lost."""
    expect(page.locator("#answer")).to_be_focused()
    page.keyboard.type(text)


def give(page: Page, question: str) -> None:
    """Answer a question with the keyboard alone: what is to be typed or chosen has the focus."""
    wanted = ANSWERS[question]
    radios = page.locator("input[type=radio]")
    if not radios.count():
        type_answer(page, wanted)
        return
    labels = [text.split("→")[0].strip() for text in page.locator(".choices label").all_inner_texts()]
    page.keyboard.press("Space")
    for _ in range(labels.index(wanted)):
        page.keyboard.press("ArrowDown")
    expect(radios.nth(labels.index(wanted))).to_be_checked()


def check(tab: Tab, *, scripts: bool) -> None:
    tab.check_fits()
    if scripts:
        tab.check_accessible()


@pytest.mark.parametrize(
    ("width", "scripts", "dark"),
    [(WIDE, True, False), (WIDE, False, False), (NARROW, True, True), (NARROW, False, False)],
)
def test_a_first_time_officer_reads_the_sentence_after_seven_questions(
    browser: Browser, console: ServedConsole, width: int, scripts: bool, dark: bool
) -> None:
    pictured = width == WIDE and scripts
    with open_tab(browser, console.url, width=width, scripts=scripts, dark=dark) as tab:
        page = tab.open("/desk")
        page.get_by_label("API key").focus()
        page.keyboard.type(console.keys["department"])
        press(page, "Enter")
        check(tab, scripts=scripts)
        if pictured:
            tab.picture("console-desk-begin")
        press_on(page, "button", "Begin")
        questions = []
        while page.locator("#question").count():
            questions.append(page.locator("#question").inner_text())
            assert f"Question {len(questions)}" in page.locator(".crumbs").inner_text()
            check(tab, scripts=scripts)
            give(page, questions[-1])
            if pictured and len(questions) in (1, 4):
                tab.picture(f"console-desk-question-{len(questions)}")
            press(page, "Enter")
        assert len(questions) <= MOST_QUESTIONS
        assert questions == list(ANSWERS)
        assert page.locator("h1").inner_text() == "Nothing more has to be asked"
        check(tab, scripts=scripts)
        if pictured:
            tab.picture("console-desk-ready")
        press(page, "Enter")
        assert page.locator("h1").inner_text().endswith("No. Report to the Committee first, as urgent")
        guest, office = page.locator(".say").all()
        assert guest.get_attribute("lang") == "vi"
        assert office.inner_text().startswith("Because you need the material urgently, we first report")
        assert "Vietnamese · draft translation" in page.locator("figcaption").all_inner_texts()
        check(tab, scripts=scripts)
        if pictured:
            tab.picture("console-desk-answer")


def test_what_would_change_it_and_something_alike_are_one_click_away(
    browser: Browser, console: ServedConsole
) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk/interview")
        while page.locator("#question").count():
            give(page, page.locator("#question").inner_text())
            press(page, "Enter")
        press(page, "Enter")
        answer = page.url
        press_on(page, "link", "What would change it?")
        changes = page.locator("main").inner_text()
        assert "Does the material lose its use if it comes late? no (now: yes" in changes
        tab.check_accessible()
        tab.check_fits()
        tab.picture("console-desk-changes")
        press_on(page, "button", "Look further")
        page.get_by_role("button", name="Look further").wait_for(state="detached")
        further = page.locator("main").inner_text()
        assert set(changes.splitlines()) - set(further.splitlines()) <= {"Look further"} | {
            line for line in changes.splitlines() if "were tried" in line or "are tried" in line
        }
        tab.check_accessible()
        page.goto(answer)
        press_on(page, "link", "Ask about something alike")
        assert page.locator("h1").inner_text() == "Nothing more has to be asked"
        page.get_by_role("row", name="Who would receive the item?").get_by_role("button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Who would receive the item?")
        expect(page.get_by_label("the mission", exact=False).first).to_be_checked()
        page.get_by_label("a third country").check()
        press_on(page, "button", "Answer")
        page.get_by_role("button", name="Get the answer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Refused")


def test_a_number_key_chooses_an_answer(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk/interview")
        for text in ("Cuba", "seed 2"):
            type_answer(page, text)
            press(page, "Enter")
        page.keyboard.press("3")
        expect(page.get_by_label("it is part of the agreed programme")).to_be_checked()


def test_the_answer_is_one_sheet_of_paper(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk/interview")
        while page.locator("#question").count():
            give(page, page.locator("#question").inner_text())
            press(page, "Enter")
        press(page, "Enter")
        sheet = page.pdf(tagged=True, prefer_css_page_size=True)
        assert sheet.count(b"/Type /Page\n") == 1
        assert b"/StructTreeRoot" in sheet
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 400})  # of A4 within its margins, at 96 dpi
        assert page.evaluate("document.documentElement.scrollHeight") < 950, "the sheet is all but full"
        expect(page.get_by_role("button", name="Report it: open the case")).to_be_hidden()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_several_items_are_pasted_and_answered_in_a_table(
    browser: Browser, console: ServedConsole, width: int
) -> None:
    with open_tab(browser, console.url, width=width) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk")
        page.get_by_label("Paste the rows").fill(
            "description\tquantity\tunit\ndrawings of a mill\t2\tsets\nseeds\t1\tkg\nsomething else\t\t"
        )
        page.get_by_role("button", name="Begin with these items").click()
        expect(page.locator("#question")).to_have_text("Which country does the mission come from?")
        type_answer(page, "Albania")
        press(page, "Enter")
        tab.check_accessible()
        tab.check_fits()
        page.get_by_role("button", name="Answer with what is known so far").click()
        table = page.get_by_role("table").first
        expect(table.get_by_role("row")).to_have_count(4)
        expect(table.get_by_role("row").nth(1)).to_contain_text("drawings of a mill, 2 sets")
        tab.check_accessible()
        tab.check_fits()


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_whole_form_is_filled_in_on_one_page(
    browser: Browser, console: ServedConsole, width: int, scripts: bool
) -> None:
    with open_tab(browser, console.url, width=width, scripts=scripts) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk/form")
        check(tab, scripts=scripts)
        assert page.get_by_label("What is the department's identifier?").count() == 0
        assert page.get_by_label("Has the request been reported to the Committee?").count() == 0
        page.get_by_label("Which country").fill("Korea")
        page.get_by_label("What is the item?").fill("a drill")
        page.get_by_label("How many?").fill("two")
        page.get_by_role("button", name="Get the answer").click()
        expect(page.locator("#faults")).to_be_focused()
        expect(page.locator("#faults")).to_contain_text("`two` is not a number")
        check(tab, scripts=scripts)
        page.get_by_label("Democratic People's Republic of Korea (KP)").check()
        page.get_by_label("How many?").fill("2")
        page.get_by_label("Who would receive the item?").select_option("not known")
        page.get_by_role("button", name="Get the answer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Facts that decide are not known")
        expect(page.locator("main")).to_contain_text("Democratic People's Republic of Korea (KP)")
        expect(page.locator("main")).to_contain_text("(asked, and not known so far)")


def test_texts_of_items_are_shown_as_texts(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk")
        page.get_by_label("Paste the rows").fill(
            write_csv(["description"], [[text] for text in INJECTIONS]).decode()
        )
        page.get_by_role("button", name="Begin with these items").click()
        expect(page.locator("#question")).to_be_visible()
        assert is_untouched(page)
        type_answer(page, "Cuba")
        press(page, "Enter")
        page.get_by_role("button", name="Answer with what is known so far").click()
        cells = page.get_by_role("table").first.locator("td:nth-child(2)")
        assert cells.all_inner_texts() == [" ".join(text.split()) for text in INJECTIONS]
        assert is_untouched(page)


@pytest.mark.parametrize("text", INJECTIONS[::6])
def test_what_is_typed_is_shown_as_text_when_it_is_wrong(
    browser: Browser, console: ServedConsole, text: str
) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["department"])
        page = tab.open("/desk/interview")
        type_answer(page, text)
        press(page, "Enter")
        expect(page.locator("#answer")).to_have_value(text.strip())
        assert is_untouched(page)
        page = tab.open("/desk")
        page.get_by_label("Paste the rows").fill(text)
        page.get_by_role("button", name="Begin with these items").click()
        expect(page.locator("#faults")).to_be_focused()
        expect(page.get_by_label("Paste the rows")).to_have_value(text)
        assert is_untouched(page)


def is_untouched(page: Page) -> bool:
    """Whether no text of a visitor has become an element, an attribute or a script."""
    return bool(page.evaluate("!window.injected && !document.querySelector('[injected]')"))
