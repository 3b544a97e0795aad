"""The schemas of the OpenAPI document that follow from the vocabulary in force: requests, statements, handovers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from api.domain.approvals.call_models import CALL_MODELS
from api.domain.authzen.access_requests import AccessRequestCall
from api.domain.authzen.call_models import AUTHZEN_CALLS
from api.domain.cases.recordable_facts import ITEM, CaseStatement, FactStatements, recordable_facts
from api.domain.handovers.handover import (
    ClearanceStatement,
    HandoverWithdrawal,
    TransferStatement,
)
from api.domain.handovers.handover_models import handover_model
from api.domain.registers.events import STATEMENTS
from api.http.schema_names import OF_THE_POLICIES, SCHEMAS
from api.parsing.characters import LINE_FORM, TEXT_FORM
from api.parsing.problems import Problem
from api.parsing.stated_texts import AS_RECEIVED, ONE_LINE
from engine import Vocabulary
from engine.contract.request_models import free_name


def schemas_of(vocabulary: Vocabulary, document: Collection[str]) -> dict[str, Any]:
    """Return the schemas by name; `document` are the names of those that the document has without them.

    A group of facts, which a policy folder names, gets a name that no other schema has.
    """
    statement = _definitions((handover_model(vocabulary), "validation"))
    schemas = statement | _definitions(
        (CaseStatement, "validation"),
        (FactStatements, "validation"),
        *((statement, "validation") for statement in STATEMENTS.values()),
        (ClearanceStatement, "validation"),
        (TransferStatement, "validation"),
        (HandoverWithdrawal, "validation"),
        *((model, "validation") for model in CALL_MODELS),
        (Problem, "serialization"),
    )
    of_authzen = ((model, "validation") for model in (*AUTHZEN_CALLS, AccessRequestCall))
    schemas |= _definitions(*of_authzen, generator=GenerateJsonSchema)
    own = _definitions((vocabulary.request, "validation"))
    names: dict[str, str] = {}
    for name in own:
        names[name] = free_name((name,), {*document, *schemas, *names.values()})
    schemas |= {names[name]: _with_references(schema, names) for name, schema in own.items()}
    whole = schemas[names[vocabulary.request.__name__]]
    line = schemas[_name_in(whole["properties"]["items"]["items"])]
    schemas["FactStatement"]["anyOf"] = [
        _statement_of(fact, line if fact.startswith(ITEM) else whole, schemas)
        for fact in sorted(recordable_facts(vocabulary))
    ]
    for name in {"FactStatement", *statement, *names.values()}:
        schemas[name] |= OF_THE_POLICIES
    return schemas


def _definitions(*models: Any, generator: type[GenerateJsonSchema] | None = None) -> dict[str, Any]:
    _, document = models_json_schema(
        models, ref_template=SCHEMAS + "{model}", schema_generator=generator or _StrictSchemas
    )
    return dict(document["$defs"])


def _with_references(schema: Any, names: Mapping[str, str]) -> Any:
    """The schema with references to these schemas by their new names."""
    match schema:
        case {"$ref": str()}:
            return {**schema, "$ref": SCHEMAS + names[_name_in(schema)]}
        case dict():
            return {key: _with_references(value, names) for key, value in schema.items()}
        case list():
            return [_with_references(value, names) for value in schema]
        case _:
            return schema


def _statement_of(fact: str, part: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """What holds of the statement of a fact: the value is that of its part; one of an item names its line."""
    of_item = fact.startswith(ITEM)
    *way, leaf = fact.removeprefix(ITEM).split(".")
    for step in way:
        (group,) = (one for one in part["properties"][step]["anyOf"] if "$ref" in one)
        part = schemas[_name_in(group)]
    return {
        "properties": {
            "fact": {"const": fact},
            "value": part["properties"][leaf],
            "line": {"type": ["integer", "string"]} if of_item else {"type": "null"},
        },
        **({"required": ["line"]} if of_item else {}),
    }


def _name_in(reference: Mapping[str, str]) -> str:
    return reference["$ref"].removeprefix(SCHEMAS)


class _StrictSchemas(GenerateJsonSchema):
    """A decimal is a JSON number here, never a text, and every bound is a JSON Schema keyword."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Return the schema of a text: one that is sent holds no character that does not show."""
        bounds = {"pattern": TEXT_FORM} if self.mode == "validation" else {}
        return bounds | super().str_schema(schema)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Return the schema of texts by their names, of which none has a character that does not show either."""
        found = super().dict_schema(schema)
        return found | ({"additionalProperties": False} if "patternProperties" in found else {})

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of a body or a part of one: its ids and marks are of one line."""
        found = super().model_schema(schema)
        for name, member in found.get("properties", {}).items():
            if name in ONE_LINE:
                _replace_pattern(member, {"pattern": LINE_FORM})
            elif name in AS_RECEIVED:
                _replace_pattern(member, {})
        return found

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Return the schema of a number."""
        bounds = {"minimum": schema["ge"]} if "ge" in schema else {}
        digits = {"maximum": 10 ** schema["max_digits"] - 1} if "max_digits" in schema else {}
        return {"type": "number", **bounds, **digits}


def _replace_pattern(schema: dict[str, Any], pattern: dict[str, str]) -> None:
    """Put another pattern, or none, in place of that of a text, or of the texts of a list."""
    for part in (schema, *schema.get("anyOf", ())):
        for one in (part, part.get("items", {})):
            if one.get("pattern") == TEXT_FORM:
                del one["pattern"]
                one |= pattern
