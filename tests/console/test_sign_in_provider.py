"""Signing in at a real provider, in a real browser, and the end of sign-ins there and here.

Covers: api.console.sign_in.at_provider, api.http.authentication.openid.provider, api.services.sign_ins
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from api.cli.main import app
from api.console.frame.cookies import SIGN_IN_COOKIE
from tests.support.browser import NARROW, WIDE, Tab, open_tab
from tests.support.openid_consoles import ProviderConsole, provider_console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderConsole]:
    with provider_console(tmp_path_factory.mktemp("provider")) as running:
        yield running


def open_provider_tab(tab: Tab, console: ProviderConsole) -> Tab:
    """Let a tab visit the provider: what its pages do is none of the console's."""
    tab.elsewhere = (console.issuer, "https://")
    tab.context.route("https://**", lambda route: route.fulfill(body="", content_type="text/css"))  # a font
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
        way = page.get_by_role("link", name="Sign in with your account")
        for _ in range(3):  # behind the way to the text and the name of the console
            page.keyboard.press("Tab")
        expect(way).to_be_focused()
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


def test_whoever_signs_out_at_the_provider_is_out_here_and_only_in_that_browser(
    browser: Browser, console: ProviderConsole
) -> None:
    with open_tab(browser, console.url) as first, open_tab(browser, console.url) as second:
        for tab in (first, second):
            signed_in_at_provider(tab, console, "auditor-leaves")
        page = first.page
        page.goto(f"{console.issuer}/session/end")
        page.get_by_role("button", name="Yes, sign me out").click()
        page.wait_for_url("**/session/end/success")
        first.open("/account")
        assert "/sign-in" in page.url
        second.open("/account")
        assert second.page.url.endswith("/account")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("minister", "no role under “role” that the policies in force know"),
        ("department", "no department under “department”, and the role department needs one"),
    ],
)
def test_whoever_lacks_something_reads_what_and_is_not_signed_in(
    browser: Browser, console: ProviderConsole, name: str, words: str
) -> None:
    with open_tab(browser, console.url, width=NARROW) as tab:
        page = open_provider_tab(tab, console).open("/sign-in/oidc")
        sign_in_there(page, name)
        page.wait_for_url(f"{console.url}/sign-in/callback**")
        assert words in page.get_by_role("alert").inner_text()
        tab.check_fits()
        tab.check_accessible()
        tab.open("/account")
        assert "/sign-in" in page.url


def test_whoever_cancels_at_the_provider_comes_back_to_a_page_that_says_so(
    browser: Browser, console: ProviderConsole
) -> None:
    with open_tab(browser, console.url, language="zh-CN") as tab:
        page = open_provider_tab(tab, console).open("/sign-in/oidc")
        page.get_by_role("link", name="Cancel").click()
        page.wait_for_url(f"{console.url}/sign-in/callback**")
        assert "登录已在登录服务处取消" in page.get_by_role("alert").inner_text()


def test_another_sign_in_of_a_browser_ends_the_one_before(browser: Browser, console: ProviderConsole) -> None:
    with open_tab(browser, console.url) as tab:
        tab.sign_in(console.api_key)
        before = cookie_of(tab)
        signed_in_at_provider(tab, console, "committee-again")
        assert cookie_of(tab) != before
        tab.context.add_cookies([{"name": SIGN_IN_COOKIE, "value": before, "url": console.url}])
        tab.open("/account")
        assert "/sign-in" in tab.page.url


def test_the_processes_of_a_service_share_sign_ins_and_an_operator_ends_them(
    browser: Browser, where: str, tmp_path: Path
) -> None:
    public = {"OIDC_CLIENT_ID": "open", "OIDC_CLIENT_SECRET": ""}
    with (
        provider_console(tmp_path, DATABASE=where, WORKERS="2", **public) as console,
        open_tab(browser, console.url) as tab,
    ):
        signed_in_at_provider(tab, console, "liaison-shared")
        for _ in range(8):
            assert opened_anew(console, cookie_of(tab)) == 200
        runner = CliRunner()
        shown = runner.invoke(app, ["sign-ins", "list", "--database", where]).output
        assert "liaison-shared  liaison, at the provider, since" in shown
        ended = runner.invoke(app, ["sign-ins", "end", "liaison-shared", "--database", where])
        assert "1 sign-in of liaison-shared ended" in ended.output
        for _ in range(8):
            assert opened_anew(console, cookie_of(tab)) == 303
        again = runner.invoke(app, ["sign-ins", "end", "liaison-shared", "--database", where])
        assert (again.exit_code, "nobody is signed in as liaison-shared" in again.output) == (2, True)


def signed_in_at_provider(tab: Tab, console: ProviderConsole, name: str) -> None:
    """Sign in at the provider, and be at the account."""
    page = open_provider_tab(tab, console).open("/sign-in/oidc?next=/account")
    sign_in_there(page, name)
    page.wait_for_url(f"{console.url}/account")


def cookie_of(tab: Tab) -> str:
    """The secret of the sign-in of a tab."""
    (value,) = (one["value"] for one in tab.context.cookies(tab.base_url) if one["name"] == SIGN_IN_COOKIE)
    return value


def opened_anew(console: ProviderConsole, secret: str) -> int:
    """The status of a page that is opened over a connection of its own."""
    with httpx.Client(base_url=console.url, cookies={SIGN_IN_COOKIE: secret}, trust_env=False) as client:
        return client.get("/account").status_code
