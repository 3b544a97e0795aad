"""Entries of the log in exported form: plain data, or events of the Open Cybersecurity Schema Framework."""

from __future__ import annotations

import json
from typing import Any

from api.ledger.entries import Entry, EntryKind
from engine import Outcome

_PERMITTING = frozenset(outcome.value for outcome in Outcome if outcome.permits)


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
    """Return the entry as an OCSF event of the class API Activity (6003)."""
    permitted = entry.members.get("outcome") in _PERMITTING
    decided = entry.kind is EntryKind.DECISION
    return {
        "metadata": {"version": "1.3.0", "uid": entry.key, "product": {"name": "channelgate"}},
        "category_uid": 6,
        "class_uid": 6003,
        "activity_id": 99,
        "activity_name": entry.kind,
        "type_uid": 600399,
        "severity_id": 1,
        "time": int(entry.at.timestamp() * 1000),
        "actor": {"user": {"name": entry.members.get("caller", "channelgate")}},
        "api": {"operation": "pre-check" if decided else entry.kind},
        **({"action_id": 1 if permitted else 2} if decided else {}),
        "unmapped": dict(entry.members),
    }
