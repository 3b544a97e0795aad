"""A service as a process of its own, with a key for each caller."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.http.authentication.key_file import add_api_key, new_api_key
from tests.support.server_process import environment, server
from tests.support.shipped_roles import AUDITOR, COMMITTEE, DEPARTMENT

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class ServedOffice:
    """Its address, the keys of callers, and where its log is."""

    url: str
    keys: dict[str, str]
    folder: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    folder = tmp_path_factory.mktemp("served")
    keys = {}
    for role, department in ((COMMITTEE, None), (AUDITOR, None), (DEPARTMENT, "metallurgy")):
        keys[role.name], stored = new_api_key(role.name, role, department)
        add_api_key(folder / "keys.json", stored)
    settings = environment(folder) | {
        "CHANNELGATE_API_KEYS": str(folder / "keys.json"),
        "CHANNELGATE_INSECURE_NO_AUTH": "0",
        "CHANNELGATE_KEEP_APART": "item.description",
    }
    with server(settings) as running:
        yield ServedOffice(running.url, keys, folder)


def permitted_today(**changes: Any) -> dict[str, Any]:
    """A request that is answered `deliver` to the Committee, about the day of the call."""
    request = example("deliver", **changes)
    del request["as_of"], request["handover"]["planned_on"]
    return request


def example(name: str, **changes: Any) -> dict[str, Any]:
    """A request of the folder of examples, with changes."""
    request: dict[str, Any] = json.loads((ROOT / "examples" / f"{name}.json").read_text())
    return request | changes
