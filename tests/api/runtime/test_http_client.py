"""Asking a stranger over HTTP: neither an answer without an end nor one that never comes is waited for.

Covers: api.runtime.http_client
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from api.runtime.http_client import MOST_TEXT_BYTES, HttpReply, post_text

SECONDS = 0.3


@contextmanager
def answering(head: bytes, piece: bytes) -> Iterator[str]:
    """The address of somebody who answers one call: once with `head`, then with `piece` until nobody listens."""

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(head)
            while piece and not ended.wait(0.01):
                try:
                    connection.sendall(piece)
                except OSError:
                    return

    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def test_a_whole_answer_is_read() -> None:
    with answering(b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n7\n", b"") as url:
        assert post_text(url, "/", b"") == HttpReply(409, b"7\n")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["nothing", "a line", "without length", "with a length"],
)
def test_an_answer_that_comes_byte_by_byte_is_given_up(head: bytes) -> None:
    with answering(head, b"x") as url, pytest.raises(TimeoutError, match="too long"):
        post_text(url, "/", b"", SECONDS)


def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    with (
        answering(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1_000_000) as url,
        pytest.raises(OSError, match=f"more than {MOST_TEXT_BYTES} bytes"),
    ):
        post_text(url, "/", b"")
