"""An office at work over HTTP: what the steps about registers, cases, clearances and handovers do."""

import itertools
from collections.abc import Mapping
from typing import Any, Protocol

PENDING = ["kp-organised-pending", "kp-northeast-pending"]
PROVIDED = ["kp-provided-since-1963", "kp-northeast-provided"]
"""The lists of the opening balance that S1.1 and S2.1 speak of."""

PROJECT = "8-14"
CHANNEL = "item.channel."
BY_THE_COMMITTEE = {"by": "committee", "to": "counterpart_institution"}

URGENT_REQUEST: dict[str, Any] = {
    "request_id": "an-urgent-request",
    "department": {"id": "metallurgy"},
    "mission": {
        "name": "expert group on rolling mills",
        "countries": ["KP"],
        "kind": "specialist_group",
        "level": "national",
    },
    "visit": {"place": "Beijing", "border_area": "none"},
    "trigger": "ad_hoc_request",
    "urgency": {
        "time_sensitive": True,
        "eagerly_wanted": True,
        "deadline": "1965-03-20",
        "ground": "the furnace is being relined now",
    },
    "handover": BY_THE_COMMITTEE,
    "items": [
        {
            "line": 1,
            "description": "drawings of a rolling mill",
            "quantity": 1,
            "unit": "set",
            "kind": "drawing",
            "published": False,
            "legacy_list": "none",
            "channel": {"reported_to_committee": False},
        }
    ],
}
HANDOVER: dict[str, Any] = {
    "countries": ["KP"],
    "department": "metallurgy",
    "recipient": "the secretary of the Trade Attache",
    "mode": "hand",
    "items": [
        {
            "line": 1,
            "description": "drawings of a rolling mill",
            "quantity": 1,
            "unit": "set",
            "kind": "drawing",
        }
    ],
    "evidence": "receipt no. 4",
    **BY_THE_COMMITTEE,
}


class Reply(Protocol):
    """What a service answers over HTTP."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...

    @property
    def text(self) -> str:
        """The body as text."""
        ...

    def json(self) -> Any:
        """The body as plain data."""
        ...


class OfficeCallers(Protocol):
    """Sends requests to a running service, each in the name of a role."""

    def call(
        self,
        caller: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request in the name of the role `caller`."""
        ...


class UnexpectedReply(Exception):
    """The service refused what a step does; the text is its answer."""


class Office:
    """The registers of a service, the case that a scenario is about, and the last answer."""

    def __init__(self, callers: OfficeCallers) -> None:
        self._callers = callers
        self._numbers = itertools.count()
        self.case_id = ""
        self.handover_id = ""
        self.answer: dict[str, Any] = {}

    def read(self, path: str, caller: str = "auditor", **params: str) -> Any:
        """Read something of the service."""
        return self._expect(200, self._callers.call(caller, "GET", path, params=params)).json()

    def draft(self, page: str, **params: str) -> str:
        """Return a page to print, as HTML."""
        path = f"/v1/registers/pages/{page}"
        return self._expect(200, self._callers.call("liaison", "GET", path, params=params)).text

    def due(self, day: str) -> list[dict[str, Any]]:
        """Return what is due on a day."""
        return list(self.read("/v1/due", as_of=day)["due"])

    def item_in_register(self, number: str) -> dict[str, Any]:
        """Return an item as the registers hold it."""
        return dict(self.read(f"/v1/registers/items/{number}"))

    def item(self, number: str) -> dict[str, Any]:
        """Return an item of the registers as a request names it."""
        listed = self.item_in_register(number)
        item = {name: listed[name] for name in ("description", "unit", "kind")}
        return {"line": number, "quantity": int(listed["quantity"]), **item}

    def record_event(self, kind: str, day: str, **more: Any) -> None:
        """Record what happened to lists, items or sessions."""
        body = {"kind": kind, "happened_on": day, "reference": f"letter of {day}", **more}
        self._post("liaison", "/v1/registers/events", body)

    def pre_check(self, day: str, **changes: Any) -> dict[str, Any]:
        """Have a pre-check decided."""
        body = {
            "request_id": "an office's request",
            "as_of": day,
            "department": {"id": "metallurgy"},
            "mission": {"countries": ["KP"]},
            "visit": {"border_area": "none"},
            "trigger": "legacy_list",
            "handover": BY_THE_COMMITTEE,
            **changes,
        }
        return dict(self._expect(200, self._callers.call("department", "POST", "/v1/pre-check", body)).json())

    def open_urgent_case(self, day: str) -> None:
        """Open the case about an urgent request; it is on no old list."""
        reply = self._post("department", "/v1/cases", {**URGENT_REQUEST, "as_of": day})
        self.case_id = str(reply["case_id"])
        self._record("committee", [_fact("item.legacy_list", "none", day)])

    def case_as_of(self, day: str) -> dict[str, Any]:
        """Return the case as it stood on a day."""
        return dict(self.read(f"/v1/cases/{self.case_id}", "committee", held_on=day))

    def record_facts(self, day: str, **facts: Any) -> None:
        """Record what has become of the case in the channel."""
        self._record("committee", [_fact(CHANNEL + name, value, day) for name, value in facts.items()])

    def clear(self, decision: Mapping[str, Any]) -> str:
        """Issue the clearance for a decision, and return its id."""
        body = {"decision_id": decision["decision_id"]}
        return str(self._post("committee", "/v1/clearances", body)["clearance_id"])

    def hand_over(self, day: str, **changes: Any) -> dict[str, Any]:
        """Record a handover, as HANDOVER says or otherwise."""
        return self._post("committee", "/v1/handovers", {**HANDOVER, "handed_over_on": day, **changes})

    def hand_over_cleared(self, number: str, day: str) -> dict[str, Any]:
        """Record the handover of an item of the registers under a clearance."""
        item = self.item(number)
        clearance = self.clear(self.pre_check(day, items=[item]))
        return self.hand_over(day, items=[item], clearance=clearance)

    def hand_over_case(self, day: str, by: str) -> dict[str, Any]:
        """Record the handover of what the case is about, under a clearance."""
        (requested,) = URGENT_REQUEST["items"]
        item = {name: value for name, value in requested.items() if name not in ("channel", "legacy_list")}
        decision = self.pre_check(
            day,
            request_id=URGENT_REQUEST["request_id"],
            trigger=URGENT_REQUEST["trigger"],
            items=[item],
        )
        handed = {name: value for name, value in item.items() if name != "published"}
        clearance = self.clear(decision)
        return self.hand_over(day, items=[handed], clearance=clearance, case_id=self.case_id, by=by)

    def record_transfer(self, day: str) -> None:
        """Record the transfer procedure of the last handover."""
        body = {"recorded_on": day, "reference": "transfer record no. 12"}
        self._post("committee", f"/v1/handovers/{self.handover_id}/transfer", body)

    def _record(self, caller: str, facts: list[dict[str, Any]]) -> None:
        version = self.read(f"/v1/cases/{self.case_id}", caller)["version"]
        self._post(caller, f"/v1/cases/{self.case_id}/facts", {"facts": facts}, {"If-Match": f'"{version}"'})

    def _post(
        self, caller: str, path: str, body: Any, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        key = {"Idempotency-Key": f"k{next(self._numbers)}"}
        reply = self._callers.call(caller, "POST", path, body, headers={**key, **(headers or {})})
        return dict(self._expect(201, reply).json())

    def _expect(self, status: int, reply: Reply) -> Reply:
        if reply.status_code != status:
            raise UnexpectedReply(reply.text)
        return reply


def _fact(name: str, value: Any, day: str) -> dict[str, Any]:
    line = {"line": 1} if name.startswith("item.") else {}
    return {"fact": name, "value": value, "happened_on": day, "evidence": f"paper of {day}", **line}
