"""A deprecated call says so in every answer and in the document."""

import asyncio
import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.domain.permissions import PERMISSIONS
from api.http import fast_path
from api.http.deprecation import DEPRECATED, Deprecation, DeprecationHeaders, mark_deprecated

CALLS = {"GET /v1/old/{name}": Deprecation(date(2027, 1, 1), date(2028, 1, 1), "GET /v2/new/{name}")}
PAGE = Path(__file__).parents[3] / "docs/operate/versions.md"


def served() -> FastAPI:
    app = FastAPI()
    app.add_middleware(DeprecationHeaders, calls=CALLS)

    @app.get("/v1/old/{name}")
    def old(name: int) -> int:
        return name

    @app.get("/v1/present")
    def present() -> int:
        return 1

    return app


def got(address: str) -> httpx.Response:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(served())
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(address)

    return asyncio.run(get())


@pytest.mark.parametrize(("address", "status"), [("/v1/old/1", 200), ("/v1/old/no-number", 422)])
def test_every_answer_of_a_deprecated_call_has_its_days_and_its_successor(address: str, status: int) -> None:
    answer = got(address)
    assert answer.status_code == status
    assert answer.headers["deprecation"] == "@1798761600"
    assert answer.headers["sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert answer.headers["link"] == '</v2/new/{name}>; rel="successor-version"'


@pytest.mark.parametrize("address", ["/v1/present", "/nowhere"])
def test_other_answers_have_none_of_it(address: str) -> None:
    assert not {"deprecation", "sunset", "link"} & got(address).headers.keys()


def test_the_document_names_the_successor() -> None:
    document: dict[str, Any] = served().openapi()
    mark_deprecated(document["paths"], CALLS)
    old, present = (document["paths"][path]["get"] for path in ("/v1/old/{name}", "/v1/present"))
    assert old["deprecated"] is True
    assert old["description"] == "Deprecated; from 2028-01-01 it may be gone. Call `GET /v2/new/{name}`."
    assert "deprecated" not in present


def test_the_table_names_calls_that_there_are_and_leaves_the_time_stated() -> None:
    months = re.search(r"at least (\d+) months", PAGE.read_text())
    assert months
    for call, deprecation in DEPRECATED.items():
        assert {call, deprecation.successor} <= PERMISSIONS.keys()
        assert call != f"POST {fast_path.PATH}"
        assert (deprecation.sunset - deprecation.since).days >= int(months[1]) * 30
