"""The OpenAPI document as generators of clients read it: names, credentials and refusals of every call.

Covers: api.http.examples, api.http.openapi, api.http.register_schemas
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from api.app import create_app
from api.domain.permissions import PERMISSIONS
from api.http.authentication.key_file import add_api_key, new_api_key
from api.http.examples import fits
from api.policies.folder import read_folder
from api.settings import Settings
from tests.support.desks import ROOT
from tests.support.shipped_roles import COMMITTEE

FOLDERS = {
    "shipped": ROOT,
    "second": ROOT / "examples/second_directive",
    "starter": ROOT / "api/files/starter",
}
BOTH: list[dict[str, list[str]]] = [{"token": []}, {"api_key": []}]


def document_of(folder: Path, tmp_path: Path, **settings: Any) -> Any:
    """The document of a service that is not started; without settings of its own it identifies nobody."""
    return create_app(
        Settings(
            policies=folder / "policies",
            floor=folder / "floor.yaml",
            database=str(tmp_path / "none.db"),
            signing_key=tmp_path / "none.key",
            accept_unproved=True,
            **(settings or {"insecure_no_auth": True}),
        )
    ).openapi()


@pytest.fixture
def document(tmp_path: Path) -> Any:
    return document_of(ROOT, tmp_path)


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, calls in document["paths"].items():
        for method, operation in calls.items():
            yield f"{method.upper()} {path}", operation


def test_every_call_has_a_name_that_can_stand_in_code_and_stands_for_it_alone(document: Any) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch("[a-z]+(_[a-z]+)*", name)] == []


def test_every_call_says_what_it_is_and_of_what(document: Any) -> None:
    for name, operation in operations(document):
        assert all(operation[member] for member in ("summary", "description", "tags")), name


def test_every_call_that_asks_who_calls_states_both_refusals(document: Any) -> None:
    for name, operation in operations(document):
        refusals = {"401", "403"} & operation["responses"].keys()
        assert refusals == ({"401", "403"} if name in PERMISSIONS else set()), name


def test_where_nobody_is_identified_credentials_are_optional_and_described(document: Any) -> None:
    assert sorted(document["components"]["securitySchemes"]) == ["api_key", "token"]
    for name, operation in operations(document):
        assert operation["security"] == ([{}, *BOTH] if name in PERMISSIONS else []), name


def test_a_service_describes_the_credentials_that_it_takes(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    add_api_key(keys, new_api_key("office", COMMITTEE)[1])
    document = document_of(ROOT, tmp_path, api_keys=keys)
    assert list(document["components"]["securitySchemes"]) == ["api_key"]
    assert document["paths"]["/v1/pre-check"]["post"]["security"] == [{"api_key": []}]


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_every_body_has_an_example_that_keeps_to_its_schema(folder: str, tmp_path: Path) -> None:
    document = document_of(FOLDERS[folder], tmp_path)
    for name, operation in operations(document):
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            schema = content["schema"] | {"components": document["components"]}
            validator = jsonschema.Draft202012Validator(schema)
            assert list(validator.iter_errors(content["example"])) == [], name
    policies = read_folder(FOLDERS[folder] / "policies").load()
    example = document["paths"]["/v1/pre-check"]["post"]["requestBody"]["content"]["application/json"][
        "example"
    ]
    assert fits(example, policies.vocabulary)


def without_open_parts(part: Any) -> Any:
    """The document without what is marked as stated by the policies, without examples and names of roles."""
    if isinstance(part, dict):
        part = {name: without_open_parts(one) for name, one in part.items() if name not in ("403", "example")}
        return {name: one for name, one in part.items() if one != "open"} if not _is_open(part) else "open"
    return [without_open_parts(one) for one in part] if isinstance(part, list) else part


def _is_open(part: dict[str, Any]) -> bool:
    return "x-of-the-policies" in part


@pytest.mark.parametrize("folder", ["second", "starter"])
def test_what_other_policies_write_otherwise_is_marked(document: Any, folder: str, tmp_path: Path) -> None:
    other = document_of(FOLDERS[folder], tmp_path)
    assert without_open_parts(other) == without_open_parts(document)
