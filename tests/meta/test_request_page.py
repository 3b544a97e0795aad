"""The page about the request body is true of the contract: every member, its kind, its limits, who can say it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.http.openapi import EXAMPLE_REQUEST
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from api.settings import Settings
from tests.support.shipped_words import VERSION_1, WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "request.md").read_text()
SCHEMA = VERSION_1.request.model_json_schema()
HEAD = ("| member | what it can be | what it says | who can say |", "|---|---|---|---|")
LARGEST = 10**28 - 1


def rows_of(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The rows of a part of the request, and of the parts in it, in the order of the contract."""
    for name, member in schema["properties"].items():
        place = f"{prefix}{name}"
        part = part_of(member)
        if part is None:
            says = member.get("description", SAYS.get(place, ""))
            yield f"| `{place}` | {kind_of(place, member)} | {says} | {who(place, member)} |"
        else:
            yield from rows_of(part, f"{place}[]." if member.get("type") == "array" else f"{place}.")


def part_of(member: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of a member that has members itself."""
    for choice in (*member.get("anyOf", ()), member.get("items", {}), member):
        if name := choice.get("$ref"):
            found: dict[str, Any] = SCHEMA["$defs"][name.rpartition("/")[2]]
            return found
    return None


def kind_of(place: str, member: dict[str, Any]) -> str:
    if place == "items[].quantity":
        return "a number from 0, of at most 28 digits"
    choices = [one for one in member.get("anyOf", [member]) if one.get("type") != "null"]
    return ", or ".join(map(simple_kind_of, choices))


def simple_kind_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    match schema["type"]:
        case "boolean":
            return "true or false"
        case "string" if schema.get("format") == "date":
            return "a day"
        case "string":
            return f"a text of at most {schema['maxLength']} characters"
        case "integer" if "maximum" in schema:
            return f"a whole number from {schema['minimum']} to {schema['maximum']}"
        case "integer":
            return f"a whole number from {schema['minimum']}"
        case "array":
            return f"a list of 1 to {schema['maxItems']} codes of countries (ISO 3166-1 alpha-2)"
        case kind:
            raise AssertionError(kind)


def who(place: str, member: dict[str, Any]) -> str:
    return str(member.get("x-answered-by", "whoever asks")).replace("_", " ")


SAYS = {"request_id": "The caller's own name for the request; it comes back in the answer."}
ROWS = list(rows_of(SCHEMA))


def test_the_page_has_a_row_for_every_member_in_the_order_of_the_contract() -> None:
    assert "\n".join([*HEAD, *ROWS]) in PAGE


def test_the_rows_are_the_facts_that_conditions_can_ask_for() -> None:
    rows = {row.split("`")[1].replace("items[].", "item.") for row in ROWS}
    derived = {"mission.country", "mission.country_listed"}
    assert WORDS.keys() - derived <= rows
    assert rows - WORDS.keys() == {"request_id", "mission.countries", "item.line"}


@pytest.mark.parametrize("shown", re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
def test_the_requests_that_are_shown_are_read(shown: str) -> None:
    assert not isinstance(read_request(shown.encode(), VERSION_1), Problem)


def request(**changes: Any) -> bytes:
    return json.dumps({**EXAMPLE_REQUEST, **changes}).encode()


AT_THE_LIMIT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "200 characters": ({"request_id": "x" * 200}, {"request_id": "x" * 201}),
    "1 to 1000 lines": ({"items": [{}] * 1000}, {"items": [{}] * 1001}),
    "no line": ({"items": [{}]}, {"items": []}),
    "2000 characters": ({"mission": {"name": "x" * 2000}}, {"mission": {"name": "x" * 2001}}),
    "an empty text": ({"mission": {"name": "x"}}, {"mission": {"name": ""}}),
    "28 digits": ({"items": [{"quantity": LARGEST}]}, {"items": [{"quantity": LARGEST + 1}]}),
    "distinct marks": ({"items": [{"line": 1}, {"line": 2}]}, {"items": [{"line": 1}, {"line": "1"}]}),
    "a day": ({"as_of": "1965-03-01"}, {"as_of": "1 March 1965"}),
    "no other member": ({}, {"remark": "please"}),
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_the_limits_are_those_that_the_page_names(name: str) -> None:
    taken, refused = (read_request(request(**changes), VERSION_1) for changes in AT_THE_LIMIT[name])
    assert (isinstance(taken, Problem), isinstance(refused, Problem)) == (False, True)


def test_the_page_names_the_size_of_a_body() -> None:
    sizes = Settings.model_fields
    assert (sizes["max_body_bytes"].default, sizes["max_list_bytes"].default) == (2**20, 2**24)
    assert "1 MiB" in PAGE
    assert "16 MiB" in PAGE
