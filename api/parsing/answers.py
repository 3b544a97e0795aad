"""JSON answers as models: the answer and its schema in the OpenAPI document come from one class."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, WithJsonSchema
from pydantic.annotated_handlers import GetCoreSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

ErasableMember = Annotated[
    str | None, WithJsonSchema({"type": ["string", "null"], "description": "Null once it was erased"})
]


class JsonAnswer(BaseModel):
    """A part of an answer: frozen, its members in the order in which they are written.

    A member with a default is left out where it has no other value; one without a default is always written, as null
    if it may be None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def to_data(self) -> dict[str, Any]:
        """Return the members that are written; days, times and decimals as they are."""
        return self.model_dump(by_alias=True, exclude_defaults=True)

    def to_plain_data(self) -> dict[str, Any]:
        """Return the members that are written, as JSON has them."""
        plain: dict[str, Any] = json.loads(self.to_text())
        return plain

    def to_text(self) -> str:
        """Return the answer as JSON in ASCII."""
        return json.dumps(self.to_data(), default=as_plain)

    def to_bytes(self) -> bytes:
        """Return the answer as JSON in UTF-8."""
        return _ENCODER.encode(self.to_data()).encode()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A member that is left out where there is nothing to say is never null."""
        written = handler(core)
        schema = handler.resolve_ref_schema(written)
        for name in schema.get("properties", {}).keys() - set(schema.get("required", ())):
            member = schema["properties"][name]
            member.pop("default", None)
            choices = [choice for choice in member.get("anyOf", ()) if choice != {"type": "null"}]
            if choices:
                del member["anyOf"]
                member.update(choices[0] if len(choices) == 1 else {"anyOf": choices})
        return written


class WrittenAs:
    """Marks data that a model serialized before and that is returned as recorded: the model documents it."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            lambda value, _: value,
            handler.generate_schema(self._model),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value),
        )


def as_number(value: Decimal) -> int | float:
    """Return a decimal as a number of JSON."""
    return int(value) if value == value.to_integral_value() else float(value)


def as_plain(value: object) -> object:
    """Return a decimal as a number and a day or time as text, for `json.dumps`."""
    if isinstance(value, Decimal):
        return as_number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=as_plain)
"""As `json.dumps` would make it for each answer."""
