"""The JSON Schema of the policy files: current, and at one with the checks about the shape of a file.

Covers: engine.loading.file_schema, engine.formatting.key_words
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine import PolicyFaults, load_document, policy_schema
from tests.support.mistakes import ROOT, SHIPPED, Case, read_cases

SCHEMA = policy_schema()
NOT_IN_A_SCHEMA = {
    "a date in quotes": "an editor knows a day as a text",
}
"""Mistakes of shape that a schema cannot express, and why."""


def shape_mistakes() -> Iterator[Case]:
    for case in read_cases():
        if any(finding["is"].startswith("P") for finding in case.findings):
            yield case


def as_editors_see(value: Any) -> Any:
    """The content of a file as YAML 1.2 has it: a day is a text."""
    if isinstance(value, dict):
        return {key: as_editors_see(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_editors_see(inner) for inner in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


# -- a small reading of JSON Schema, of the words that ours uses ------------------------------------------------

TYPES: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool}
ANNOTATIONS = {"$schema", "$defs", "title", "description", "format"}


def is_type(value: Any, name: str) -> bool:
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def fits(value: Any, schema: Any) -> bool:
    if isinstance(schema, bool):
        return schema
    return all(keeps(value, word, rule, schema) for word, rule in schema.items() if word not in ANNOTATIONS)


def keeps(value: Any, word: str, rule: Any, schema: dict[str, Any]) -> bool:
    match word:
        case "$ref":
            return fits(value, SCHEMA["$defs"][rule.removeprefix("#/$defs/")])
        case "type":
            return is_type(value, rule)
        case "enum":
            return value in rule
        case "const":
            return bool(value == rule)
        case "anyOf":
            return any(fits(value, option) for option in rule)
        case "oneOf":
            return sum(fits(value, option) for option in rule) == 1
        case "allOf":
            return all(fits(value, option) for option in rule)
        case "if":
            return not fits(value, rule) or fits(value, schema["then"])
        case "then":
            return True
        case "pattern":
            return not isinstance(value, str) or re.search(rule, value) is not None
        case "minLength":
            return not isinstance(value, str) or len(value) >= rule
        case "maxLength":
            return not isinstance(value, str) or len(value) <= rule
        case "minimum":
            return not is_type(value, "number") or value >= rule
        case "maximum":
            return not is_type(value, "number") or value <= rule
        case "minItems":
            return not isinstance(value, list) or len(value) >= rule
        case "items":
            return not isinstance(value, list) or all(fits(item, rule) for item in value)
    return not isinstance(value, dict) or keeps_keys(value, word, rule, schema)


def keeps_keys(value: dict[str, Any], word: str, rule: Any, schema: dict[str, Any]) -> bool:
    match word:
        case "required":
            return bool(set(rule) <= value.keys())
        case "minProperties":
            return len(value) >= int(rule)
        case "properties":
            return all(fits(value[key], part) for key, part in rule.items() if key in value)
        case "propertyNames":
            return all(fits(key, rule) for key in value)
        case "patternProperties":
            return all(fits(v, p) for k, v in value.items() for r, p in rule.items() if re.search(r, k))
        case "additionalProperties":
            known = schema.get("properties", {}).keys()
            patterns = schema.get("patternProperties", {})
            rest = [
                v for k, v in value.items() if k not in known and not any(re.search(p, k) for p in patterns)
            ]
            return all(fits(inner, rule) for inner in rest)
    raise AssertionError(f"the schema has a word that is not read here: {word}")


# -- the tests ---------------------------------------------------------------------------------------------------


def test_the_shipped_schema_is_current() -> None:
    printed = CliRunner().invoke(app, ["policies", "schema"]).output
    assert (ROOT / "policies" / "policy.schema.json").read_text() == printed


@pytest.mark.parametrize("file", sorted(SHIPPED))
def test_shipped_files_fit_and_name_the_schema(file: str) -> None:
    assert fits(as_editors_see(load_document(file, SHIPPED[file]).value), SCHEMA)
    assert SHIPPED[file].startswith(b"# yaml-language-server: $schema=policy.schema.json\n")


@pytest.mark.parametrize("case", list(shape_mistakes()), ids=lambda case: case.name)
def test_a_mistake_of_shape_is_underlined(case: Case) -> None:
    contents = {}
    for file, content in case.folder().items():
        try:
            contents[file] = as_editors_see(load_document(file, content).value)
        except PolicyFaults:
            continue
    underlined = any(not fits(content, SCHEMA) for content in contents.values())
    assert underlined is (case.name not in NOT_IN_A_SCHEMA)


def test_every_key_says_what_it_means() -> None:
    for name, part in SCHEMA["$defs"].items():
        for key, described in part.get("properties", {}).items():
            assert described.get("description"), f"{name}.{key}"


def test_it_is_plain_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_of_a_folder_its_own_names_are_offered_and_no_others_refused() -> None:
    printed = CliRunner().invoke(
        app, ["policies", "schema", str(ROOT / "examples/second_directive/policies")]
    )
    assert printed.exit_code == 0, printed.output
    parts = json.loads(printed.stdout)["$defs"]
    rule, duty = parts["RuleText"]["properties"], parts["RuleDutyText"]["properties"]
    assert 'item.review.result == "approved"' in rule["when"]["examples"]
    assert "{panel_meeting} != null" in rule["when"]["examples"]
    assert "denied" in rule["beats"]["anyOf"][0]["examples"]
    assert "denied" in rule["exception_to"]["anyOf"][1]["items"]["examples"]
    assert "V8.1" in rule["clause"]["anyOf"][0]["examples"]
    assert "records_office" in duty["who"]["examples"]
    assert "examples" not in parts["ClauseText"]["properties"]["clause"]
    assert "examples" not in json.dumps(policy_schema())
