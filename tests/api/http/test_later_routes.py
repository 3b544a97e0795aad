"""The calls that are loaded when they are called: nobody sees that they were not there before.

Covers: api.http.openapi
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from re import sub
from typing import cast

import httpx
import pytest

from api.app import create_app
from api.http.later_routes import ADMITTING, OPEN
from api.http.openapi import Documented
from api.http.routes import health, pre_checks
from api.settings import Settings

EARLY = (health.router, pre_checks.router)


@pytest.fixture
def app(tmp_path: Path) -> Documented:
    settings = Settings(database=str(tmp_path / "log.db"), insecure_no_auth=True, accept_unproved=True)
    return cast("Documented", create_app(settings))


def call(app: Documented, *calls: tuple[str, str]) -> list[int]:
    """The statuses of calls that are made together."""

    async def made() -> list[int]:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://office") as client,
        ):
            answers = await asyncio.gather(*(client.request(method, path) for method, path in calls))
        return [answer.status_code for answer in answers]

    return asyncio.run(made())


def routes_of(app: Documented) -> int:
    return len(app.router.routes)


def test_what_decides_and_whether_the_service_is_well_are_there_at_once(app: Documented) -> None:
    before = routes_of(app)
    assert call(app, ("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/v1/pre-check")) == [200, 200, 400]
    assert routes_of(app) == before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v1/policies", 200, id="another_call"),
        pytest.param("GET", "/v1/pre-check", 405, id="another_method"),
        pytest.param("HEAD", "/healthz", 200, id="head"),
        pytest.param("GET", "/v1/nowhere", 404, id="no_call"),
        pytest.param("GET", "/openapi.json", 200, id="the_document"),
    ],
)
def test_any_other_call_finds_all_of_them(app: Documented, method: str, path: str, status: int) -> None:
    before = routes_of(app)
    assert call(app, *[(method, path)] * 3) == [status] * 3
    assert routes_of(app) == before - len(EARLY) + len(ADMITTING) + len(OPEN)


def test_those_that_are_there_at_once_answer_the_same_once_all_are(app: Documented) -> None:
    calls = [
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("POST", "/v1/pre-check"),
        ("POST", "/v1/pre-checks?a=b"),
    ]

    async def answers(client: httpx.AsyncClient) -> list[tuple[int, str, bytes]]:
        found = [await client.request(method, path) for method, path in calls]
        return [
            (answer.status_code, answer.headers["Content-Type"], sub(rb":\d+", b":0", answer.content))
            for answer in found
        ]

    async def made() -> tuple[list[tuple[int, str, bytes]], list[tuple[int, str, bytes]]]:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://office") as client,
        ):
            before = await answers(client)
            await asyncio.to_thread(app.complete)
            return before, await answers(client)

    before, after = asyncio.run(made())
    assert after == before
    assert [status for status, _, _ in before] == [200, 200, 400, 400]


def test_they_stand_in_the_document_in_their_order(app: Documented) -> None:
    paths = list(app.openapi()["paths"])
    shown = (
        "/v1/pre-check",
        "/v1/decisions",
        "/v1/proposals",
        "/access/v1/evaluation",
        "/healthz",
        "/readyz",
    )
    found = [path for path in paths if path.startswith(shown)]
    first = [next(index for index, path in enumerate(found) if path.startswith(one)) for one in shown]
    assert first == sorted(first)
