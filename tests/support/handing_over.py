"""Clearances and handovers at the desks: the bodies and the calls."""

import json
from typing import Any

import httpx

from tests.support.desks import KEYS, ROOT, Desk

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
