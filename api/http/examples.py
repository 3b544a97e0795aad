"""Examples of bodies in the words of the policies in force, made of their schemas.

Those that stand with the routes are of one vocabulary; where another one is in force, they would not be taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.http.schema_names import OF_THE_POLICIES
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from engine import Vocabulary

_DAY, _TIME = "2000-01-31", "2000-01-31T12:00:00Z"
_JSON = "application/json"


def fits(example: Mapping[str, Any], vocabulary: Vocabulary) -> bool:
    """Whether the example is a request in the words of the vocabulary."""
    return not isinstance(read_request(json.dumps(example).encode(), vocabulary), Problem)


def write_examples(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    """Put examples in the words in force into the calls whose bodies are written in them."""
    for operations in paths.values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {}).get(_JSON)
            if content and _is_open(content["schema"], schemas):
                content["example"] = example_of(content["schema"], schemas)


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return a value of the schema: of each choice the first, of a list one entry, days only where required."""
    if "$ref" in schema:
        return example_of(schemas[_name_in(schema)], schemas)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return dict(_members(schema, schemas))
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return example_of(choices[0], schemas)
    match schema.get("type"):
        case "array":
            return [example_of(schema["items"], schemas)]
        case "boolean":
            return True
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "string":
            return {"date": _DAY, "date-time": _TIME}.get(schema.get("format", ""), "text")
        case _:
            return None


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of an object that belong together: all that are required, and the words of the policies."""
    stated = {**schema["properties"], **schema.get("anyOf", [{}])[0].get("properties", {})}
    required = {*schema.get("required", ()), *schema.get("anyOf", [{}])[0].get("required", ())}
    for name, member in stated.items():
        if name in required or (_is_fact(member) and '"date' not in json.dumps(member)):
            value = example_of(member, schemas)
            if value != {}:
                yield name, value


def _is_fact(member: Mapping[str, Any]) -> bool:
    """Whether a member is a fact, or a group of facts."""
    parts = (member, *member.get("anyOf", ()))
    return "x-answered-by" in member or any("$ref" in part for part in parts)


def _is_open(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    """Whether the body, or a list in it, is written in the words of the policies."""
    parts = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if "items" in schema:
        parts += [schema["items"], *schema["items"].get("anyOf", ())]
    named = [schemas[_name_in(part)] for part in parts if "$ref" in part]
    return any(
        OF_THE_POLICIES.items() <= one.items()
        or any(_is_open(p, schemas) for p in one.get("properties", {}).values())
        for one in named
    )


def _name_in(reference: Mapping[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]
