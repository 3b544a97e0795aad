"""Clearances and handovers at the desks: the bodies, the calls, and a server that can be started again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.domain.identity import Role
from api.http.authentication.api_keys import add_api_key, new_api_key
from api.settings import Settings
from tests.support.desks import KEYS, ROOT, Desk
from tests.support.doors import running_server

CALLERS = {role.value: (role, None) for role in Role if role is not Role.DEPARTMENT} | {
    "department": (Role.DEPARTMENT, "metallurgy"),
    "other": (Role.DEPARTMENT, "textiles"),
}
DELIVER = json.loads((ROOT / "examples" / "deliver.json").read_text())
DELIVER["department"]["id"] = "metallurgy"
ITEM = {
    "line": 1,
    "description": "drawings of a rolling mill",
    "quantity": 1,
    "unit": "set",
    "kind": "drawing",
}
HANDOVER = {
    "countries": ["KP"],
    "department": "metallurgy",
    "handed_over_on": "1965-03-02",
    "by": "committee",
    "to": "counterpart_institution",
    "recipient": "the secretary of the Trade Attache",
    "mode": "hand",
    "items": [ITEM],
    "evidence": "receipt no. 4",
}


@contextmanager
def open_desks(folder: Path, keys: dict[str, str], policies: Path, database: str) -> Iterator[Desk]:
    """Serve with keys that outlive the server."""
    for name, (role, department) in CALLERS.items():
        if name not in keys:
            keys[name], stored = new_api_key(name, role, department)
            add_api_key(folder / "keys.json", stored)
    settings = Settings(
        policies=policies,
        database=database,
        signing_key=folder / "signing.key",
        api_keys=folder / "keys.json",
        exercise=True,
    )
    with (
        running_server(settings) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield Desk(client, keys)


def post(desk: Desk, caller: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key or f"k{next(KEYS)}"}
    return desk.call(caller, "POST", path, body, headers=headers)


def decided(desk: Desk, caller: str = "committee", **changes: Any) -> Any:
    answer = desk.call(caller, "POST", "/v1/pre-check", {**DELIVER, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def issue(desk: Desk, decision_id: str, caller: str = "committee", **more: Any) -> httpx.Response:
    return post(desk, caller, "/v1/clearances", {"decision_id": decision_id, **more})


def cleared(desk: Desk, **changes: Any) -> Any:
    """A clearance for the example, changed."""
    answer = issue(desk, decided(desk, **changes)["decision_id"])
    assert answer.status_code == 201, answer.text
    return answer.json()


def hand_over(desk: Desk, caller: str = "committee", key: str | None = None, **changes: Any) -> Any:
    """What is answered to a handover of the example, changed."""
    body = {name: value for name, value in {**HANDOVER, **changes}.items() if value is not None}
    answer = post(desk, caller, "/v1/handovers", body, key)
    assert answer.status_code == 201, answer.text
    return answer.json()


def codes(handover: Any) -> list[str]:
    return [ground["code"] for ground in handover["grounds"]]
