"""How calls of the OpenID AuthZEN Authorization API state the facts of a request, as a policy folder says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.contract.vocabulary import Value

REQUEST_ID = "request_id"
LINE = "item.line"
"""What a call can state though it is no fact: the id of the request, and the mark of its line."""

ConstantValue = Value | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class EntityMapping:
    """A type of subjects or resources, or an action.

    `id` is the fact that the id of an entity states, `properties` has the facts by the path of a property, its steps
    joined by dots. `states` holds of every entity of the type, `known` of the entities with an id unless a call
    states the fact itself.
    """

    id: str | None
    properties: Mapping[str, str]
    states: Mapping[str, ConstantValue]
    known: Mapping[str, Mapping[str, ConstantValue]]


@dataclass(frozen=True, slots=True)
class AuthzenMapping:
    """Which facts a call states: subjects and resources by type, actions by name, members of the context by path."""

    subjects: Mapping[str, EntityMapping]
    actions: Mapping[str, EntityMapping]
    resources: Mapping[str, EntityMapping]
    context: Mapping[str, str]


NO_AUTHZEN = AuthzenMapping({}, {}, {}, {})
"""That of a folder which says nothing of calls."""
