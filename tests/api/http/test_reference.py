"""The page `/docs`: everything the document holds, nothing that runs, nothing from elsewhere.

Covers: api.http.reference.page, api.http.reference.schema_words, api.http.routes.reference
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jinja2 import Environment

from api.doors.running_server import running_server
from api.http.reference.page import marked, render_reference
from api.http.reference.schema_words import bounds_of, describe
from api.settings import Settings
from tests.support.desks import ROOT


@pytest.fixture(scope="module", params=[False, True], ids=["without console", "with console"])
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(
        policies=ROOT / "policies",
        database=str(folder / "log.db"),
        signing_key=folder / "log.key",
        insecure_no_auth=True,
        accept_unproved=True,
        console=request.param,
    )
    with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def test_every_call_and_every_schema_has_its_place_and_every_link_leads_to_one(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    page = client.get("/docs").text
    places = set(re.findall(r' id="([\w-]+)"', page))
    calls = {one["operationId"] for path in document["paths"].values() for one in path.values()}
    schemas = {f"schema-{name}" for name in document["components"]["schemas"]}
    assert calls | schemas <= places
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= places


def test_nothing_runs_and_nothing_comes_from_elsewhere(client: httpx.Client) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["style-src"]) == ("'none'", "'self'")
    assert re.findall(r"<script|\son\w+=|style=|https?:", answer.text) == []
    loaded = re.findall(r'<link[^>]* href="([^"]*)"|src="([^"]*)"', answer.text)
    assert loaded == [("/docs/style.css", "")]
    assert client.get("/docs/style.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_second_reader_gets_the_same_page(client: httpx.Client) -> None:
    assert client.get("/docs").content == client.get("/docs").content


def test_the_page_is_no_call_of_the_interface(client: httpx.Client) -> None:
    assert [path for path in client.get("/openapi.json").json()["paths"] if "docs" in path] == []


def test_texts_of_the_document_are_no_markup() -> None:
    hostile = "<script>alert(1)</script>"
    document: dict[str, Any] = {
        "info": {"title": hostile, "summary": hostile, "version": hostile},
        "components": {"securitySchemes": {}, "schemas": {"A": {"description": hostile, "enum": [hostile]}}},
        "paths": {
            "/x": {
                "get": {
                    "operationId": "read_x",
                    "tags": [hostile],
                    "summary": hostile,
                    "description": hostile,
                    "security": [],
                    "responses": {"200": {"description": hostile}},
                }
            }
        },
    }
    assert "<script" not in render_reference(document)


@pytest.mark.parametrize(
    ("schema", "words", "bounds"),
    [
        pytest.param({"type": "string", "maxLength": 1000}, "string", "to 1,000 characters", id="text"),
        pytest.param(
            {"type": "string", "minLength": 1, "maxLength": 200}, "string", "1 to 200 characters", id="both ends"
        ),
        pytest.param({"type": "string", "minLength": 1}, "string", "from 1 character", id="one character"),
        pytest.param({"type": "integer", "minimum": 0, "maximum": 9}, "integer", "0 to 9", id="numbers"),
        pytest.param({"$ref": "#/components/schemas/A"}, "A", "", id="reference"),
        pytest.param({"const": True}, "always true", "", id="constant"),
        pytest.param({"enum": ["a", "b"], "default": "a"}, "one of `a`, `b`", "otherwise a", id="words"),
        pytest.param(
            {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}, "integer or null", "from 1", id="null"
        ),
        pytest.param({"type": ["string", "null"]}, "string or null", "", id="types"),
        pytest.param({"type": "array", "items": {"format": "date"}}, "list of date", "", id="list"),
        pytest.param({"additionalProperties": {"type": "string"}}, "by names, each string", "", id="names"),
        pytest.param({}, "anything", "", id="anything"),
    ],
)  # fmt: skip
def test_a_schema_in_words(schema: dict[str, Any], words: str, bounds: str) -> None:
    assert ("".join(piece.text for piece in describe(schema)), bounds_of(schema)) == (words, bounds)


def test_what_stands_in_backticks_is_code_and_no_markup_either() -> None:
    page = Environment(autoescape=True)
    page.filters["marked"] = marked
    shown = page.from_string("{{ text | marked }}").render(text="the member `a<b>`: of `x` & y")
    assert shown == "the member <code>a&lt;b&gt;</code>: of <code>x</code> &amp; y"
    assert page.from_string("{{ text | marked }}").render(text="a ` alone") == "a ` alone"


def test_of_many_words_the_first_are_shown() -> None:
    (piece,) = describe({"enum": [f"w{number}" for number in range(250)]})
    assert piece.text.endswith("`w11` and 238 more")
