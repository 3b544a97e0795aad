"""A plain HTTP client for a service of ours: a connection a request, no proxy, no redirect."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

SECONDS_TO_ANSWER = 30
MOST_TEXT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpReply:
    """The response of the server."""

    status_code: int
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8")

    def json(self) -> Any:
        """The body as plain data. Raises ValueError if it is no JSON."""
        return json.loads(self.content)


def send(
    base_url: str,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> HttpReply:
    """Send one request, its body as JSON unless it is None, and read the answer. Raises OSError.

    What `base_url` has behind its host stands before each path.
    """
    query = f"?{urlencode(params)}" if params else ""
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    kind = {} if content is None else {"Content-Type": "application/json"}
    return _exchanged(base_url, method, path + query, content, {**kind, **(headers or {})})


def post_text(base_url: str, path: str, content: bytes, seconds: float = SECONDS_TO_ANSWER) -> HttpReply:
    """Send text in UTF-8 by POST, and read the answer. Raises OSError.

    Whoever answers need not be a service of ours: that may take `seconds` in all, and `MOST_TEXT_BYTES`.
    """
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return _exchanged(base_url, "POST", path, content, headers, _Bounds(seconds, MOST_TEXT_BYTES))


class _Bounds(NamedTuple):
    """How long an answer may take in all, and how many bytes it may have."""

    seconds: float
    most_bytes: int


def _exchanged(
    base_url: str,
    method: str,
    path: str,
    content: bytes | None,
    headers: Mapping[str, str],
    bounds: _Bounds | None = None,
) -> HttpReply:
    place = urlsplit(base_url)
    target = place.path.rstrip("/") + path
    connect = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = connect(place.hostname or "", place.port, timeout=SECONDS_TO_ANSWER)
    try:
        connection.connect()
        with _given_up_after(connection.sock, bounds.seconds) if bounds else nullcontext():
            connection.request(method, target, content, dict(headers))
            answer = connection.getresponse()
            read = answer.read(bounds.most_bytes + 1) if bounds else answer.read()
        if bounds and len(read) > bounds.most_bytes:
            raise OSError(0, f"its answer has more than {bounds.most_bytes} bytes")
        return HttpReply(answer.status, read)
    except ConnectionError:
        raise
    except HTTPException as error:
        raise OSError(0, "what answers there does not speak HTTP") from error
    finally:
        connection.close()


@contextmanager
def _given_up_after(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Give a connection up if the content of a `with` block takes longer, and raise TimeoutError.

    The timeout of a socket begins anew with each byte.
    """
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        with suppress(OSError):  # it has ended meanwhile
            socket.socket.shutdown(
                connection, socket.SHUT_RDWR
            )  # that of TLS would take its state from the reader

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if not is_late.is_set():
            raise
    finally:
        timer.cancel()
    if is_late.is_set():
        raise TimeoutError(0, "it took too long to answer")
