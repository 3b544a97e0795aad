"""An entry of what falls due, and how the items of a list are grouped into entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.domain.dues.list_terms import ListTerms
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.state import ItemState, RegisterState
from api.domain.shipped_words import COMMITTEE

MAX_NAMED = 20
"""The most items that an entry names; of more, it states only the number."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something due: `due` is the last day for it, None where none is known yet.

    `subject` states what it is about: `list_id` and `items` (how many), `case_id` and `line`, `session`, and the
    `department` that may know of it. `evidence` is what shows that it was done.
    """

    what: str
    who: str
    must: str
    clause: str
    since: dt.date | None
    due: dt.date | None
    overdue: bool
    subject: Mapping[str, Any]
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class ListOnDay:
    """A list with its items, their state on a day, and the terms of its country."""

    listed: RegisterList
    items: Sequence[RegisterItem]
    register_state: RegisterState
    terms: ListTerms
    day: dt.date

    def state(self, item: RegisterItem) -> ItemState:
        """Return the state of an item."""
        return self.register_state.item(item.item_no)

    def grouped(
        self, since: Callable[[ItemState], dt.date | None]
    ) -> list[tuple[dt.date, list[RegisterItem]]]:
        """Return the items for which `since` gives a day, by that day."""
        found: dict[dt.date, list[RegisterItem]] = {}
        for item in self.items:
            if first := since(self.state(item)):
                found.setdefault(first, []).append(item)
        return sorted(found.items())

    def entry(
        self,
        clause: str,
        what: str,
        items: Sequence[RegisterItem],
        since: dt.date | None,
        *,
        due: dt.date | None = None,
        must: str | None = None,
        session: int | None = None,
    ) -> Due:
        """Return what is due from the Committee for items of the list; `must` replaces the policy's words."""
        duty = self.terms.duties.get(clause)
        subject: dict[str, Any] = {"list_id": self.listed.list_id, "items": len(items)}
        if len(items) <= MAX_NAMED:
            subject["item_nos"] = [item.item_no for item in items]
        if session is not None:
            subject["session"] = session
        return Due(
            what=what,
            who=COMMITTEE,
            must=must or (duty.must if duty else what),
            clause=clause,
            since=since,
            due=due,
            overdue=due is not None and due < self.day,
            subject=subject,
            evidence=duty.evidence if duty and duty.evidence else None,
        )


def counted(number: int, noun: str = "item") -> str:
    """Return a number of things in words."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
