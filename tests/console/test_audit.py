"""The auditor's job in a browser: find a decision, read it, have its proof verified, compare checkpoints.

Covers: api.console.audit.decision, api.console.audit.checkpoints
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.consoles import ServedConsole, served_console
from tests.support.grouped_log import change_entries, decisions_in

REQUESTS: list[dict[str, Any]] = [
    {"mission": {"countries": ["CU"]}, "trigger": "ad_hoc_request", "items": [{"kind": "document"}]},
    {"mission": {"countries": ["KP"]}, "trigger": "host_offer", "items": [{"kind": "drawing"}]},
    {"mission": {"countries": ["VN", "AL"]}, "trigger": "agreed_programme", "items": [{"kind": "sample"}]},
    {"mission": {"countries": ["KP"]}, "items": [{"kind": "data", "description": "<b>a lathe</b>"}]},
    {"mission": {"countries": ["AL"]}, "trigger": "legacy_list", "items": [{"kind": "specimen"}]},
]


@dataclass(frozen=True)
class Audited:
    """A console with some decisions in its log, by their requests."""

    console: ServedConsole
    folder: Path
    decisions: dict[str, str]

    @property
    def url(self) -> str:
        return self.console.url

    def alter(self, decision: str, before: bytes, after: bytes) -> None:
        """Alter the bytes of an entry in the database, as who can write its file could."""
        log = self.folder / "log.db"
        (place,) = [row.sequence for row in decisions_in(log) if row.key == decision]

        def altered(entry: bytes) -> bytes:
            assert before in entry
            return entry.replace(before, after, 1)

        change_entries(log, altered, place)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    folder = tmp_path_factory.mktemp("console")
    with served_console(folder) as console:
        headers = {"Authorization": f"Bearer {console.keys['department']}"}
        decisions = {}
        for number, request in enumerate(REQUESTS):
            body = {"request_id": f"r-{number}", **request}
            answer = console.api.post("/v1/pre-check", headers=headers, json=body)
            assert answer.status_code == 200, answer.text
            decisions[f"r-{number}"] = answer.json()["decision_id"]
        yield Audited(console, folder, decisions)


def press_until(page: Page, name: str, key: str = "Tab") -> None:
    """Press a key until the element with this text, label or name has the focus."""
    for _ in range(80):
        page.keyboard.press(key)
        focused = page.evaluate(
            "(e => [e.id, e.innerText, e.getAttribute('aria-label')])(document.activeElement)"
        )
        if name in focused:
            return
    raise AssertionError(f"{name} cannot be reached with {key}")


def is_verified(tab: Tab) -> None:
    expect(tab.page.locator("[data-status]")).to_have_text("Verified in this browser")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_job_from_start_to_end_with_the_keyboard_alone(
    browser: Browser, audited: Audited, width: int, scripts: bool
) -> None:
    with open_tab(browser, audited.url, width=width, scripts=scripts, dark=width == NARROW) as tab:
        page = tab.open("/audit")
        press_until(page, "api_key")
        page.keyboard.type(audited.console.keys["auditor"])
        page.keyboard.press("Enter")
        page.wait_for_url(f"{audited.url}/audit")
        tab.check_fits()
        if scripts:
            tab.check_accessible()
            if width == WIDE:
                tab.picture("audit")
        press_until(page, "Decisions: search, proofs, how each came about")
        page.keyboard.press("Enter")
        page.wait_for_url("**/audit/decisions")
        press_until(page, "country")
        page.keyboard.type("Dem")
        press_until(page, "request_id")
        page.keyboard.type("r-3")
        page.keyboard.press("Enter")
        page.wait_for_url("**/audit/decisions?*")
        assert page.locator("tbody tr").count() == 1
        tab.check_fits()
        if scripts:
            tab.check_accessible()
            if width == WIDE:
                tab.picture("audit-decisions")
        link = page.locator("tbody a").inner_text()
        press_until(page, link)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/audit/decisions/{audited.decisions['r-3']}")
        assert "<b>a lathe</b>" in page.locator("main").inner_text()
        tab.check_fits()
        if scripts:
            is_verified(tab)
            tab.check_accessible()
            if width == WIDE:
                tab.picture("audit-decision")
        else:
            press_until(page, "Verify it without this page")
            page.keyboard.press("Enter")
            assert "node verify.js --key" in page.locator("main").inner_text()
        press_until(page, "How it came about: every rule considered")
        page.keyboard.press("Enter")
        page.wait_for_url("**/explanation")
        assert page.locator("h1").inner_text() == "How it came about"
        tab.check_fits()
        if scripts:
            tab.check_accessible()


def test_checkpoints_are_compared_in_the_browser(browser: Browser, audited: Audited) -> None:
    with open_tab(browser, audited.url) as tab:
        tab.sign_in(audited.console.keys["auditor"])
        page = tab.open("/audit/checkpoints")
        tab.check_accessible()
        page.get_by_role("link", name="by the newest?").first.click()
        is_verified(tab)
        tab.check_accessible()
        tab.check_fits()


@pytest.mark.parametrize("path", ["reconciliation", "approvals", "report", "checkpoints"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_other_page(browser: Browser, audited: Audited, path: str, width: int) -> None:
    with open_tab(browser, audited.url, width=width, language="zh-CN") as tab:
        tab.open("/sign-in").locator("#api_key").fill(audited.console.keys["auditor"])
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url(lambda url: "/sign-in" not in url)
        page = tab.open(f"/audit/{path}")
        assert page.locator("html").get_attribute("lang") == "zh"
        tab.check_accessible()
        tab.check_fits()


def test_an_entry_that_was_altered_is_not_verified(browser: Browser, tmp_path: Path) -> None:
    with served_console(tmp_path) as console, open_tab(browser, console.url) as tab:
        headers = {"Authorization": f"Bearer {console.keys['department']}"}
        body = {"request_id": "r-1", **REQUESTS[0]}
        decided = console.api.post("/v1/pre-check", headers=headers, json=body).json()["decision_id"]
        tab.sign_in(console.keys["auditor"])
        tab.open(f"/audit/decisions/{decided}")
        is_verified(tab)
        Audited(console, tmp_path, {}).alter(decided, b"metallurgy", b"chemistry!")
        page = tab.open(f"/audit/decisions/{decided}")
        assert "chemistry!" in page.locator("main").inner_text()
        expect(page.locator("[data-status]")).to_have_text("Not verified")
        expect(page.locator("[data-reason]")).to_contain_text("does not lead to the root that was signed")
        tab.check_accessible()


def test_a_key_that_is_not_the_log_s_verifies_nothing(browser: Browser, audited: Audited) -> None:
    with open_tab(browser, audited.url) as tab:
        tab.sign_in(audited.console.keys["auditor"])
        other = "example.org/log+98af023b+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

        def with_other_key(route: Any) -> None:
            answer = route.fetch()
            text = answer.text()
            start = text.index('data-key="') + len('data-key="')
            route.fulfill(response=answer, body=text[:start] + other + text[text.index('"', start) :])

        address = f"/audit/decisions/{audited.decisions['r-0']}"
        tab.page.route(f"**{address}", with_other_key)
        page = tab.open(address)
        expect(page.locator("[data-status]")).to_have_text("Not verified")
        expect(page.locator("[data-reason]")).to_have_text("no known key signed the checkpoint")


def test_the_bundle_of_the_page_is_verified_outside_too(audited: Audited, tmp_path: Path) -> None:
    visitor = audited.console.visitor("auditor")
    proof = visitor.open(f"/audit/decisions/{audited.decisions['r-0']}/proof.json")
    assert proof.headers["content-disposition"] == 'attachment; filename="proof.json"'
    assert json.loads(proof.text).keys() == {
        "sequence", "size", "root", "inclusion_proof", "entry", "checkpoint"
    }  # fmt: skip
