"""Frames come whole, in whatever pieces they are received, or not at all."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from api.ledger.handover import frames
from api.ledger.handover.frames import FrameFault, FrameReader, frame, is_own_user

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with one, other:
        yield one, other


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 70_000], ids=["empty", "one byte", "long"])
def test_a_frame_is_read_as_it_was_sent(pair: Pair, content: bytes) -> None:
    sending, receiving = pair
    sending.sendall(frame(content) + frame(b"next"))
    reader = FrameReader(receiving)
    assert reader.read() == content
    assert reader.read() == b"next"


def test_a_frame_that_comes_byte_by_byte_is_not_there_before_its_end(pair: Pair) -> None:
    sending, receiving = pair
    receiving.setblocking(False)
    reader, read = FrameReader(receiving), list[bytes]()
    for byte in frame(b"content"):
        assert read == []
        sending.sendall(bytes([byte]))
        read += [found for found in [reader.read()] if found is not None]
    assert read == [b"content"]


@pytest.mark.parametrize(
    "sent", [b"", frame(b"content")[:5], frame(b"content")[:-1]], ids=["", "head", "content"]
)
def test_a_frame_that_breaks_off_is_the_end(pair: Pair, sent: bytes) -> None:
    sending, receiving = pair
    sending.sendall(sent)
    sending.close()
    with pytest.raises(EOFError):
        FrameReader(receiving).read()


@pytest.mark.parametrize(
    ("place", "byte", "fault"),
    [
        (0, b"X", "does not begin"),
        (4, b"\x02", "version 2"),
        (6, b"\x01", "does not begin"),
        (11, b"\xff", "at most"),
    ],
    ids=["mark", "version", "rest", "length"],
)
def test_what_is_no_frame_of_this_version_is_a_fault(pair: Pair, place: int, byte: bytes, fault: str) -> None:
    sending, receiving = pair
    sent = bytearray(frame(b"content"))
    sent[place : place + 1] = byte
    sending.sendall(sent)
    with pytest.raises(FrameFault, match=fault):
        FrameReader(receiving).read()


def test_no_frame_is_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 4)
    assert frame(b"1234")
    with pytest.raises(FrameFault, match="too long"):
        frame(b"12345")


def test_the_other_side_is_known_by_its_user(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_own_user(pair[0])
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert not is_own_user(pair[0])
