"""Groups of facts may have any name: the OpenAPI document holds a schema of each, and every other as it is.

Covers: api.http.vocabulary_schemas, engine.contract.request_models
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.desks import ROOT

STARTER = ROOT / "api" / "files" / "starter"
SECOND = ROOT / "examples" / "second_directive"
ODD = ("item.item", "a_b", "x.b", "a.b", "a.b.c", "problem_facts", "item.request", "item.item.item")
OF_THE_FOLDER = {"FactStatement", "Item", "Request", "RequestFacts", "Visitor"}


def document_of(folder: Path, log: Path) -> Any:
    settings = Settings(
        policies=folder / "policies", floor=folder / "floor.yaml", database=str(log), insecure_no_auth=True
    )
    with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.get("/openapi.json")
    assert answer.status_code == 200, answer.text
    OpenAPIV31SpecValidator(answer.json()).validate()
    return answer.json()


def snake(name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def part_at(schemas: Any, way: str) -> Any:
    """The schema of a group of facts, reached from the request as a reader would."""
    part = schemas["Request"]
    for step in re.sub(r"^item\b", "items", way).split("."):
        (place,) = re.findall(r"/schemas/(\w+)", str(part["properties"][step]))
        part = schemas[place]
    return part


@pytest.mark.parametrize("folder", [STARTER, SECOND])
def test_a_group_called_request_is_described(folder: Path, tmp_path: Path) -> None:
    schemas = document_of(folder, tmp_path / "log.db")["components"]["schemas"]
    assert "items" in schemas["Request"]["properties"]


def test_groups_called_as_every_schema_of_the_document_change_none_of_them(tmp_path: Path) -> None:
    plain = document_of(STARTER, tmp_path / "plain.db")["components"]["schemas"]
    groups = {snake(name) for name in plain if "_" not in name} - {"request", "item", "mission", "handover"}
    assert {"decision", "problem", "fact_statement", "case_answer"} <= groups
    names = sorted(groups.union(ODD))
    folder = tmp_path / "folder"
    shutil.copytree(STARTER, folder)
    facts = [
        f"  - fact: {group}.mark_of_{group.replace('.', '_')}\n"
        "    kind: truth\n    ask: Is it?\n    answered_by: host\n"
        for group in names
    ]
    vocabulary = folder / "policies" / "vocabulary.yaml"
    vocabulary.write_text(vocabulary.read_text().replace("facts:\n", "facts:\n" + "\n".join(facts) + "\n", 1))
    schemas = document_of(folder, tmp_path / "log.db")["components"]["schemas"]
    for group in names:
        assert f"mark_of_{group.replace('.', '_')}" in part_at(schemas, group)["properties"], group
    changed = {name for name, schema in plain.items() if schemas.get(name) != schema}
    assert changed <= OF_THE_FOLDER
