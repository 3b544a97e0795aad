"""A reload that takes long is a fault that /readyz names, and stopping does not wait for it."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import api.policies.active
from api.app import create_app
from api.doors.running_server import running_server
from api.policies.folder import PolicyFolder, read_folder
from api.settings import Settings
from tests.support.mistakes import ROOT
from tests.support.waiting import PATIENCE_SECONDS, wait_until


class SlowDisk:
    """A folder that answers only once `release` is set; `answered` is set once it did."""

    def __init__(self) -> None:
        self.reached, self.release, self.answered = threading.Event(), threading.Event(), threading.Event()

    def read(self, folder: Path) -> PolicyFolder:
        self.reached.set()
        self.release.wait(PATIENCE_SECONDS)
        self.answered.set()
        return read_folder(folder)


@pytest.fixture
def disk() -> Iterator[SlowDisk]:
    disk = SlowDisk()
    yield disk
    disk.release.set()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))
    return Settings(policies=folder, database=str(tmp_path / "log.db"), insecure_no_auth=True)


def policies_at(url: str) -> dict[str, Any]:
    readiness: dict[str, Any] = httpx.get(f"{url}/readyz", trust_env=False).json()["policies"]
    return readiness


def faults_at(url: str) -> list[str]:
    return [fault["code"] for fault in policies_at(url)["faults"]]


def test_a_reload_that_takes_long_is_named_until_it_is_done(
    settings: Settings, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.policies.active, "PATIENCE_SECONDS", 0.01)
    with running_server(settings) as url:
        wait_until(lambda: policies_at(url)["state"] == "active")
        first = policies_at(url)["revision"]
        monkeypatch.setattr(api.policies.active, "read_folder", disk.read)
        wait_until(lambda: faults_at(url) == ["L09"])
        slow = policies_at(url)
        assert (slow["state"], slow["revision"]) == ("last_good_active", first)
        assert "takes longer than 0.01 seconds" in slow["faults"][0]["message"]
        page = settings.policies / "directive.yaml"
        page.write_bytes(page.read_bytes() + b"\n# a remark\n")
        disk.release.set()
        wait_until(lambda: policies_at(url)["revision"] != first and not faults_at(url))


def test_a_slow_look_at_a_folder_that_did_not_change_leaves_its_faults_as_they_were(
    settings: Settings, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_server(settings) as url:
        (settings.policies / "laos.yml").write_text("policy: laos")
        wait_until(lambda: faults_at(url) == ["L08"])
        monkeypatch.setattr(api.policies.active, "PATIENCE_SECONDS", 0.01)
        monkeypatch.setattr(api.policies.active, "read_folder", disk.read)
        wait_until(lambda: faults_at(url) == ["L09"])
        disk.release.set()
        wait_until(lambda: faults_at(url) == ["L08"])


def test_stopping_waits_for_no_reload(
    settings: Settings, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = create_app(settings)
    monkeypatch.setattr(api.policies.active, "read_folder", disk.read)

    async def start_and_stop() -> None:
        async with service.router.lifespan_context(service):
            assert await asyncio.to_thread(disk.reached.wait, PATIENCE_SECONDS)

    asyncio.run(start_and_stop())
    assert not disk.answered.is_set()


def test_a_failure_to_read_that_nobody_foresaw_does_not_end_reloading(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> PolicyFolder:
        raise MemoryError

    with running_server(settings) as url:
        monkeypatch.setattr(api.policies.active, "read_folder", fail)
        wait_until(lambda: faults_at(url) == ["L04"])
        monkeypatch.setattr(api.policies.active, "read_folder", read_folder)
        wait_until(lambda: faults_at(url) == [])
