"""A policy officer's way through the workbench in a browser: law beside rule, a draft by form and as text, a trial.

Covers: api.console.workbench.law, api.console.workbench.law_views, api.console.workbench.drafts,
api.console.workbench.draft_texts, api.console.workbench.draft_parameters, api.console.workbench.draft_trials,
api.services.draft_checks
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, served_console

VALUE = "Add a value of next_session"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


def go_to(page: Page, name: str, role: str = "link") -> None:
    """Move to a link, button or field by the keyboard alone."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]  # one of the roles of HTML
    for _ in range(400):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


def press(page: Page, name: str, role: str = "link") -> None:
    go_to(page, name, role)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def check(tab: Tab, *, scripts: bool) -> None:
    tab.check_fits()
    if scripts:
        tab.check_accessible()


def begin_draft(tab: Tab, title: str) -> str:
    page = tab.open("/policies/drafts")
    page.get_by_label("What is the change for?").fill(title)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page.url


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_officer_changes_a_parameter_and_tries_it_by_the_keyboard_alone(
    browser: Browser, console: ServedConsole, width: int, scripts: bool
) -> None:
    revision = console.api.get("/v1/policies", headers=bearer(console)).json()["revision"]
    with open_tab(browser, console.url, width=width, scripts=scripts) as tab:
        page = tab.sign_in(console.keys["policy_officer"])
        press(page, "Policies")
        check(tab, scripts=scripts)
        if scripts and width == WIDE:
            tab.picture("workbench-overview")
        press(page, "Drafts of changes")
        go_to(page, "What is the change for?", "textbox")
        page.keyboard.type("The ninth session comes next")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        check(tab, scripts=scripts)
        draft = page.url
        press(page, "Parameters, with source and days")
        go_to(page, "File", "combobox")
        page.keyboard.type("korea")
        press(page, "Show", "button")
        check(tab, scripts=scripts)
        press(page, VALUE)
        go_to(page, "Value", "textbox")
        page.keyboard.type("9")
        go_to(page, "Source", "textbox")
        page.keyboard.type("minutes of the eighth session")
        page.keyboard.press("Tab")
        page.keyboard.type("01012026")
        check(tab, scripts=scripts)
        if scripts and width == WIDE:
            tab.picture("workbench-parameter")
        press(page, "Put it into the draft", "button")
        assert page.url == draft
        changes = page.get_by_role("region", name="Changes of korea.yaml")
        expect(changes).to_contain_text("+     - {value: 9, from: 2026-01-01, status: sourced")
        expect(changes).to_contain_text("+       until: 2025-12-31")
        expect(page.get_by_text("no faults")).to_be_visible()
        check(tab, scripts=scripts)
        if scripts and width == WIDE:
            tab.picture("workbench-draft")
        press(page, "Try a request, beside what is in force")
        check(tab, scripts=scripts)
        go_to(page, "Which country does the mission come from?", "textbox")
        page.keyboard.type("KP")
        go_to(page, "What gave rise to the handover?", "combobox")
        page.keyboard.type("it stands on an old list")
        press(page, "Show both answers", "button")
        expect(page.get_by_role("heading", name="The answers")).to_be_visible()
        check(tab, scripts=scripts)
    assert console.api.get("/v1/policies", headers=bearer(console)).json()["revision"] == revision


def bearer(console: ServedConsole) -> dict[str, str]:
    return {"Authorization": f"Bearer {console.keys['policy_officer']}"}


def test_a_fault_is_shown_at_its_line_while_somebody_types(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["policy_officer"])
        draft = begin_draft(tab, "A word that does not exist")
        page = tab.open(f"{draft.removeprefix(console.url)}/text?file=korea.yaml")
        text = page.get_by_label("Text")
        expect(page.get_by_role("status")).to_have_text("no faults")
        whole = text.input_value()
        text.fill(whole.replace("outcome: hold", "outcome: holt"))
        found = page.locator("#found li")
        expect(found).to_have_count(1)
        expect(found).to_contain_text("unknown word `holt`; did you mean `hold`?")
        expect(page.locator("#gutter b")).to_have_text("✕ 60")
        tab.check_accessible()
        tab.picture("workbench-text")
        found.get_by_role("link", name="line 60").press("Enter")
        assert text.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd).trim()") == (
            "outcome: holt"
        )
        text.fill(whole)
        expect(found).to_have_count(0)
        text.fill(whole.replace("follows: directive", "follows: directive\ncountry: XX"))
        expect(found.first).to_be_visible()
        with page.expect_navigation():
            found.first.get_by_role("link", name="What ").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Check")


def test_a_fault_is_shown_at_its_line_when_the_text_is_sent(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url, width=NARROW, scripts=False) as tab:
        tab.sign_in(console.keys["policy_officer"])
        draft = begin_draft(tab, "A word that does not exist")
        page = tab.open(f"{draft.removeprefix(console.url)}/text?file=korea.yaml")
        text = page.get_by_label("Text")
        broken = text.input_value().replace("outcome: hold", "outcome: holt")
        text.fill(broken)
        with page.expect_navigation():
            page.get_by_role("button", name="Check only").click()
        expect(page.locator("#found li")).to_contain_text("korea.yaml, line 60: unknown word `holt`")
        assert page.get_by_label("Text").input_value() == broken
        tab.check_fits()
        with page.expect_navigation():
            page.get_by_role("button", name="Put it into the draft").click()
        assert page.url == draft
        expect(page.get_by_text("1 fault", exact=True)).to_be_visible()
        expect(page.locator(".findings li")).to_contain_text("outcome: holt")
        tab.check_fits()


def test_a_trial_shows_what_differs_and_by_which_rule(browser: Browser, console: ServedConsole) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.keys["policy_officer"])
        draft = begin_draft(tab, "What is told is not referred").removeprefix(console.url)
        page = tab.open(f"{draft}/deviations")
        page.get_by_role("link", name="Add a deviation in cuba.yaml").click()
        page.get_by_label("told-or-shown-only").check()
        page.get_by_label("Clauses").fill("S3.6")
        page.get_by_label("Reason").fill("a ruling of the day")
        page.get_by_label("First day").fill("1965-01-01")
        with page.expect_navigation():
            page.get_by_role("button", name="Put it into the draft").click()
        page = tab.open(f"{draft}/try")
        page.get_by_label("Which country does the mission come from?").fill("Cuba")
        page.get_by_label("What gave rise to the handover?").select_option("ad_hoc_request")
        page.get_by_text("item", exact=True).click()
        page.get_by_label("What kind of item is it").select_option("oral_or_visual")
        with page.expect_navigation():
            page.get_by_role("button", name="Show both answers").click()
        expect(page.get_by_text("The draft answers otherwise.")).to_be_visible()
        expect(page.get_by_role("table")).to_contain_text("It has to be ruled on first")
        expect(page.get_by_role("article")).to_have_count(2)
        expect(page.locator("main")).to_contain_text(
            "By what is in force alone this rule decides: told-or-shown-only"
        )
        tab.check_accessible()
        tab.picture("workbench-trial")


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_law_stands_beside_rule(browser: Browser, console: ServedConsole, language: str) -> None:
    with open_tab(browser, console.url, language=language, dark=language == "zh-CN") as tab:
        page = tab.open("/sign-in")
        page.locator("#api_key").fill(console.keys["auditor"])
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page = tab.open("/policies/law/S3.8?policy=korea&as_of=1965-03-01")
        expect(page.locator("#rule-report-first")).to_be_visible()
        expect(page.locator("#rule-report-first")).to_contain_text("directive.yaml")
        expect(page.locator("#reading-A3")).to_have_count(0)
        tab.check_accessible()
        tab.check_fits()
        if language == "en-GB":
            expect(page.locator("#rule-report-first")).to_contain_text("All of these hold:")
            expect(page.get_by_role("link", name="Recent decisions that cite it")).to_be_visible()
            tab.picture("workbench-law")
        tab.open("/policies/countries/korea")
        tab.check_accessible()
        tab.check_fits()
