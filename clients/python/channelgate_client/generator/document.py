"""The OpenAPI document as a client needs it: which schemas are answers, which are statements, which calls there are.

What other policies write otherwise (`x-of-the-policies`) is left open, so that one client fits every installation;
`with_policies` closes it again, for a client of one installation alone.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OPEN = "x-of-the-policies"
MOST_WORDS = 40
"""A list of more words (of all countries) is a text to a client."""
_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
_JSON = "application/json"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a call: its name on the wire, that of the argument, and `path`, `query` or `header`."""

    name: str
    argument: str
    place: str
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Operation:
    """A call; `answers` has the schema of each good status, None for a text."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    answers: Mapping[int, Schema | None]


@dataclass(frozen=True, slots=True)
class Interface:
    """The schemas by name, the names of those that are answers and of those that are stated, and the calls."""

    schemas: Mapping[str, Schema]
    answers: tuple[str, ...]
    statements: tuple[str, ...]
    operations: tuple[Operation, ...]


def read_document(document: Schema, *, with_policies: bool = False) -> Interface:
    """Return the interface of a document; `with_policies` includes what the policies in force say."""
    if with_policies:
        document = json.loads(json.dumps(document).replace(f'"{OPEN}"', '"x-closed"'))
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    operations = tuple(_operations(document["paths"]))
    answers = _reached(schemas, (one for call in operations for one in call.answers.values())) | {"Problem"}
    answers |= _reached(schemas, [schemas["Problem"]])
    stated = _reached(schemas, (call.body for call in operations)) - answers
    return Interface(
        schemas=schemas,
        answers=tuple(sorted(answers)),
        statements=tuple(sorted(name for name in stated if not is_open(schemas[name]))),
        operations=operations,
    )


def is_open(schema: Schema) -> bool:
    """Whether other policies write the schema otherwise."""
    return bool(schema.get(OPEN))


def name_in(reference: str) -> str:
    """Return the name of the schema that a reference names."""
    return reference.rpartition("/")[2]


def words_of(schema: Schema) -> list[str] | None:
    """Return the words of which a text is one, unless it is any text to a client."""
    words = schema.get("enum")
    return None if words is None or is_open(schema) or len(words) > MOST_WORDS else words


def choices_of(schema: Schema) -> list[Schema]:
    """Return the schemas of which a value has one; empty where there is but one."""
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": one} for one in schema["type"]]
    return [] if "properties" in schema else schema.get("anyOf") or schema.get("oneOf") or []


def sentences(*texts: str) -> str:
    """Return the texts as one, each a paragraph; texts that are empty or said before are left out."""
    return "\n\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _operations(paths: Schema) -> Iterator[Operation]:
    for path, calls in paths.items():
        for method, call in calls.items():
            body = call.get("requestBody")
            yield Operation(
                name=call["operationId"],
                method=method.upper(),
                path=path,
                summary=call["summary"],
                description=call["description"],
                parameters=tuple(map(_parameter, call.get("parameters", ()))),
                body=body["content"][_JSON]["schema"] if body else None,
                answers={
                    int(status): answer["content"][_JSON]["schema"] if _JSON in answer["content"] else None
                    for status, answer in call["responses"].items()
                    if status.startswith("2")
                },
            )


def _parameter(stated: Schema) -> Parameter:
    argument = stated["name"].lower().replace("-", "_")
    return Parameter(
        name=stated["name"],
        argument=f"{argument}_" if keyword.iskeyword(argument) else argument,
        place=stated["in"],
        required=stated["required"],
        schema=stated["schema"],
    )


def _reached(schemas: Mapping[str, Schema], starts: Iterable[Schema | None]) -> set[str]:
    """The names of the schemas to which these lead; an open one is a leaf."""
    found: set[str] = set()
    ahead = [name for start in starts if start for name in _REFERENCE.findall(json.dumps(start))]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            if not is_open(schemas[name]):
                ahead += _REFERENCE.findall(json.dumps(schemas[name]))
    return found
