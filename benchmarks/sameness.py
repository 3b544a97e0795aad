"""Answers of a server beside those of another that answers the strict way: all bytes but id and moment of a decision.

Load generators count statuses only; a service that answered quickly and wrongly would look fast.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Sequence
from contextlib import closing

from benchmarks.processes import CannotMeasure, Server

_ID = re.compile(rb'"decision_id":"([^"]+)"')
_MOMENT = re.compile(rb'"evaluated_at":"[^"]+"')
_OWN_HEADERS = ("date", "x-request-id")
Answer = tuple[int, Sequence[tuple[str, str]], bytes]


def compare_answers(server: Server, strict: Server, sample: Sequence[tuple[str, bytes]]) -> int:
    """Return how many answers were compared: each request of the sample is sent twice, as its shape is new but once.

    Raises `CannotMeasure` at the first answer that differs in status, headers or body from that of `strict`.
    """
    compared = 0
    with (
        server.going(),
        strict.going(),
        closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as measured,
        closing(http.client.HTTPConnection("127.0.0.1", strict.port, timeout=60)) as beside,
    ):
        for token, body in sample:
            wanted = _answer(beside, strict, token, body)
            for _ in range(2):
                found = _answer(measured, server, token, body)
                if found != wanted:
                    raise CannotMeasure(_difference(server, body, found, wanted))
                compared += 1
    return compared


def _answer(connection: http.client.HTTPConnection, server: Server, token: str, body: bytes) -> Answer:
    own = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request(
        "POST", server.path, body, {"Content-Type": "application/json", **server.headers, **own}
    )
    response = connection.getresponse()
    content = response.read()
    headers = [(name.lower(), value) for name, value in response.getheaders()]
    return response.status, [one for one in headers if one[0] not in _OWN_HEADERS], comparable(content)


def comparable(content: bytes) -> bytes:
    """The answer without the id and the moment of its decision, wherever they stand in it."""
    named = _ID.search(content)
    if named:
        content = content.replace(named[1], b"ID")
    return _MOMENT.sub(b'"evaluated_at":"MOMENT"', content)


def _difference(server: Server, body: bytes, found: Answer, wanted: Answer) -> str:
    if found[:2] != wanted[:2]:
        return f"{server.name} answers {found[:2]} where the strict way answers {wanted[:2]}, to {body!r}"
    pairs = enumerate(zip(found[2], wanted[2], strict=False))
    place = next((at for at, (one, other) in pairs if one != other), min(len(found[2]), len(wanted[2])))
    near = slice(max(0, place - 60), place + 60)
    return (
        f"{server.name} answers otherwise than the strict way from byte {place} on: {found[2][near]!r} "
        f"instead of {wanted[2][near]!r}, to {body!r}"
    )
