"""What the calls of a service share: made when it is first read, once, and ended if it was ever begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from api.app import create_app
from api.services.context import Context
from api.settings import Settings

LATER = ("board", "registers", "evidence", "upcoming")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    settings = Settings(database=str(tmp_path / "log.db"), insecure_no_auth=True, accept_unproved=True)
    made: Context = create_app(settings).state.context
    return made


@pytest.mark.parametrize("name", LATER)
def test_what_pre_checks_do_without_is_made_once_when_it_is_read(context: Context, name: str) -> None:
    assert name not in vars(context)
    assert getattr(context, name) is getattr(context, name)


def test_where_nothing_was_begun_nothing_is_made_to_be_ended(context: Context) -> None:
    asyncio.run(context.stop_computing())
    assert vars(context).keys().isdisjoint(LATER)


@pytest.mark.parametrize("name", ["evidence", "upcoming"])
def test_what_was_begun_is_ended(context: Context, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    tasks, ended = getattr(context, name), list[str]()
    stop: Callable[[object], Awaitable[None]] = type(tasks).stop

    async def stop_and_note(of: object) -> None:
        ended.append(name)
        await stop(of)

    monkeypatch.setattr(type(tasks), "stop", stop_and_note)
    asyncio.run(context.stop_computing())
    assert ended == [name]
