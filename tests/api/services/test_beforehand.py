"""What pages hold in memory is read before the service is ready, and a failure there does not stop it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from api.app import create_app
from api.services import case_board, register_memory
from api.services.register_memory import RegisterMemory
from api.settings import Settings
from tests.support.desks import ROOT, serving


def service(folder: Path, *, console: bool = True) -> FastAPI:
    return create_app(
        Settings(
            policies=ROOT / "policies",
            database=str(folder / "log.db"),
            signing_key=folder / "signing.key",
            insecure_no_auth=True,
            console=console,
        )
    )


def open_pages(app: FastAPI, *paths: str) -> list[int]:
    """Start the service, open pages, and return their statuses."""

    async def get(path: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://office") as client:
            return (await client.get(path)).status_code

    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        return [portal.call(get, path) for path in paths]


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read whole, in its order."""
    found = list[str]()
    read_content, rebuild = register_memory._read_content, case_board.CaseBoard._rebuild

    def registers(*arguments: Any) -> Any:
        found.append("registers")
        return read_content(*arguments)

    def cases(*arguments: Any) -> Any:
        found.append("cases")
        return rebuild(*arguments)

    monkeypatch.setattr(register_memory, "_read_content", registers)
    monkeypatch.setattr(case_board.CaseBoard, "_rebuild", cases)
    return found


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A folder with a ledger that has a case."""
    with serving(tmp_path, str(tmp_path / "log.db")) as desk:
        desk.opened()
    return tmp_path


def test_the_first_pages_find_read_what_they_need(recorded: Path, readings: list[str]) -> None:
    assert open_pages(service(recorded)) == []
    assert sorted(readings) == ["cases", "registers"]
    readings.clear()
    assert open_pages(service(recorded), "/registers/items", "/cases", "/registers/due") == [200, 200, 200]
    assert sorted(readings) == ["cases", "registers"]


def test_without_a_console_nothing_is_read(recorded: Path, readings: list[str]) -> None:
    open_pages(service(recorded, console=False))
    assert readings == []


def test_of_an_empty_ledger_nothing_is_read(tmp_path: Path, readings: list[str]) -> None:
    open_pages(service(tmp_path))
    assert readings == []


def test_a_service_that_cannot_read_it_decides_all_the_same(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise ValueError("this row is none")

    monkeypatch.setattr(RegisterMemory, "dues", fails)
    assert open_pages(service(recorded), "/readyz") == [200]
