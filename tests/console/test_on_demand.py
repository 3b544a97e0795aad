"""The console is imported when it is called."""

from __future__ import annotations

import asyncio

import httpx
from starlette.types import Receive, Scope, Send

from api.console.on_demand import ConsoleOnDemand


async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("a page was called")


def test_it_answers_the_first_call_and_the_next_ones() -> None:
    console = ConsoleOnDemand(elsewhere)
    assert console._console is None

    async def call() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=console)
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test") as client:
            return [await client.get("/static/style.css") for _ in range(2)]

    first, second = asyncio.run(call())
    assert first.status_code == second.status_code == 200
    assert first.content == second.content


def test_it_is_loaded_once() -> None:
    console = ConsoleOnDemand(elsewhere)
    assert console.load() is console.load()
