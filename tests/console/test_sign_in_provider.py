"""Signing in at a real provider, in a real browser, and the end of sign-ins there and here.

Covers: api.console.sign_in.at_provider, api.http.authentication.openid.provider
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.openid_consoles import ProviderConsole, provider_console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderConsole]:
    with provider_console(tmp_path_factory.mktemp("provider")) as running:
        yield running


def open_provider_tab(tab: Tab, console: ProviderConsole) -> Tab:
    """Let a tab visit the provider: what its pages do is none of the console's."""
    tab.elsewhere = (console.issuer, "https://fonts.googleapis.com")
    return tab


def sign_in_there(page: Page, name: str) -> None:
    """Sign in on the pages of the provider, and permit what the console requests."""
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_somebody_signs_in_at_the_provider_and_out_here_and_there(
    browser: Browser, console: ProviderConsole, width: int, scripts: bool
) -> None:
    with open_tab(browser, console.url, width=width, scripts=scripts) as tab:
        page = open_provider_tab(tab, console).open("/account")
        tab.check_fits()
        if scripts:
            tab.check_accessible()
            tab.picture(f"sign-in-{width}")
        page.keyboard.press("Tab")
        page.get_by_role("link", name="Sign in with your account").focus()
        page.keyboard.press("Enter")
        sign_in_there(page, f"department.metallurgy-{width}{scripts}")
        page.wait_for_url(f"{console.url}/account")
        who = page.locator(".who").inner_text()
        assert f"department.metallurgy-{width}{scripts}, department (metallurgy)" in who
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.wait_for_url("**/signed-out")
        tab.check_fits()
        if scripts:
            tab.check_accessible()
        page.get_by_role("link", name="Sign out of your account too").click()
        page.get_by_role("button", name="Yes, sign me out").click()
        page.wait_for_url(f"{console.url}/sign-in")
        tab.open("/account")
        assert "/sign-in" in page.url
