"""The page `/docs`: the calls and the schemas of the OpenAPI document, rendered on the server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from api.http.reference.schema_words import Piece, bounds_of, describe

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member of a schema, or a parameter of a call."""

    name: str
    place: str
    required: bool
    pieces: list[Piece]
    bounds: str
    description: str


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer of a call: status, meaning, and of what media type and schema its body is."""

    status: str
    description: str
    media_type: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call; `body` is empty where it takes none, `credentials` where it is open to anybody."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    credentials: list[str]
    members: list[ShownMember]
    body: list[Piece]
    example: str
    answers: list[ShownAnswer]


@dataclass(frozen=True, slots=True)
class ShownSchema:
    """A schema: its members, or in words what a value of it is."""

    name: str
    description: str
    members: list[ShownMember]
    pieces: list[Piece]


def render_reference(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document as HTML."""
    areas: dict[str, list[ShownCall]] = {}
    for path, calls in document["paths"].items():
        for method, operation in calls.items():
            areas.setdefault(operation["tags"][0], []).append(_call(method, path, operation))
    page: str = _template().render(
        info=document["info"],
        areas=areas,
        schemes=document["components"]["securitySchemes"],
        schemas=[_schema(name, one) for name, one in sorted(document["components"]["schemas"].items())],
    )
    return page


def marked(text: str) -> Markup:
    """Return a text as HTML, with what stands in it between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    return environment.get_template("page.html")


def _call(method: str, path: str, operation: Mapping[str, Any]) -> ShownCall:
    content = operation.get("requestBody", {}).get("content", {}).get(_JSON, {})
    return ShownCall(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        credentials=[name for one in operation["security"] for name in one],
        members=[
            _member(one["name"], one["schema"], one["in"], one["required"], one.get("description"))
            for one in operation.get("parameters", ())
        ],
        body=describe(content["schema"]) if content else [],
        example=json.dumps(content["example"], indent=2, ensure_ascii=False) if content else "",
        answers=[
            answer for status, one in operation["responses"].items() for answer in _answers(status, one)
        ],
    )


def _answers(status: str, response: Mapping[str, Any]) -> Iterator[ShownAnswer]:
    for media_type, content in (response.get("content") or {"": {}}).items():
        schema = content.get("schema")
        yield ShownAnswer(status, response["description"], media_type, describe(schema) if schema else [])


def _schema(name: str, schema: Mapping[str, Any]) -> ShownSchema:
    members = [
        _member(member, one, "", member in schema.get("required", ()), one.get("description"))
        for member, one in schema.get("properties", {}).items()
    ]
    return ShownSchema(name, schema.get("description", ""), members, [] if members else describe(schema))


def _member(
    name: str, schema: Mapping[str, Any], place: str, required: bool, description: str | None
) -> ShownMember:
    return ShownMember(name, place, required, describe(schema), bounds_of(schema), description or "")
