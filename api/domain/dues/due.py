"""An entry of what falls due, and how the items of a list are grouped into entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.domain.dues.list_terms import ListTerms
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.state import ItemState, RegisterState
from engine import DueState, fill_in

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

    @property
    def is_to_confirm(self) -> bool:
        """Whether its items wait for an answer and their delivery."""
        return self.listed.legacy_list == self.terms.registers.to_confirm.name

    @property
    def is_to_include(self) -> bool:
        """Whether its items have been provided, and wait for a resolution."""
        return self.listed.legacy_list == self.terms.registers.to_include.name

    @property
    def is_separate(self) -> bool:
        """Whether nothing is due for it."""
        separate = self.terms.registers.separate
        return separate is not None and self.listed.legacy_list == separate.name

    @property
    def is_in_old_words(self) -> bool:
        """Whether the directive has no such sort of lists any more, so that it is not known what is due for it."""
        return self.listed.legacy_list not in self.terms.registers.list_words

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

    def due_in_old_words(self) -> Due:
        """What is due for a list whose sort the directive has no word for: to give it one again."""
        word = self.listed.legacy_list
        what = f"{counted(len(self.items))} of “{self.listed.title}” are recorded in old words, as `{word}`"
        return Due(
            what=f"{what}, a sort of lists that the policies no longer have",
            who=self.terms.registers.due_from,
            must=f"have the sort `{word}` put back into the policies, since nothing else is known to be due",
            clause=min(self.terms.registers.governed_by),
            since=self.terms.in_force_from,
            due=None,
            overdue=False,
            subject=self._subject(self.items),
        )

    def dues(
        self,
        state: DueState,
        items: Sequence[RegisterItem],
        since: dt.date | None,
        *,
        due: dt.date | None = None,
        session: int | None = None,
    ) -> Iterator[Due]:
        """Yield what is due for items in a state, if anything is; what a session closed without, by that day."""
        terms = self.terms
        rule, duty = terms.registers.dues.get(state), terms.duty(state)
        if rule is None:
            return
        words = {
            **terms.worded,
            "items": counted(len(items)),
            "title": self.listed.title,
            "session": session_in_words(session),
            "closed_on": str(due),
        }
        what = fill_in(rule.what, words)
        must, evidence = (duty.must, duty.evidence) if duty else (what, None)
        if rule.must is not None:
            must, evidence = fill_in(rule.must, words), rule.evidence and fill_in(rule.evidence, words)
        subject = self._subject(items)
        if session is not None:
            subject["session"] = session
        yield Due(
            what=what,
            who=terms.registers.due_from,
            must=must,
            clause=rule.clause,
            since=since,
            due=due,
            overdue=due is not None and due < self.day,
            subject=subject,
            evidence=evidence,
        )

    def _subject(self, items: Sequence[RegisterItem]) -> dict[str, Any]:
        subject: dict[str, Any] = {"list_id": self.listed.list_id, "items": len(items)}
        if len(items) <= MAX_NAMED:
            subject["item_nos"] = [item.item_no for item in items]
        return subject


def counted(number: int, noun: str = "item") -> str:
    """Return a number of things in words."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def session_in_words(session: int | None) -> str:
    """Return how sentences name a session."""
    return "a session that is not recorded" if session is None else f"session {session}"
