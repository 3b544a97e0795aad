"""Every parameter of the OpenAPI document has its bounds, and the service refuses what is just beyond them.

Covers: api.http.routes.register_pages, api.parsing.parameters
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.desks import KEYS, Desk, fact, serving

SHORT_OF_A_FORM = {
    "date": ["1965-1-1", "1965-02-30", "+1965-01-01", "1965-01-01T00:00:00Z", ""],
    "date-time": ["1965-03-01", "1965-03-01T12:00:00", "1965-03-01 12:00Z", ""],
}
SHORT_OF_A_PATTERN = {
    "Idempotency-Key": ["k" * 201, "a b", ""],
    "If-Match": ["1", '"1', "*", "", f'"{"1" * 1000}"'],
    "Accept-Language": ("x" * 1001,),
}


class Parameter(NamedTuple):
    """A parameter of a call, as the document has it."""

    method: str
    path: str
    name: str
    place: str
    schema: dict[str, Any]

    @property
    def beyond(self) -> Iterator[str]:
        """Values that its schema does not take, as near to those that it takes as can be."""
        schema = self.schema
        if schema["type"] == "integer":
            yield from (str(schema["minimum"] - 1), str(schema["maximum"] + 1), "1.0", "01")
        elif schema["type"] == "boolean":
            yield from ("yes", "True", "1", "")
        elif "enum" in schema:
            yield from (f"{schema['enum'][0]}x", schema["enum"][0].swapcase(), "")
        elif "format" in schema:
            yield from SHORT_OF_A_FORM[schema["format"]]
        elif self.name in SHORT_OF_A_PATTERN:
            yield from SHORT_OF_A_PATTERN[self.name]
        else:
            yield from ("x" * (schema["maxLength"] + 1), "x\0", *([""] if self.place == "query" else []))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving(tmp_path_factory.mktemp("bounds")) as opened:
        yield opened


@pytest.fixture(scope="module")
def document(desk: Desk) -> Any:
    return desk.client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def parameters(document: Any) -> list[Parameter]:
    return [
        Parameter(method.upper(), path, one["name"], one["in"], one["schema"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for one in operation.get("parameters", [])
    ]


def ask(desk: Desk, parameter: Parameter, value: str) -> httpx.Response:
    """Make the call with everything else as it should be."""
    case_id = desk.opened() if "{case_id}" in parameter.path else "x"
    names = {"case_id": case_id, "number": "8"} | (
        {parameter.name: value} if parameter.place == "path" else {}
    )
    path = re.sub(r"{(\w+)}", lambda found: quote(names.get(found[1], "x"), safe=""), parameter.path)
    needed = {"session": "8"} if parameter.path.endswith(("/agenda", "/memorandum")) else {}
    query = {**needed, **({parameter.name: value} if parameter.place == "query" else {})}
    headers = {"Idempotency-Key": f"k{next(KEYS)}", "If-Match": '"1"'}
    headers |= {parameter.name: value} if parameter.place == "header" else {}
    body = {"facts": [fact("urgency.ground", "x")]} if parameter.path.endswith("/facts") else {}
    for caller in ("committee", "auditor"):
        answer = desk.call(caller, parameter.method, path, body or None, params=query, headers=headers)
        if answer.status_code != 403:
            break
    return answer


def test_the_document_is_a_document_of_openapi(document: Any) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_parameter_has_its_bounds(parameters: list[Parameter]) -> None:
    assert len(parameters) > 40
    for parameter in parameters:
        schema = parameter.schema
        bounded = {
            "integer": {"minimum", "maximum"} <= schema.keys(),
            "boolean": True,
            "string": bool(schema.keys() & {"enum", "maxLength"}),
        }
        assert bounded[schema["type"]], parameter


def test_a_party_is_one_of_the_policies_in_force(parameters: list[Parameter]) -> None:
    named = {one.name: one.schema["enum"] for one in parameters if one.name in ("owner", "waiting_for")}
    parties = ["committee", "counterpart", "foreign_office", "policy_officer", "receiving_department"]
    assert named == {"owner": parties, "waiting_for": parties}


def test_what_is_beyond_the_bounds_is_refused(desk: Desk, parameters: list[Parameter]) -> None:
    for parameter in parameters:
        for value in parameter.beyond:
            answer = ask(desk, parameter, value)
            refused = {"query": {400}, "path": {400, 404}, "header": {400, 412, 428}}[parameter.place]
            assert answer.status_code in refused, (parameter, value, answer.text)


def test_what_is_at_the_bounds_is_taken(desk: Desk, parameters: list[Parameter]) -> None:
    for parameter in parameters:
        if parameter.name == "Idempotency-Key" and parameter.path == "/v1/cases":
            assert desk.open(key="~" * 200).status_code == 201
        if parameter.schema["type"] == "integer" and parameter.name != "after":
            for value in (parameter.schema["minimum"], parameter.schema["maximum"]):
                assert ask(desk, parameter, str(value)).status_code != 400, (parameter, value)
        if parameter.name == "list_id" and parameter.place == "query":
            answer = ask(desk, parameter, "x" * parameter.schema["maxLength"])
            assert answer.status_code in (200, 409), answer.text
