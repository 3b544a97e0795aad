"""The parts of the OpenAPI document that routes over plain bytes must state themselves."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, create_model
from starlette.types import Receive, Scope, Send

from api.domain.permissions import PERMISSIONS, roles_for
from api.http.call_observer import CallObserver
from api.http.deprecation import DEPRECATED, mark_deprecated
from api.http.examples import fits, write_examples
from api.http.idempotency import KEY_FORM, MAX_KEY
from api.http.schema_names import OF_THE_POLICIES, SCHEMAS
from api.parsing.characters import LINE_FORM
from api.parsing.fields import DAY_FORM, MAX_NAME, MAX_SESSION, TIME_FORM
from api.parsing.problems import MEDIA_TYPE
from api.services.idempotent_commands import DRY_RUN
from api.services.paging import PageBound
from api.settings import Settings
from engine import PolicySet, Roles, Vocabulary

Responses = dict[int | str, dict[str, Any]]
"""What the document says of the answers of a call, by their status."""

EXAMPLE_REQUEST = {
    "request_id": "desk-7/0042",
    "as_of": "1965-03-02",
    "department": {"name": "Institute of Metallurgy", "kind": "institute"},
    "mission": {"countries": ["KP"], "kind": "professional_mission", "level": "national"},
    "trigger": "ad_hoc_request",
    "urgency": {"time_sensitive": False, "eagerly_wanted": True},
    "handover": {"by": "receiving_department", "to": "mission", "mode": "hand"},
    "items": [
        {"line": 1, "description": "Drawing of a furnace lining", "kind": "drawing", "legacy_list": "none"}
    ],
}


class Documented(FastAPI):
    """An application whose OpenAPI document holds the schemas of the contract, and says who may make which call."""

    credentials: Credentials
    """The credentials that the service takes."""
    name_words: Callable[[dict[str, Any]], None] = staticmethod(lambda _: None)
    """Writes further words of the policies in force into the schemas of answers."""
    observer: CallObserver
    """Observes every call, also one that fails."""
    policies: Callable[[], PolicySet]
    """The policies in force: their parties, which parameters name, their roles, and the words of requests."""
    _complete: Callable[[FastAPI], None] | None = None
    _early: frozenset[tuple[str, str]] = frozenset()
    _completing: threading.Lock
    _described: Vocabulary | None = None
    _described_schemas: frozenset[str] = frozenset()

    def complete_by(self, complete: Callable[[FastAPI], None], *early: APIRouter) -> None:
        """Have the other routes included by `complete`, before any call but those of the `early` routers is answered.

        Theirs are fixed addresses; what is early is answered meanwhile.
        """
        routes = [route for router in early for route in router.routes if isinstance(route, APIRoute)]
        self._early = frozenset((method, route.path) for route in routes for method in route.methods or ())
        self._complete = complete
        self._completing = threading.Lock()

    def complete(self) -> None:
        """Include the other routes, if they are not yet."""
        if self._complete is None:
            return
        with self._completing:
            if self._complete is not None:
                self._complete(self)
                self._complete = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call (ASGI), which is observed."""
        if scope["type"] == "http":
            await self.observer.answer(self._answer, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._complete is not None and (scope["method"], scope["path"]) not in self._early:
            await asyncio.to_thread(self.complete)
        await super().__call__(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the document; every reference in it resolves."""
        self.complete()
        if self.openapi_schema is None:
            document = super().openapi()
            _bound_addresses(document["paths"])
            mark_deprecated(document["paths"], DEPRECATED)
            document.setdefault("components", {})["securitySchemes"] = self.credentials.schemes
            _guard(document["paths"], self.credentials)
        document = super().openapi()
        schemas, policies = document["components"].setdefault("schemas", {}), self.policies()
        self._describe(policies.vocabulary, schemas, document["paths"])
        self.name_words(schemas)
        _name_parties(document["paths"], sorted(policies.parties))
        _name_roles(document["paths"], policies.roles)
        return document

    def _describe(self, vocabulary: Vocabulary, schemas: dict[str, Any], paths: dict[str, Any]) -> None:
        """Put the schemas and examples of the vocabulary in force in the place of those of the one before."""
        if vocabulary is self._described:
            return
        for name in self._described_schemas:
            del schemas[name]
        from api.http.vocabulary_schemas import schemas_of

        own = schemas_of(vocabulary, schemas)
        schemas.update(own)
        if self._described or not fits(EXAMPLE_REQUEST, vocabulary):
            write_examples(paths, schemas)
        self._described, self._described_schemas = vocabulary, frozenset(own)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a caller as OpenAPI security schemes, by their names; `optional` where none is needed."""

    schemes: Mapping[str, Any]
    optional: bool

    @property
    def requirements(self) -> list[dict[str, list[str]]]:
        """What a call has to carry: one of these."""
        return [{}] * self.optional + [{scheme: []} for scheme in self.schemes]


def credentials_of(settings: Settings) -> Credentials:
    """Return the credentials that the service takes.

    Where it identifies nobody they are optional, and all of them are described: a client that is generated from a
    service that is only tried out can call the one in earnest.
    """
    taken = {"token": settings.jwks, "api_key": settings.api_keys}
    schemes = {name: scheme for name, scheme in _SCHEMES.items() if taken[name] or not any(taken.values())}
    return Credentials(schemes, settings.insecure_no_auth)


def operation_id(route: APIRoute) -> str:
    """Return the name of a call for clients: that of its function; a call that only reads begins with `read_`."""
    return re.sub("^get_", "read_", route.name)


def _guard(paths: dict[str, Any], credentials: Credentials) -> None:
    """Write into each call of the table of permissions the credentials it requires, and the two refusals.

    Any other call is open: it says so itself, since a document that says nothing leaves that to its reader.
    """
    for path, operations in paths.items():
        for method, operation in operations.items():
            operation["security"] = []
            if f"{method.upper()} {path}" in PERMISSIONS:
                operation["security"] = credentials.requirements
                refusals = {"401": "The service does not know who calls", _REFUSED: ""}
                for status, description in refusals.items():
                    operation["responses"][status] = {"description": description, "content": _PROBLEM}
                operation["responses"] = dict(sorted(operation["responses"].items()))


def _name_roles(paths: dict[str, Any], roles: Roles) -> None:
    """Write into each call that not everybody may make the roles that may."""
    for path, operations in paths.items():
        for method, operation in operations.items():
            if refusal := operation["responses"].get(_REFUSED):
                named = roles_for(f"{method.upper()} {path}", roles)
                refusal["description"] = f"For: {', '.join(named) or 'nobody'}"


def _bound_addresses(paths: dict[str, Any]) -> None:
    """Write the bounds of the parameters of addresses: the ids and names of what there is, or a number."""
    for operations in paths.values():
        for operation in operations.values():
            for one in operation.get("parameters", ()):
                if one["in"] == "path":
                    one["schema"] = _NUMBERS.get(one["name"], NAME_SCHEMA)


def _name_parties(paths: dict[str, Any], parties: Collection[str]) -> None:
    """Write the parties that a parameter can name; other policies may have others."""
    for operations in paths.values():
        for operation in operations.values():
            for one in operation.get("parameters", ()):
                if one["name"] in _PARTIES:
                    one["schema"] = {"type": "string", "enum": list(parties)} | OF_THE_POLICIES


def reference(name: str) -> dict[str, str]:
    """Return the reference to a schema of the contract."""
    return {"$ref": SCHEMAS + name}


def answer(description: str, model: Any) -> Responses:
    """Return the entry for a 200 answer in JSON, of which `model` is written."""
    return {200: {"description": description, "model": model}}


def recorded(description: str, model: type[BaseModel]) -> Responses:
    """Return the entries for a 201 answer in JSON, of which `model` is written, and for that of a dry run."""
    return {201: {"description": description, "model": model}, **answer(_DRY, dry_run_of(model))}


@cache
def dry_run_of(model: type[BaseModel]) -> type[BaseModel]:
    """Return the model of the answer to a dry run of a call that is answered by `model`."""
    tried: type[BaseModel] = create_model(
        f"DryRunOf{model.__name__}", __base__=model, dry_run=(Literal[True], ...)
    )
    return tried


def parameter(name: str, place: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    """Return the entry for a parameter of an address or a header."""
    return {"name": name, "in": place, "required": required, "schema": schema}


def paging_parameters(bound: PageBound, after: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the entries for the two parameters of a paged list; `after` is the schema of an id."""
    limit = {"type": "integer", "minimum": 1, "maximum": bound.maximum, "default": bound.default}
    return [parameter("limit", "query", limit), parameter("after", "query", after or NAME_SCHEMA)]


# The schemas of parameters, each with the bounds by which it is read (`api.parsing.parameters`).
NAME_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": LINE_FORM}
DAY_SCHEMA = {"type": "string", "format": "date", "pattern": f"^{DAY_FORM}$", "maxLength": 10}
TIME_SCHEMA = {"type": "string", "format": "date-time", "pattern": f"^{TIME_FORM}$", "maxLength": 32}
SESSION_SCHEMA = {"type": "integer", "minimum": 1, "maximum": MAX_SESSION}
KEY_SCHEMA = {"type": "string", "pattern": f"^{KEY_FORM}$", "minLength": 1, "maxLength": MAX_KEY}
_NUMBERS = {"number": SESSION_SCHEMA}
_PARTIES = ("owner", "waiting_for")
_REFUSED = "403"
RECORDING = [
    parameter("Idempotency-Key", "header", KEY_SCHEMA, required=True),
    parameter(DRY_RUN, "query", {"type": "boolean", "default": False}),
]
"""The parameters of every call that records something."""


def problems(*statuses: int) -> Responses:
    """Return the entries for the problems of a route; with `default`, the framework adds no 422."""
    return {
        **{status: {"description": _MEANING[status], "content": _PROBLEM} for status in statuses},
        "default": {"description": "Any other problem; nothing was decided", "content": _PROBLEM},
    }


def body(schema: dict[str, Any], example: object) -> dict[str, Any]:
    """Return the `openapi_extra` of a route that reads a JSON body itself."""
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the issuer",
    },
    "api_key": {"type": "http", "scheme": "bearer", "description": "An API key, which begins with cg_"},
}
_DRY = "Of a dry run (`dry_run=true`): what would be answered; nothing is recorded, and the key is not used"
_PROBLEM = {MEDIA_TYPE: {"schema": reference("Problem")}}
_MEANING = {
    400: "The body is malformed; each fault is named with its place",
    404: "There is nothing at this address",
    409: "The Idempotency-Key stands for another call, or what is recorded does not permit this one",
    410: "What the call is about is over",
    412: "The case does not have that version; nothing was recorded",
    413: "The body or the list is too long",
    428: "The header If-Match is missing, or names no version",
    503: "Without the decision log or the issuer's keys no decision is given; try again after Retry-After",
}
