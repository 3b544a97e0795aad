"""Signing in and out, the frame of every page, and what a browser may do with it.

Covers: api.console.frame.visits, api.console.frame.routing, api.console.frame.forms, api.console.sign_in.routes,
api.services.sign_ins
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.browser import NARROW, WIDE, open_tab
from tests.support.consoles import ServedConsole, Visitor, served_console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("dark", [True, False])
def test_somebody_signs_in_and_out(
    browser: Browser, console: ServedConsole, width: int, scripts: bool, dark: bool
) -> None:
    with open_tab(browser, console.url, width=width, scripts=scripts, dark=dark) as tab:
        page = tab.open("/account")
        assert page.url.endswith("/sign-in?next=/account")
        tab.check_fits()
        page.get_by_label("API key").fill(console.keys["liaison"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        assert "liaison" in page.locator(".who").inner_text()
        tab.check_fits()
        if scripts:
            tab.check_accessible()
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.wait_for_url("**/sign-in")
        tab.open("/account")
        assert "/sign-in" in page.url


def test_the_first_page_has_the_areas_of_the_role(console: ServedConsole) -> None:
    areas = {
        role: [
            area
            for area in ("Desk", "Cases", "Registers", "Policies", "Audit")
            if f">{area}</a></h2>" in text
        ]
        for role in console.keys
        if (text := console.visitor(role).open("/").text)
    }
    assert areas == {
        "department": ["Desk", "Cases", "Policies"],
        "committee": ["Desk", "Cases", "Registers", "Policies", "Audit"],
        "liaison": ["Desk", "Cases", "Registers", "Policies"],
        "policy_officer": ["Desk", "Policies"],
        "auditor": ["Desk", "Cases", "Registers", "Policies", "Audit"],
    }


def test_signing_out_everywhere_ends_the_sign_in_of_every_browser(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        first, second, other = (console.visitor(role) for role in ("auditor", "auditor", "liaison"))
        assert "in 2 browsers" in first.open("/account").text
        first.send("/sign-out", {"everywhere": "yes"}, at="/account")
        assert second.open("/").status_code == 303
        assert other.open("/").status_code == 200


def test_a_key_that_is_taken_out_of_the_file_shuts_its_holder_out(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        visitor = console.visitor("committee")
        assert visitor.open("/").status_code == 200
        file = tmp_path / "keys.json"
        keys = json.loads(file.read_text())["keys"]
        file.write_text(json.dumps({"keys": [key for key in keys if key["name"] != "committee"]}))
        while visitor.open("/").status_code == 200:
            pass
        assert visitor.open("/").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("key", ["cg_unknown", "", "eyJhbGciOiJub25lIn0.e30.", "cg_a b", "cg_\u00e9"])
def test_an_unknown_key_signs_nobody_in(console: ServedConsole, key: str) -> None:
    answer = console.visitor().send("/sign-in", {"api_key": key}, at="/sign-in")
    assert answer.status_code == 401
    assert "This API key is not known here." in answer.text


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/account", "/account"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://x", "/"),
    ],
)
def test_nobody_is_sent_to_another_site_after_the_sign_in(
    console: ServedConsole, wanted: str, reached: str
) -> None:
    sent = {"api_key": console.keys["liaison"], "next": wanted}
    assert console.visitor().send("/sign-in", sent, at="/sign-in").headers["location"] == reached


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {"form_token": "0" * 64}),
        ({"Origin": "https://elsewhere.example"}, {}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Sec-Fetch-Site": "same-site"}, {}),
    ],
)
def test_a_form_of_another_site_does_nothing(
    console: ServedConsole, headers: dict[str, str], fields: dict[str, str]
) -> None:
    visitor = console.visitor("liaison")
    visitor.client.headers.update(headers)
    assert visitor.send("/sign-out", fields, at="/account").status_code == 403
    visitor.client.headers.pop("Origin", None)
    assert visitor.open("/account").status_code == 200


_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("application/json", b"{}", 400),
        ("text/plain", b"a=b", 400),
        (_MULTIPART, b"--b\r\nno header", 400),
        (_MULTIPART, b"", 403),
        ("multipart/form-data", b"--b", 400),
        (_URLENCODED, b"a=%ff%fe", 403),
        (_URLENCODED, b"&".join(b"a=b" for _ in range(6000)), 400),
        (_URLENCODED, b"a=" + b"x" * 1024**2, 413),
        (_MULTIPART, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 1024**2, 413),
        (_MULTIPART, b'--b\r\nContent-Disposition: form-data; name="\xed\xa0\x80"\r\n\r\nx\r\n--b--', 403),
    ],
)
def test_what_is_no_form_of_a_page_gets_a_page_that_says_so(
    console: ServedConsole, media_type: str, body: bytes, status: int
) -> None:
    visitor = console.visitor("liaison")
    answer = visitor.client.post("/sign-out", content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>" in answer.text


def test_a_chunked_form_is_bounded_too(console: ServedConsole) -> None:
    visitor = console.visitor("liaison")
    chunks = (b"x" * 4096 for _ in range(300))
    answer = visitor.client.post("/sign-out", content=chunks, headers={"Content-Type": _URLENCODED})
    assert answer.status_code == 413


def test_cookies_are_not_for_scripts_and_not_for_other_sites(console: ServedConsole) -> None:
    answer = console.visitor().send("/sign-in", {"api_key": console.keys["liaison"]}, at="/sign-in")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_every_page_says_what_a_browser_may_load(console: ServedConsole) -> None:
    answer = console.visitor("liaison").open("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_head_names_who_for_which_party_under_which_revision(console: ServedConsole) -> None:
    page = console.visitor("committee").open("/").text
    revision = console.api.get("/readyz").json()["policies"]["revision"]
    assert "for the Science and Technology Committee" in page
    assert f'title="{revision}"' in page
    assert "without approvals" in page


def test_without_the_console_there_is_nothing_at_its_addresses(tmp_path: Path) -> None:
    settings = Settings(database=str(tmp_path / "log.db"), insecure_no_auth=True, console=False)
    with running_server(settings) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for path in ("/", "/sign-in", "/static/style.css"):
            answer = client.get(path, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_where_nobody_is_identified_the_operator_is_at_home_at_once(tmp_path: Path) -> None:
    settings = Settings(database=str(tmp_path / "log.db"), insecure_no_auth=True)
    with running_server(settings) as url:
        visitor = Visitor(url)
        assert visitor.open("/").status_code == 200
        assert visitor.send("/language", {"language": "zh", "back": "/"}, at="/account").status_code == 303
        assert "本服务不识别身份" in visitor.open("/account").text
        foreign = visitor.client.post("/language", data={"language": "en", "form_token": "0" * 64})
        assert foreign.status_code == 403
        visitor.client.close()


def test_an_unknown_address_is_a_page_for_a_browser_and_a_problem_for_others(console: ServedConsole) -> None:
    page = console.visitor("liaison").open("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem = console.api.get("/nowhere")
    assert (problem.status_code, problem.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/desk/answers", "/desk"),
        ("/cases", "/cases"),
        ("/handovers", "/cases"),
        ("/clearances/unknown", "/cases"),
        ("/policies/drafts", "/policies"),
        ("/policies/revisions", "/proposals"),
        ("/approvers", "/proposals"),
        ("/audit/decisions", "/audit"),
        ("/", None),
        ("/account", None),
    ],
)
def test_the_navigation_marks_the_area_of_a_page(console: ServedConsole, path: str, area: str | None) -> None:
    marked = re.findall(
        r'<a href="([^"]*)" aria-current="page">', console.visitor("committee").open(path).text
    )
    assert marked == ([] if area is None else [area])


def test_a_page_that_fails_is_answered_at_once(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> int:
        raise RuntimeError("a failure that nobody foresaw")

    monkeypatch.setattr("api.console.sign_in.routes.count_sign_ins", fail)
    visitor = console.visitor("liaison")
    visitor.client.timeout = httpx.Timeout(5)
    page = visitor.open("/account")
    assert page.status_code == 500
    assert "the failure was logged" in page.text


def test_the_language_is_chosen_and_stays(console: ServedConsole) -> None:
    visitor = console.visitor("liaison")
    visitor.send("/language", {"language": "zh", "back": "/account"}, at="/account")
    page = visitor.open("/")
    assert '<html lang="zh">' in page.text
    assert page.headers["content-language"] == "zh"
    assert "您想做什么？" in page.text


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("committee", "科学技术委员会"),
        ("department", "接待单位"),
        ("auditor", "审计员"),
        ("liaison", "国务院外事办公室"),
    ],
)
def test_roles_are_called_in_the_language_of_the_page(console: ServedConsole, role: str, shown: str) -> None:
    visitor = console.visitor(role)
    assert f"<dt>Role</dt><dd>{role}</dd>" in visitor.open("/account").text
    visitor.client.headers["Accept-Language"] = "zh"
    assert f"<dd>{shown}</dd>" in visitor.open("/account").text
