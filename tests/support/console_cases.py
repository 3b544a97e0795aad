"""Urgent requests and cases of today, made by the calls of the API for the tests of the console."""

from __future__ import annotations

import copy
import datetime as dt
import json
from itertools import count
from typing import Any

from tests.support.consoles import ROOT, ServedConsole

URGENT = json.loads((ROOT / "examples" / "escalate_urgent.json").read_text())
AGREED = json.loads((ROOT / "examples" / "deliver.json").read_text())["items"][0]["channel"]
_NUMBERS = count()


def today(console: ServedConsole) -> dt.date:
    """The day at the calendar place of the policies."""
    answer = call(console, "committee", "GET", "/v1/due")
    return dt.date.fromisoformat(answer["as_of"])


def call(console: ServedConsole, role: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Make a call of the API and return what it is answered."""
    sent = {
        "Authorization": f"Bearer {console.keys[role]}",
        "Idempotency-Key": f"call-{next(_NUMBERS)}",
        **headers,
    }
    answer = console.api.request(method, path, json=body, headers=sent)
    assert answer.status_code < 300, answer.text
    return answer.json()


def urgent_request(day: dt.date, *, days: int = 2, department: str = "metallurgy", **more: Any) -> Any:
    """An urgent request of a day that is needed within some days."""
    request = copy.deepcopy(URGENT) | {"request_id": f"request-{next(_NUMBERS)}", "as_of": day.isoformat()}
    request["department"]["id"] = department
    request["urgency"]["deadline"] = (day + dt.timedelta(days)).isoformat()
    request["handover"]["planned_on"] = day.isoformat()
    return request | more


def opened(console: ServedConsole, role: str = "department", **more: Any) -> str:
    """The id of a new case."""
    answer = call(console, role, "POST", "/v1/cases", urgent_request(today(console), **more))
    return str(answer["case_id"])


def agree(console: ServedConsole, case_id: str) -> None:
    """Record everything by which a case may be handed over to the registered institution."""
    day = today(console).isoformat()
    facts = [
        {"fact": f"item.channel.{name}", "line": 1, "value": value} for name, value in AGREED.items()
    ] + [
        {"fact": "item.legacy_list", "line": 1, "value": "none"},
        {"fact": "handover.by", "value": "committee"},
        {"fact": "handover.to", "value": "counterpart_institution"},
    ]
    body = {"facts": [{**fact, "happened_on": day, "evidence": "note no. 12"} for fact in facts]}
    version = call(console, "committee", "GET", f"/v1/cases/{case_id}")["version"]
    call(console, "committee", "POST", f"/v1/cases/{case_id}/facts", body, **{"If-Match": f'"{version}"'})
