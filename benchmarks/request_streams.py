"""Bodies of requests without end, made in Python: of known shapes, of new ones, about new facts, by other rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from math import prod

from benchmarks.http_requests import Json, make_requests
from benchmarks.mixes import READ, STRIDE, UNREAD, Slots


def known_shapes() -> Iterator[bytes]:
    """Bodies of 48 shapes in turn, each with an id and a text of its own."""
    requests = make_requests()
    for number in count():
        request = {**requests[number % len(requests)], "request_id": f"request-{number:09}"}
        yield _encode({**request, "urgency": {**request["urgency"], "ground": f"see the letter {number}"}})


def new_shapes() -> Iterator[bytes]:
    """Bodies of which no two have the same shape, about facts that recur."""
    return _combined(UNREAD)


def new_facts() -> Iterator[bytes]:
    """Bodies of which no two have the same of the facts that policies read."""
    return _combined(READ)


def new_rules() -> Iterator[bytes]:
    """Bodies that `grown_policies.tree` decides by one of its rules after the other; no two have the same facts."""
    for number in count():
        first, second, third = number % 10, number // 10 % 10, number // 100 % 10
        yield _encode(
            {
                "request_id": f"request-{number:09}",
                "department": {"id": str(first)},
                "mission": {"countries": ["FR"]},
                "visit": {"place": str(second)},
                "items": [{"published": False, "owner": str(third), "secrecy_grade": str(number // 1000)}],
            }
        )


def _combined(slots: Slots) -> Iterator[bytes]:
    """Every combination of the slots once, in an order in which neighbours differ."""
    requests, combinations = make_requests(), prod(map(len, slots.values()))
    for number in range(combinations):
        request: Json = {**requests[number % len(requests)], "request_id": f"request-{number:09}"}
        rest = number * STRIDE % combinations
        for name, values in slots.items():
            rest, place = divmod(rest, len(values))
            *parts, fact = name.split(".")
            _put(request, parts, fact, values[place])
        yield _encode(request)


def _put(request: Json, parts: list[str], fact: str, value: object) -> None:
    if not parts:
        request[fact] = value
    elif parts == ["item"]:
        request["items"] = [{**request["items"][0], fact: value}]
    else:
        request[parts[0]] = {**request.get(parts[0], {}), fact: value}


def _encode(request: Json) -> bytes:
    return json.dumps(request, separators=(",", ":")).encode()
