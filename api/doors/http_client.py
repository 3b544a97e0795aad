"""A plain HTTP client for a server on this machine: a connection a request, no proxy, no redirect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
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
    """Send one request, its body as JSON unless it is None, and read the answer. Raises OSError."""
    place = urlsplit(base_url)
    target = f"{path}?{urlencode(params)}" if params else path
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    kind = {} if content is None else {"Content-Type": "application/json"}
    connection = HTTPConnection(place.hostname or "", place.port, timeout=SECONDS_TO_ANSWER)
    try:
        connection.request(method, target, content, {**kind, **(headers or {})})
        answer = connection.getresponse()
        return HttpReply(answer.status, answer.read())
    finally:
        connection.close()
