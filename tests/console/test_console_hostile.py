"""What a malicious insider sends, and what another page has a browser send: an answer soon, and nothing beyond.

Covers: api.console.frame.forms, api.console.registers.uploads, api.console.desk.change_views, api.files.item_rows
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.console_cases import call, today, urgent_request
from tests.support.consoles import ServedConsole, Visitor, served_console
from tests.support.postgres import new_database

MOST_SECONDS = 3.0
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


def sent_raw(console: ServedConsole, head: bytes) -> bytes:
    """The first line that the service answers to a call without a body, made of bytes."""
    place = urlsplit(console.url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n")
        answer = connection.makefile("rb")
        return b"".join(iter(answer.readline, b"\r\n"))


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/cases/feed.atom", b"Authorization: Basic \xff", 401),
        ("/cases/feed.atom", b"Authorization: Bearer \xff", 401),
        ("/cases/events", b"Origin: http://[", 403),
        ("/cases/events", b"Origin: null", 403),
        ("/cases", b"Cookie: channelgate_sign_in=\xff\xfe", 303),
        ("/cases", b"Cookie: " + b"a=b; " * 10_000, 431),
        ("/sign-in", b'Cookie: channelgate_visitor="\\015\\012Set-Cookie: x"', 200),
        ("/sign-in", b"Accept-Language: \xff;q=nan, zh;q=1e999", 200),
        ("/sign-in", b"Host: [", 200),
        ("/static/%00", b"", 404),
        ("/static/..%2f..%2fapplication.py", b"", 404),
    ],
)
def test_odd_headers_are_answered(console: ServedConsole, path: str, header: bytes, status: int) -> None:
    host = b"" if header.startswith(b"Host") else f"Host: {urlsplit(console.url).netloc}\r\n".encode()
    lines = header + b"\r\n" if header else b""
    answer = sent_raw(console, f"GET {path} HTTP/1.1\r\n".encode() + host + b"Accept: text/html\r\n" + lines)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert b"\r\nSet-Cookie: x" not in answer


@pytest.mark.parametrize("origin", ["http://[", "null", "https://", "http://elsewhere.example"])
def test_an_origin_that_is_not_ours_is_refused(console: ServedConsole, origin: str) -> None:
    visitor = console.visitor("liaison")
    visitor.client.headers["Origin"] = origin
    assert visitor.send("/language", {"language": "zh"}, at="/account").status_code == 403


@pytest.mark.parametrize("path", ["/cases/", "/desk/", "/static", "/registers/import/"])
def test_nobody_is_sent_to_the_host_that_the_call_names(console: ServedConsole, path: str) -> None:
    visitor = console.visitor("liaison")
    visitor.client.headers["Host"] = "elsewhere.example"
    answer = visitor.open(path)
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


@pytest.mark.parametrize("carried", ["\u00e9", "x", "eA==", ""])
def test_a_carried_file_that_was_changed_is_refused(console: ServedConsole, carried: str) -> None:
    fields = {"first_name": "items.csv", "first_bytes": carried}
    answer = console.visitor("liaison").send("/registers/import", fields, at="/registers/import")
    assert answer.status_code == 400
    assert "cannot be read; choose it anew" in answer.text


@pytest.mark.parametrize("content", [b",", b"\n", b"\r", b"description,", b"description\tx\t", b"x\n"])
@pytest.mark.parametrize("pasted", [True, False])
def test_a_table_of_a_million_cells_is_refused_at_once(
    console: ServedConsole, content: bytes, pasted: bool
) -> None:
    visitor, table = console.visitor("department"), content * (400_000 // len(content))
    fields = {"pasted": table.decode()} if pasted else {}
    files = None if pasted else {"table": ("items.csv", table)}
    begun = time.process_time()
    answer = visitor.send("/desk/items", fields, at="/desk", files=files)
    assert answer.status_code in (413, 422)
    assert time.process_time() - begun < MOST_SECONDS


@pytest.mark.parametrize("path", ["/registers/import", "/registers/confirmations"])
@pytest.mark.parametrize("name", [b"item_no", b"x"])
def test_a_file_with_a_million_column_names_is_refused_at_once(
    console: ServedConsole, path: str, name: bytes
) -> None:
    visitor, table = console.visitor("liaison"), (name + b",") * (900_000 // len(name))
    begun = time.process_time()
    answer = visitor.send(path, {}, at=path, files={"first": ("items.csv", table)})
    assert answer.status_code in (200, 400, 413)
    assert time.process_time() - begun < 2 * MOST_SECONDS


NEAR = b"item_no,list_id,description,kind,quantity,unit,provided_on,provided_to,remarks\n"


@pytest.mark.parametrize("path", ["/registers/import", "/registers/confirmations"])
@pytest.mark.parametrize(
    "table",
    [NEAR + b"x,y,,z,-,,q,q,q\n" * 60_000, NEAR + b"x\n" * 500_000, b"item_no,answer\n" + b"x,y\n" * 250_000],
    ids=["a fault in each cell", "lines without cells", "answers"],
)
def test_a_table_of_many_small_rows_is_refused_before_it_is_read(
    console: ServedConsole, path: str, table: bytes
) -> None:
    answer = console.visitor("liaison").send(path, {}, at=path, files={"first": ("items.csv", table)})
    assert answer.status_code == 400
    assert "has more than 300,000 commas, semicolons and line ends: split it by lists" in answer.text


def decided(console: ServedConsole, items: int) -> str:
    """The id of a decision about so many items."""
    item = {"description": "a drawing", "quantity": 1, "unit": "set"}
    request = urgent_request(today(console), items=[item] * items)
    return str(call(console, "committee", "POST", "/v1/pre-check", request)["decision_id"])


def test_what_would_change_many_items_is_a_short_page(console: ServedConsole) -> None:
    page = console.visitor("committee").open(f"/desk/answers/{decided(console, 100)}/changes")
    assert page.status_code == 200
    assert "more items are not explained here" in page.text
    assert len(page.content) < MOST_BYTES


def state_of(visitor: Visitor) -> dict[str, str]:
    return dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">', visitor.open("/desk/interview").text
        )
    )


INTERVIEW: dict[str, Any] = {
    "request_id": "r-1",
    "as_of": None,
    "whole": {},
    "lines": [{}],
    "more_lines": False,
    "steps": [],
}


@pytest.mark.parametrize(
    "state",
    [
        "[" * 200_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        json.dumps({**INTERVIEW, "request_id": "\ud800"}),
        json.dumps({**INTERVIEW, "request_id": "a\x00b"}),
        json.dumps({**INTERVIEW, "lines": [{}] * 1001}),
        json.dumps({**INTERVIEW, "whole": {"department.id": "another"}, "steps": [{}]}),
        json.dumps({**INTERVIEW, "lines": [{"item.quantity": 0}]}).replace("0}", "9" * 200_000 + "}"),
        json.dumps({**INTERVIEW, "lines": [{"item.quantity": 0}]}).replace("0}", "1e999}"),
        json.dumps({**INTERVIEW, "as_of": "9999-12-32"}),
    ],
)
@pytest.mark.parametrize("path", ["/desk/interview", "/desk/answers"])
def test_an_interview_that_was_changed_is_refused_at_once(
    console: ServedConsole, path: str, state: str
) -> None:
    visitor = console.visitor("department")
    fields = {**state_of(visitor), "interview": state, "do": "show"}
    begun = time.process_time()
    answer = visitor.client.post(path, data=fields)
    assert answer.status_code in (400, 413)
    assert time.process_time() - begun < MOST_SECONDS


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 100_000, "\n".join(f"k{number}: 1" for number in range(30_000))]
)
def test_a_draft_with_a_file_that_is_slow_to_read_holds_nobody_up(console: ServedConsole, text: str) -> None:
    visitor = console.visitor("policy_officer")
    draft = visitor.send("/policies/drafts", {"title": "x"}, at="/policies/drafts").headers["location"]
    seen = re.search(r'name="seen" value="([^"]*)"', visitor.open(draft).text)
    assert seen is not None
    fields = {"file": "slow.yaml", "text": text, "seen": seen[1].replace("&#43;", "+"), "do": "save"}
    assert visitor.send(f"{draft}/text", fields, at="/policies/drafts").status_code == 303
    for page in ("parameters", "sentences", "translations", "deviations", "countries", "try"):
        begun = time.process_time()
        assert visitor.open(f"{draft}/{page}").status_code < 500
        assert time.process_time() - begun < MOST_SECONDS, page


@pytest.mark.parametrize("after", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x", ""])
@pytest.mark.parametrize("last", ["\x00", "0" * 32])
def test_a_page_of_drafts_behind_no_draft_is_the_first(console: ServedConsole, after: str, last: str) -> None:
    answer = console.visitor("policy_officer").client.get(
        "/policies/drafts", params={"after": f"{after}~{last}"}
    )
    assert answer.status_code == 200


def test_what_a_database_may_not_take_never_reaches_it(postgres: Any, tmp_path: Path) -> None:
    with (
        new_database(postgres, "hostile") as database,
        running_server(
            Settings(database=database, signing_key=tmp_path / "signing.key", insecure_no_auth=True)
        ) as url,
    ):
        visitor = Visitor(url)
        for path in ("", "/text", "/try", "/changes.patch", "/propose"):
            assert visitor.open(f"/policies/drafts/%00{path}").status_code in (403, 404), path
        answer = visitor.send("/policies/drafts", {"title": "a\x00b"}, at="/policies/drafts")
        assert answer.status_code == 400
        visitor.client.close()
