"""The id of a call, and the trace it belongs to (W3C Trace Context)."""

from __future__ import annotations

import pytest

from api.runtime.current_call import TraceParent, read_request_id, read_trace_parent

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize("given", [b"7", b"desk-7/0042", b"!~", b"x" * 128])
def test_an_id_that_can_be_repeated_is_taken(given: bytes) -> None:
    assert read_request_id(given) == given.decode()


@pytest.mark.parametrize(
    "given",
    [None, b"", b"a b", b"x" * 129, "ä".encode(), b"a\tb", b"a\x00"],
    ids=["none", "empty", "blank", "long", "not ASCII", "tab", "null"],
)
def test_another_one_is_replaced(given: bytes | None) -> None:
    made = read_request_id(given)
    assert made.encode() != given
    assert read_request_id(made.encode()) == made


def test_an_id_is_made_once() -> None:
    assert len({read_request_id(None) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        (f"00-{TRACE}-{SPAN}-01", 1),
        (f"00-{TRACE}-{SPAN}-00", 0),
        (f"00-{TRACE}-{SPAN}-ff", 255),
        (f"01-{TRACE}-{SPAN}-01", 1),
        (f"01-{TRACE}-{SPAN}-01-more", 1),
    ],
    ids=["sampled", "not sampled", "unknown flags", "later version", "later version with a tail"],
)
def test_a_valid_parent_is_read(given: str, flags: int) -> None:
    assert read_trace_parent(given.encode()) == TraceParent(TRACE, SPAN, flags)


@pytest.mark.parametrize(
    "given",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"01-{TRACE}-{SPAN}-01more",
        "ä",
    ],
    ids=range(12),
)
def test_what_is_not_valid_is_no_parent(given: str) -> None:
    assert read_trace_parent(given.encode()) is None
