"""The shape of the policy files as a JSON Schema, so that editors complete keys and underline what cannot stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from engine.formatting.key_words import MEANINGS
from engine.formatting.known_names import known_names
from engine.loading.file_kinds import FILE_KINDS, PolicyDocument
from engine.policy.model import PolicySet

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINING = ("ClauseText.clause", "ReadingText.reading", "RulingText.ruling")
"""Keys whose value is a new name."""
DAY = r"^\d{4}-\d\d-\d\d$"


def policy_schema(policies: PolicySet | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of every kind of policy file, with what each key means.

    It knows the shape of a file (codes P01 to P07), not what its names refer to: those of `policies` it offers, and
    refuses no others. A day is a text to an editor.
    """
    names = known_names(policies) if policies else {}
    adapter: TypeAdapter[PolicyDocument] = TypeAdapter(PolicyDocument)
    schema = adapter.json_schema(by_alias=True, mode="validation")
    parts = {name: _part(name, part, names) for name, part in schema["$defs"].items()}
    kinds = [
        {"if": {"required": [key]}, "then": {"$ref": f"#/$defs/{model.__name__}"}}
        for key, model in FILE_KINDS.items()
    ]
    return {
        "$schema": DIALECT,
        "title": "A policy file of channelgate",
        "description": "One of: the directive, the ruling book, a country's policy, the invariants, the vocabulary, "
        "the registers, a language, the mapping of AuthZEN.",
        "type": "object",
        "oneOf": [{"required": [key]} for key in FILE_KINDS],
        "allOf": kinds,
        "$defs": parts,
    }


def _part(name: str, part: dict[str, Any], names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    plain = _plain(part)
    plain.pop("title", None)
    for key, value in plain.get("properties", {}).items():
        value["description"] = MEANINGS.get(f"{name}.{key}") or MEANINGS[key]
        offered = names.get(f"{name}.{key}") or names.get(key)
        if offered and f"{name}.{key}" not in DEFINING:
            _offer(value, offered)
    return dict(plain)


def _offer(value: dict[str, Any], names: Sequence[str]) -> None:
    """Have an editor offer names for a text, and for each text of a list."""
    for option in value.get("anyOf", [value]):
        text = option["items"] if option.get("type") == "array" else option
        if text.get("type") == "string":
            text["examples"] = list(names)


def _plain(value: Any) -> Any:
    """What pydantic says, without its titles and defaults; days with their spelling, keys held to their pattern."""
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    plain = {
        key: {name: _plain(inner) for name, inner in part.items()} if key == "properties" else _plain(part)
        for key, part in value.items()
        if key not in ("default", "title")
    }
    if plain.get("format") == "date":
        plain["pattern"] = DAY
    if isinstance(plain.get("anyOf"), list):
        # A key left empty is a fault of its own (Y17): no key may be null.
        options = [option for option in plain.pop("anyOf") if option != {"type": "null"}]
        plain.update(options[0] if len(options) == 1 else {"anyOf": options})
    if "patternProperties" in plain:
        plain["additionalProperties"] = False
    return plain
