"""The console is imported when it is called, or soon after the start."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api.console import on_demand
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


def test_it_is_loaded_soon_after_the_start_without_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "LOADED_AFTER_SECONDS", 0.0)
    console = ConsoleOnDemand(elsewhere)
    asyncio.run(console.load_soon(asyncio.Event()))
    assert console._console is not None


def test_a_service_that_is_stopped_before_does_not_load_it() -> None:
    async def stop() -> None:
        event = asyncio.Event()
        event.set()
        await console.load_soon(event)

    console = ConsoleOnDemand(elsewhere)
    asyncio.run(stop())
    assert console._console is None
