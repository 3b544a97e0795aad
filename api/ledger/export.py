"""Entries of the log in exported form: plain data, or events of the Open Cybersecurity Schema Framework."""

from __future__ import annotations

import json
from typing import Any, assert_never

from api.ledger.entries import Entry, EntryKind
from engine import Outcome

_PRODUCT = "channelgate"


def as_line(sequence: int, entry: Entry) -> dict[str, Any]:
    """Return the entry as plain data: its place, its members, its payloads."""
    payloads = {name: json.loads(content) for name, content in entry.payloads.items()}
    return {
        "sequence": sequence,
        "kind": entry.kind,
        "key": entry.key,
        "at": entry.at.isoformat(),
        **entry.members,
        **payloads,
    }


def as_event(entry: Entry) -> dict[str, Any]:
    """Return the entry as an event of OCSF 1.4.0 of the class API Activity (6003).

    1.4.0 is the first whose API Activity takes the profile `security_control`, to which the action belongs. The log
    knows who called but not from which address, so the source is named after the caller.
    """
    caller = entry.members.get("caller", _PRODUCT)
    decided = entry.kind is EntryKind.DECISION
    return {
        "metadata": {
            "version": "1.4.0",
            "uid": entry.key,
            "product": {"name": _PRODUCT, "vendor_name": _PRODUCT},
            **({"profiles": ["security_control"]} if decided else {}),
        },
        "category_uid": 6,
        "class_uid": 6003,
        "activity_id": 99,
        "activity_name": entry.kind,
        "type_uid": 600399,
        "severity_id": 1,
        "time": int(entry.at.timestamp() * 1000),
        "actor": {"user": {"name": caller}},
        "src_endpoint": {"name": caller},
        "api": {"operation": "pre-check" if decided else entry.kind},
        **(_action(entry.members["outcome"]) if decided else {}),
        "unmapped": dict(entry.members),
    }


def _action(outcome: str) -> dict[str, Any]:
    """The action of a decision; an outcome that another version recorded is neither allowed nor denied."""
    number = _ACTIONS.get(outcome, _OTHER)
    return {"action_id": number, "action": _CAPTIONS.get(number, outcome)}


def _action_of(outcome: Outcome) -> int:
    """Denied is what was decided against; where nothing was decided, who counts denials counts none."""
    match outcome:
        case Outcome.DELIVER:
            return _ALLOWED
        case Outcome.REGULARISE | Outcome.ROUTE_BILATERAL | Outcome.ESCALATE_URGENT:
            return _DENIED
        case Outcome.HOLD | Outcome.REFUSE:
            return _DENIED
        case Outcome.NOT_GOVERNED | Outcome.NEEDS_INFORMATION | Outcome.REFER:
            return _OTHER
        case _:
            assert_never(outcome)


_ALLOWED, _DENIED, _OTHER = 1, 2, 99
_CAPTIONS = {_ALLOWED: "Allowed", _DENIED: "Denied"}
_ACTIONS = {outcome.value: _action_of(outcome) for outcome in Outcome}
