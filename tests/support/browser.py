"""A real browser for the pages of the console: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Page, sync_playwright

from tests.support.small_pictures import shrink

CHROMIUM = shutil.which("chromium")
WIDE, NARROW = 1280, 360
PICTURE_WIDTH, PICTURE_HEIGHT = 900, 800
"""The most that a picture for the documentation shows, in pixels."""
PICTURES = Path(__file__).parents[2] / "docs" / "use" / "pictures"
_REPORT_VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation',"
    " event => console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))"
)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium without a window. While it runs, nothing else may run an event loop in this thread."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A tab of a browser of its own: what goes wrong in it fails the test at its end."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.base_url = base_url
        self.context = context
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.elsewhere: tuple[str, ...] = ()
        """Addresses beside the console that the tab may visit; faults of pages there are none of the console's."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", lambda request: self._note_request(request.url))

    def _note(self, message: ConsoleMessage) -> None:
        # A page that answers 4xx on purpose is reported by the browser as a resource that failed to load.
        if (
            message.type in ("error", "warning")
            and "the server responded with a status of" not in message.text
            and not (self.elsewhere and self.page.url.startswith(self.elsewhere))
        ):
            self.faults.append(f"{message.type}: {message.text}")

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.base_url, "data:", "blob:", *self.elsewhere)):
            self.faults.append(f"a request to somewhere else: {url}")

    def open(self, path: str) -> Page:
        """Open a page of the console."""
        self.page.goto(self.base_url + path)
        return self.page

    def sign_in(self, key: str) -> Page:
        """Sign in with an API key."""
        self.open("/sign-in")
        self.page.get_by_label("API key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def check_accessible(self) -> None:
        """Check the page as it is now by axe: WCAG 2.2 AA and what is good practice."""
        found = Axe().run(self.page)
        violations = [
            f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:3]]}"
            for one in found.response["violations"]
        ]
        assert violations == [], f"{self.page.url}: {violations}"

    def check_fits(self) -> None:
        """Check that nothing is wider than the window, once the stylesheet is there."""
        self.page.wait_for_load_state("load")
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"

    def picture(self, name: str) -> None:
        """Take a picture for the documentation; only where CHANNELGATE_PICTURES is set, since pixels differ.

        It is narrower than the window, and a long page is cut, so that all pictures together stay small.
        """
        if not os.environ.get("CHANNELGATE_PICTURES"):
            return
        PICTURES.mkdir(exist_ok=True)
        before = self.page.viewport_size or {"width": WIDE, "height": 800}
        width = min(before["width"], PICTURE_WIDTH)
        self.page.set_viewport_size({"width": width, "height": before["height"]})
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), PICTURE_HEIGHT)
        clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
        taken = self.page.screenshot(full_page=True, clip=clip)
        (PICTURES / f"{name}.png").write_bytes(shrink(taken))
        self.page.set_viewport_size({"width": before["width"], "height": before["height"]})


@contextmanager
def open_tab(
    browser: Browser,
    base_url: str,
    *,
    width: int = WIDE,
    scripts: bool = True,
    dark: bool = False,
    language: str = "en-GB",
) -> Iterator[Tab]:
    """A tab with its own cookies; without `scripts` the browser runs none."""
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": 800},
        "java_script_enabled": scripts,
        "color_scheme": "dark" if dark else "light",
        "locale": language,
        "reduced_motion": "reduce",
    }
    context = browser.new_context(**options)
    context.set_default_timeout(20_000)
    if scripts:
        context.add_init_script(_REPORT_VIOLATIONS)
    try:
        tab = Tab(context, base_url)
        yield tab
        assert tab.faults == [], tab.faults
    finally:
        context.close()
