"""The bytes of a log entry: a header line of JSON, then the payloads it lists, exactly as given.

The line holds `kind`, `key`, `at` (UTC) and the members of that kind; `payloads` gives name and length of each
payload. A proof is about all these bytes, and reading an entry never re-serialises one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic_core import to_json

REQUEST, DECISION, FACT = "request", "decision", "fact"
HANDOVER, TRANSFER, JUDGEMENT, EVENT = "handover", "transfer", "judgement", "event"
WITHDRAWAL = "withdrawal"
STATEMENT, TEXTS, EVIDENCE = "statement", "texts", "evidence"
PAGE = "page"
"""The names of payloads: a request as received, an answer as given, a recorded fact, what an officer stated."""


class EntryKind(StrEnum):
    """What an entry records."""

    STARTED = "started"
    STOPPED = "stopped"
    SIGNING_KEY = "signing_key"
    API_KEY = "api_key"
    POLICIES = "policies"
    DECISION = "decision"
    CASE_OPENED = "case_opened"
    CASE_FACT = "case_fact"
    CLEARANCE_ISSUED = "clearance_issued"
    HANDOVER = "handover"
    TRANSFER_RECORDED = "transfer_recorded"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    ERASED = "erased"
    REGISTER_IMPORTED = "register_imported"
    REGISTER_EVENT = "register_event"
    REGISTER_PAPER = "register_paper"
    APPROVALS_FOUNDED = "approvals_founded"
    PROPOSAL = "proposal"
    PROPOSAL_EVIDENCE = "proposal_evidence"
    OFFICER_STATEMENT = "officer_statement"
    CLOSED = "closed"
    CONTINUED = "continued"


@dataclass(slots=True)
class Entry:
    """An entry to be recorded, or as read back. Not frozen only because that would double the cost of making one.

    `pieces`, joined, are the payload `decision`, which is the last: alternately its own texts and such as may recur
    in other entries.
    """

    kind: EntryKind
    key: str
    at: datetime
    members: Mapping[str, Any] = field(default_factory=dict)
    payloads: Mapping[str, bytes] = field(default_factory=dict)
    pieces: Sequence[bytes] = field(default=(), compare=False, repr=False)

    def to_bytes(self) -> bytes:
        """Return the bytes that the log stores."""
        return b"".join((self.head(self.at.isoformat()), *self.pieces))

    def head(self, at: str) -> bytes:
        """Return the bytes before the pieces, all if there are none; `at` is the timestamp as text."""
        payloads = self.payloads
        line = {
            "kind": self.kind.value,
            "key": self.key,
            "at": at,
            **self.members,
            "payloads": dict(zip(payloads, map(len, payloads.values()))),  # noqa: B905
        }
        whole = [*payloads.values()]
        if self.pieces:
            whole.pop()
        return b"".join((to_json(line), b"\n", *whole))

    @classmethod
    def from_bytes(cls, content: bytes) -> Entry:
        """Read an entry back. Raises ValueError if the bytes are not those of an entry."""
        line, _, rest = content.partition(b"\n")
        payloads = {}
        try:
            members: dict[str, Any] = json.loads(line)
            for name, length in members.pop("payloads").items():
                payloads[name], rest = rest[:length], rest[length:]
            kind, key, at = EntryKind(members.pop("kind")), members.pop("key"), members.pop("at")
            return cls(kind, key, datetime.fromisoformat(at), members, payloads)
        except (LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("its first line is not that of an entry") from error
