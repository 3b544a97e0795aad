"""Requests of the contract as calls of AuthZEN, by the mapping of the shipped policies turned round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import AuthzenMapping, load_policies
from tests.support.mistakes import SHIPPED

SHIPPED_POLICIES = load_policies(dict(SHIPPED))
assert SHIPPED_POLICIES.authzen is not None
SHIPPED_MAPPING: AuthzenMapping = SHIPPED_POLICIES.authzen

Call = dict[str, Any]


def places(mapping: AuthzenMapping = SHIPPED_MAPPING) -> dict[str, tuple[str, ...]]:
    """Where a call states each fact."""
    found: dict[str, tuple[str, ...]] = {}
    parts = {"subject": mapping.subjects, "action": mapping.actions, "resource": mapping.resources}
    for part, entities in parts.items():
        (entity,) = entities.values()
        found |= {fact: (part, "properties", *path.split(".")) for path, fact in entity.properties.items()}
        if entity.id:
            found[entity.id] = (part, "id")
    return found | {fact: ("context", *path.split(".")) for path, fact in mapping.context.items()}


PLACES = places()


def call_of(request: Call) -> Call:
    """The call that states what a request with one line states. The ids of mission and item are always stated."""
    (line,) = request["items"]
    call: Call = {
        "subject": {"type": "mission", "id": "a mission"},
        "action": {"name": "hand_over"},
        "resource": {"type": "item", "id": "1"},
    }
    stated = {**dict(_flat("", {name: part for name, part in request.items() if name != "items"}))}
    for fact, value in {**stated, **dict(_flat("item.", line))}.items():
        *way, last = PLACES[fact]
        into = call
        for step in way:
            into = into.setdefault(step, {})
        into[last] = value
    return call


def named(request: Call) -> Call:
    """A request with the names that a call cannot leave out."""
    (line,) = request["items"]
    mission = {"name": "a mission", **(request.get("mission") or {})}
    mission["name"] = mission["name"] or "a mission"
    return {**request, "mission": mission, "items": [{**line, "line": str(line.get("line") or 1)}]}


def _flat(prefix: str, members: Call) -> Iterator[tuple[str, Any]]:
    for name, value in members.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield prefix + name, value
