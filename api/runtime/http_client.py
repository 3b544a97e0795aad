"""A plain HTTP client for a service of ours: a connection a request, no proxy, no redirect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

SECONDS_TO_ANSWER = 30


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


def post_text(base_url: str, path: str, content: bytes) -> HttpReply:
    """Send text in UTF-8 by POST, and read the answer. Raises OSError."""
    return _exchanged(base_url, "POST", path, content, {"Content-Type": "text/plain; charset=utf-8"})


def _exchanged(
    base_url: str, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
) -> HttpReply:
    place = urlsplit(base_url)
    target = place.path.rstrip("/") + path
    connect = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = connect(place.hostname or "", place.port, timeout=SECONDS_TO_ANSWER)
    try:
        connection.request(method, target, content, dict(headers))
        answer = connection.getresponse()
        return HttpReply(answer.status, answer.read())
    except ConnectionError:
        raise
    except HTTPException as error:
        raise OSError(0, "what answers there does not speak HTTP") from error
    finally:
        connection.close()
