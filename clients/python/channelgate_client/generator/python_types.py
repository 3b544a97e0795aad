"""The schemas as Python: models of pydantic for answers, typed dictionaries for what is stated."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping

from channelgate_client.generator.document import (
    Interface,
    Schema,
    choices_of,
    is_open,
    name_in,
    sentences,
    words_of,
)

HEAD = '"""{}\n\nMade by `python -m channelgate_client.generator` from the OpenAPI document; do not edit.\n"""\n\n'
_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "null": "None", "object": "Mapping[str, Any]"}
_DAYS = {"date": "dt.date", "date-time": "dt.datetime"}
_IMPORTS = """from __future__ import annotations

import datetime as dt
from collections.abc import Mapping{abc}
{decimal}{enum}from typing import Any, Literal{typing}
"""


def write_models(interface: Interface) -> str:
    """Return the module of the models of answers."""
    imports = _IMPORTS.format(
        abc="", decimal="from decimal import Decimal\n", enum="from enum import StrEnum\n", typing=""
    )
    head = HEAD.format("The answers of the service.")
    parts = [_model(name, interface.schemas[name], interface.schemas) for name in interface.answers]
    return (
        f"{head}{imports}\nfrom pydantic import Field\n\nfrom channelgate_client.answers import Answer\n\n\n"
        + ("\n\n".join(parts))
    )


def write_statements(interface: Interface) -> str:
    """Return the module of what is stated in the bodies of calls."""
    imports = _IMPORTS.format(abc=", Sequence", decimal="", enum="", typing=", NotRequired, TypedDict")
    head = HEAD.format("What is stated in the bodies of calls.")
    used = sorted(set(interface.answers) & _named(interface))
    models = f"\nfrom channelgate_client.generated.models import {', '.join(used)}\n" if used else ""
    alias = (
        "\nJsonObject = Mapping[str, Any]\n"
        '"""A request or a statement in the words of the policies in force."""\n'
    )
    parts = [_statement(name, interface.schemas[name], interface.schemas) for name in interface.statements]
    return "\n\n".join([f"{head}{imports}{models}{alias}", *parts])


def answer_type(schema: Schema, schemas: Mapping[str, Schema], prefix: str = "") -> str:
    """Return the type of a value that is answered; `prefix` stands before the names of models."""
    if "$ref" in schema:
        name = name_in(schema["$ref"])
        return "Mapping[str, Any]" if is_open(schemas[name]) else prefix + name
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if (words := words_of(schema)) is not None:
        return f"Literal[{', '.join(map(repr, words))}]"
    if choices := choices_of(schema):
        return " | ".join(dict.fromkeys(answer_type(one, schemas, prefix) for one in choices))
    match schema.get("type"):
        case "array":
            return f"tuple[{answer_type(schema['items'], schemas, prefix)}, ...]"
        case "object" if isinstance(schema.get("additionalProperties"), Mapping):
            keys = answer_type(schema.get("propertyNames", {"type": "string"}), schemas, prefix)
            return f"Mapping[{keys}, {answer_type(schema['additionalProperties'], schemas, prefix)}]"
        case "string" if schema.get("format") in _DAYS:
            return _DAYS[schema["format"]]
        case "number":
            return "Decimal"
        case str() as plain:
            return _TYPES[plain]
        case _:
            return "Any"


def statement_type(schema: Schema, schemas: Mapping[str, Schema], prefix: str = "") -> str:
    """Return the type of a value that is stated; a day may be stated as one, or as text."""
    if "$ref" in schema:
        name = name_in(schema["$ref"])
        return "JsonObject" if is_open(schemas[name]) else prefix + name
    if choices := choices_of(schema):
        return " | ".join(dict.fromkeys(statement_type(one, schemas, prefix) for one in choices))
    match schema.get("type"):
        case "array":
            return f"Sequence[{statement_type(schema['items'], schemas, prefix)}]"
        case "object" if "patternProperties" in schema:
            (one,) = schema["patternProperties"].values()
            return f"Mapping[str, {statement_type(one, schemas, prefix)}]"
        case "string" if schema.get("format") in _DAYS:
            return f"{_DAYS[schema['format']]} | str"
        case "number":
            return "float"
        case _:
            return answer_type(schema, schemas, prefix)


def docstring(text: str, indent: str) -> str:
    """Return the text as a docstring."""
    written = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\n", f"\n{indent}")
    lines = "\n".join(line.rstrip() for line in written.splitlines())
    closing = f"\n{indent}" if "\n" in lines or lines.endswith('"') else ""
    return f'{indent}"""{lines}{closing}"""'


def _model(name: str, schema: Schema, schemas: Mapping[str, Schema]) -> str:
    if "properties" not in schema:
        words = words_of(schema) or []
        members = [f"    {_constant(word)} = {word!r}" for word in words]
        return "\n".join([f"class {name}(StrEnum):", _described(schema), "", *members, ""])
    open_ended = ", extra='allow'" if schema.get("additionalProperties") is True else ""
    members = list(_members(schema, schemas))
    return "\n".join([f"class {name}(Answer{open_ended}):", _described(schema), "", *members, ""])


def _members(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[str]:
    for name, member in schema["properties"].items():
        kind = answer_type(member, schemas)
        if name in schema.get("required", ()):
            default = ""
        elif member.get("default") is not None:
            default = {"[]": "()"}.get(repr(member["default"]), repr(member["default"]))
        else:
            kind, default = kind if "None" in kind.split(" | ") else f"{kind} | None", "None"
        if keyword.iskeyword(name):
            first = f"{default}, " if default else ""
            yield f"    {name}_: {kind} = Field({first}alias={name!r})"
        else:
            yield f"    {name}: {kind}" + (f" = {default}" if default else "")
        if "description" in member:
            yield docstring(member["description"], "    ")


def _statement(name: str, schema: Schema, schemas: Mapping[str, Schema]) -> str:
    if (words := words_of(schema)) is not None:
        return f"{name} = Literal[{', '.join(map(repr, words))}]\n{docstring(schema['description'], '')}\n"
    lines = [f"class {name}(TypedDict):", _described(schema), ""]
    for member, one in schema["properties"].items():
        kind = statement_type(one, schemas)
        required = member in schema.get("required", ())
        lines.append(f"    {member}: {kind if required else f'NotRequired[{kind}]'}")
    return "\n".join([*lines, ""])


def _described(schema: Schema) -> str:
    return docstring(
        sentences(schema.get("description", ""), "" if "description" in schema else schema["title"]), "    "
    )


def _constant(word: str) -> str:
    return re.sub("[^A-Z0-9]+", "_", word.upper())


def _named(interface: Interface) -> set[str]:
    """The schemas that are named by what is stated."""
    text = str([interface.schemas[name] for name in interface.statements])
    return {name for name in interface.answers if f"schemas/{name}'" in text}
