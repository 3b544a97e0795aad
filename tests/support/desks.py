"""Clerks at their desks: a really running server with API keys, and a client for each caller, to work on cases."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.doors.running_server import running_server
from api.http.authentication.key_file import add_api_key, new_api_key
from api.settings import Settings
from tests.support.shipped_roles import DEPARTMENT, ROLES

ROOT = Path(__file__).parents[2]
URGENT = json.loads((ROOT / "examples" / "escalate_urgent.json").read_text())
KEYS = itertools.count()
CALLERS = {name: (role, None) for name, role in ROLES.items() if role is not DEPARTMENT} | {
    "department": (DEPARTMENT, "metallurgy"),
    "other": (DEPARTMENT, "textiles"),
}


class Desk:
    """A client for each caller."""

    def __init__(self, client: httpx.Client, keys: dict[str, str]) -> None:
        self.client = client
        self.keys = keys

    def call(self, caller: str, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[caller]}", **more.pop("headers", {})}
        return self.client.request(method, path, json=body, headers=headers, **more)

    def open(self, caller: str = "department", key: str | None = None, **changes: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key or f"k{next(KEYS)}"}
        request = {**URGENT, "request_id": f"r{next(KEYS)}", **changes}
        return self.call(caller, "POST", "/v1/cases", request, headers=headers)

    def opened(self, **changes: Any) -> str:
        answer = self.open(**changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case_id"])

    def case(self, case_id: str, caller: str = "committee", **query: str) -> Any:
        answer = self.call(caller, "GET", f"/v1/cases/{case_id}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(
        self, caller: str, case_id: str, *facts: dict[str, Any], seen: Any = None, key: str | None = None
    ) -> httpx.Response:
        version = self.case(case_id)["version"] if seen is None else seen
        headers = {"Idempotency-Key": key or f"k{next(KEYS)}", "If-Match": f'"{version}"'}
        return self.call(caller, "POST", f"/v1/cases/{case_id}/facts", {"facts": facts}, headers=headers)

    def record(self, caller: str, case_id: str, *facts: dict[str, Any]) -> list[int]:
        answer = self.post(caller, case_id, *facts)
        assert answer.status_code == 201, answer.text
        return list(answer.json()["positions"])


def fact(name: str, value: Any, day: str = "1965-03-02", **more: Any) -> dict[str, Any]:
    line = {"line": 1} if name.startswith("item.") else {}
    return {"fact": name, "value": value, "happened_on": day, "evidence": f"paper of {day}", **line, **more}


@contextmanager
def serving(
    folder: Path,
    database: str | None = None,
    *,
    policies: Path = ROOT / "policies",
    keys: dict[str, str] | None = None,
    exercise: bool = True,
    hold_past: str = "",
) -> Iterator[Desk]:
    """Serve to every caller, with the keys that another server made in this folder or with new ones."""
    keys = {} if keys is None else keys
    for name, (role, department) in CALLERS.items():
        if name not in keys:
            keys[name], stored = new_api_key(name, role, department)
            add_api_key(folder / "keys.json", stored)
    settings = Settings(
        policies=policies,
        database=database or str(folder / "log.db"),
        signing_key=folder / "signing.key" if database else None,
        api_keys=folder / "keys.json",
        exercise=exercise,
        hold_past=hold_past,
    )
    with (
        running_server(settings) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield Desk(client, keys)
