"""A head that was parsed once is read again from its bytes, and nothing else is."""

from typing import Any

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.known_heads import KnownHead
from api.runtime.offload import LONG_BODY_BYTES

ID, TRACE = "one-7", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LINES = {
    "Host": "here",
    "Content-Type": "application/json",
    "X-Request-ID": ID,
    "traceparent": TRACE,
    "Authorization": "Bearer cg_x",
    "Content-Length": "2",
}


def data(body: bytes = b"{}", /, **changes: Any) -> bytes:
    lines = {
        **LINES,
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): v for name, v in changes.items()},
    }
    head = [f"{name}: {value}" for name, value in lines.items() if value is not None]
    return "\r\n".join(["POST /v1/pre-check HTTP/1.1", *head, "", ""]).encode() + body


def headers(**changes: Any) -> dict[bytes, bytes]:
    lines = {**LINES, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name.lower().encode(): value.encode() for name, value in lines.items() if value is not None}


def known(**changes: Any) -> KnownHead:
    head = KnownHead.of(data(**changes), b"{}", headers(**changes), 1000)
    assert head
    return head


def test_length_id_and_trace_may_differ() -> None:
    head = known()
    other = TRACE.replace("0af7", "1bf8")
    values = head.read(data(b'{"a":1}' * 9, **{"X-Request-ID": "two", "traceparent": other}))
    assert values
    assert [*values] == [b"two", other.encode(), b'{"a":1}' * 9]
    assert head.headers_of(values) == headers(
        **{"X-Request-ID": "two", "traceparent": other, "Content-Length": "63"}
    )
    assert head.authorization == b"Bearer cg_x"


def test_headers_that_were_not_sent_are_none() -> None:
    values = known(**{"X-Request-ID": None, "traceparent": None}).read(
        data(**{"X-Request-ID": None, "traceparent": None})
    )
    assert values == (None, None, b"{}")


@pytest.mark.parametrize(
    "sent",
    [
        data(Host="there"),
        data(Authorization="Bearer cg_y"),
        data(Extra="1"),
        data(**{"X-Request-ID": None}),
        data(**{"X-Request-ID": "a b"}),
        data(**{"X-Request-ID": ""}),
        data(**{"X-Request-ID": "x" * 129}),
        data(**{"X-Request-ID": "x" * 300}),
        data(traceparent="00-0-0-01"),
        data(traceparent="00-" + "0" * 32 + "-b7ad6b7169203331-01"),
        *(
            data(traceparent=f"01{TRACE[2:]}{rest}")
            for rest in ("-x\nTransfer-Encoding: chunked", "-\0", "-\x7f")
        ),
        data(**{"Content-Length": "1"}),
        data(**{"Content-Length": "3"}),
        data(**{"Content-Length": "+2"}),
        data(**{"Content-Length": "2, 2"}),
        data(**{"Content-Length": "0x2"}),
        data(**{"Content-Length": "0000002"}),
        data(b"x" * 1001),
        data() + data(),
        data()[:-1],
        data()[:50],
        data().replace(b"\r\n", b"\n"),
        data().replace(b"1.1", b"1.0"),
        data().replace(b"POST", b"post"),
        b"\r\n" + data(),
        b"",
    ],
    ids=str,
)
def test_anything_else_is_parsed(sent: bytes) -> None:
    assert known().read(sent) is None


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"Transfer-Encoding": "chunked"}, b"{}"),
        ({"Expect": "100-continue"}, b"{}"),
        ({"Upgrade": "h2c"}, b"{}"),
        ({"Content-Length": "2 "}, b"{}"),
        ({"Content-Length": None}, b"{}"),
        ({"X-Request-ID": "a b"}, b"{}"),
        ({"Extra": "x" * 5000}, b"{}"),
        ({}, b"{}{}"),
        ({}, b""),
    ],
    ids=str,
)
def test_a_head_that_is_not_simple_is_parsed_each_time(changes: dict[str, Any], body: bytes) -> None:
    assert KnownHead.of(data(**changes), body, headers(**changes), 1000) is None


def test_a_header_given_twice_is_not_simple() -> None:
    twice = data().replace(b"\r\nHost", b"\r\nx-request-id: one-7\r\nHost")
    assert KnownHead.of(twice, b"{}", headers(), 1000) is None


def test_a_long_body_is_parsed_whatever_is_accepted() -> None:
    head = KnownHead.of(data(), b"{}", headers(), 10**9)
    assert head
    assert head.read(data(b"x" * LONG_BODY_BYTES))
    assert head.read(data(b"x" * (LONG_BODY_BYTES + 1))) is None


class Parsed:
    """The headers and the body that the parser of the server finds in a call."""

    def __init__(self, sent: bytes) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.is_complete = False
        httptools.HttpRequestParser(self).feed_data(sent)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.is_complete = True


def with_value(name: str, value: bytes) -> bytes:
    """The call with other bytes in the place of the value of a header."""
    before, after = data().split(f"{name}: {LINES[name]}\r\n".encode())
    return b"%b%b: %b\r\n%b" % (before, name.encode(), value, after)


def with_part(place: int, length: int, part: bytes) -> bytes:
    """The call with other bytes somewhere."""
    return data()[:place] + part + data()[place + length :]


LATER_TRACES = st.binary(max_size=8).map(lambda rest: b"01%b-%b" % (TRACE[2:].encode(), rest))


@given(
    st.builds(with_value, st.sampled_from(["X-Request-ID", "Content-Length"]), st.binary(max_size=6))
    | st.builds(with_value, st.just("traceparent"), st.binary(max_size=6) | LATER_TRACES)
    | st.builds(with_part, st.integers(0, len(data())), st.integers(0, 3), st.binary(max_size=3))
)
def test_whatever_is_read_is_what_the_parser_finds(sent: bytes) -> None:
    head = known()
    if values := head.read(sent):
        parsed = Parsed(sent)
        assert parsed.is_complete
        assert (parsed.headers, parsed.body) == (head.headers_of(values), values.body)
