"""News: what others should hear of without asking, each at its place of the log.

It names things by their ids and says where to read on; what people have written is in none of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID, uuid5

_NEWS = UUID("5f3c6a52-6f0d-4d0e-9c1f-0a8a1d6f2b47")
"""The namespace of the ids of news."""


class NewsKind(StrEnum):
    """What has happened, in the words by which other systems choose."""

    URGENT_REQUEST = "request.urgent"
    CASE_OPENED = "case.opened"
    CASE_CHANGED = "case.changed"
    POLICIES_CHANGED = "policies.changed"


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One piece of news. `subject` is the id of a decision, a case or a revision, by `kind`.

    `version` is that of the case. `department` is whose it is; None for news that everybody may have.
    `leaf` is the hash of the log entry.
    """

    sequence: int
    kind: NewsKind
    subject: str
    at: dt.datetime
    leaf: bytes
    department: str | None = None
    version: int | None = None

    @property
    def uuid(self) -> UUID:
        """The id of the news itself: the same in every process, at every time, and of no other log."""
        return news_id(self.leaf)

    @property
    def page(self) -> str:
        """The page of the console about it."""
        match self.kind:
            case NewsKind.CASE_OPENED | NewsKind.CASE_CHANGED:
                return f"/cases/{self.subject}"
            case NewsKind.URGENT_REQUEST:
                return "/cases"
            case NewsKind.POLICIES_CHANGED:
                return "/policies"
            case _:
                assert_never(self.kind)

    @property
    def call(self) -> str:
        """The call of the API that answers with what it is about."""
        match self.kind:
            case NewsKind.CASE_OPENED | NewsKind.CASE_CHANGED:
                return f"/v1/cases/{self.subject}"
            case NewsKind.URGENT_REQUEST:
                return f"/v1/decisions/{self.subject}"
            case NewsKind.POLICIES_CHANGED:
                return "/v1/policies"
            case _:
                assert_never(self.kind)

    def as_message(self, base_url: str) -> dict[str, Any]:
        """Return it as it is sent, in the form that Standard Webhooks recommends.

        `base_url` stands before the links; empty for one who knows where they lead.
        """
        version = {} if self.version is None else {"version": self.version}
        return {
            "type": self.kind.value,
            "timestamp": self.at.isoformat(),
            "data": {
                "id": self.subject,
                **version,
                "sequence": self.sequence,
                "links": {"page": base_url + self.page, "call": base_url + self.call},
            },
        }


def news_id(leaf: bytes, part: str = "") -> UUID:
    """Return the id that news has by the hash of its log entry; or `part` of the log that begins with it."""
    return uuid5(_NEWS, f"{leaf.hex()} {part}" if part else leaf.hex())
