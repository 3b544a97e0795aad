"""The schemas and the calls as a module of TypeScript: interfaces, unions of words, a class with a method a call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from channelgate_client.generator.document import (
    Interface,
    Operation,
    Parameter,
    Schema,
    choices_of,
    is_open,
    name_in,
    sentences,
    words_of,
)

_HEAD = """// The answers, the statements and the calls of the service.
// Made by `python -m channelgate_client.generator` from the OpenAPI document; do not edit.

import type { Given, JsonObject, Operation } from "./operations.js";
"""
_TYPES = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "object": "JsonObject",
}
_KEY = "Idempotency-Key"
_CLASS = """/** A method for each call of the service. */
export abstract class Calls {
  protected abstract call<T>(operation: Operation, given: Given): Promise<T>;
"""


def write_typescript(interface: Interface) -> str:
    """Return the module."""
    names = sorted({*interface.answers, *interface.statements})
    parts = [_HEAD, *(_type(name, interface.schemas[name], interface.schemas) for name in names), _CLASS]
    parts += [_method(call, interface) for call in interface.operations]
    return "\n".join([*parts, "}\n"])


def type_of(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """Return the type of a value in JSON."""
    if "$ref" in schema:
        name = name_in(schema["$ref"])
        return "JsonObject" if is_open(schemas[name]) else name
    if "const" in schema:
        return json.dumps(schema["const"])
    if (words := words_of(schema)) is not None:
        return " | ".join(map(json.dumps, words))
    if choices := choices_of(schema):
        return " | ".join(dict.fromkeys(type_of(one, schemas) for one in choices))
    match schema.get("type"):
        case "array":
            return f"ReadonlyArray<{type_of(schema['items'], schemas)}>"
        case "object":
            values = schema.get("additionalProperties")
            patterns = [*schema.get("patternProperties", {}).values()]
            one = values if isinstance(values, Mapping) else patterns[0] if patterns else None
            return f"Readonly<Record<string, {type_of(one, schemas)}>>" if one else "JsonObject"
        case str() as plain:
            return _TYPES[plain]
        case _:
            return "unknown"


def _type(name: str, schema: Schema, schemas: Mapping[str, Schema]) -> str:
    described = _comment(schema.get("description", schema.get("title", name)), "")
    if "properties" not in schema:
        return f"{described}export type {name} = {type_of(schema, schemas)};\n"
    lines = [f"{described}export interface {name} {{"]
    for member, one in schema["properties"].items():
        optional = "" if member in schema.get("required", ()) else "?"
        comment = _comment(one["description"], "  ") if "description" in one else ""
        lines.append(f"{comment}  readonly {member}{optional}: {type_of(one, schemas)};")
    if schema.get("additionalProperties") is True:
        lines.append("  readonly [name: string]: unknown;")
    return "\n".join([*lines, "}\n"])


def _method(call: Operation, interface: Interface) -> str:
    answers = ", ".join(
        f'{status}: "{"json" if schema else "text"}"' for status, schema in sorted(call.answers.items())
    )
    kinds = [
        type_of(schema, interface.schemas) if schema else "string"
        for _, schema in sorted(call.answers.items(), reverse=True)
    ]
    answer = " | ".join(dict.fromkeys(part for kind in kinds for part in _parts(kind)))
    given = ", ".join([*_given(call), *(["body"] if call.body is not None else [])])
    operation = (
        f'{{ name: "{call.name}", method: "{call.method}", path: "{call.path}", answers: {{ {answers} }} }}'
    )
    return (
        f"{_comment(sentences(f'{call.summary}.'.replace('?.', '?'), call.description), '  ')}"
        f"  {_camel(call.name)}({', '.join(_arguments(call, interface))}): Promise<{answer}> {{\n"
        f"    return this.call({operation}, {{ {given} }});\n"
        f"  }}\n"
    )


def _given(call: Operation) -> Iterator[str]:
    for place in dict.fromkeys(one.place for one in call.parameters):
        members = ", ".join(
            f'"{one.name}": {_argument(one) if place == "path" else f"options.{_argument(one)}"}'
            for one in call.parameters
            if one.place == place
        )
        yield f"{place}: {{ {members} }}"


def _arguments(call: Operation, interface: Interface) -> Iterator[str]:
    for one in call.parameters:
        if one.place == "path":
            yield f"{_argument(one)}: {type_of(one.schema, interface.schemas)}"
    if call.body is not None:
        yield f"body: {type_of(call.body, interface.schemas)} | Uint8Array"
    options = [one for one in call.parameters if one.place != "path"]
    if options:
        needed = [one for one in options if one.required and one.name != _KEY]
        members = "; ".join(
            f"{_argument(one)}{'' if one in needed else '?'}: {type_of(one.schema, interface.schemas)}"
            for one in options
        )
        yield f"options: {{ {members} }}" + ("" if needed else " = {}")


def _argument(parameter: Parameter) -> str:
    return _camel(parameter.name.lower().replace("-", "_"))


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


def _parts(kind: str) -> list[str]:
    return [kind] if "<" in kind else kind.split(" | ")


def _comment(text: str, indent: str) -> str:
    lines = text.replace("*/", "* /").strip().splitlines()
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return "\n".join([f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */\n"])
