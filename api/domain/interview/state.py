"""The state of an interview: the answers in their order, and the request that they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.domain.cases.recordable_facts import nested
from engine import Decision, PolicySet, Request, Vocabulary, decide, withhold_unconfirmed
from engine.contract.vocabulary import ITEM

ANOTHER_ITEM = "items"
"""Stands in the place of a fact where it is asked whether there is one more line."""
MAX_LINES = 1000
"""How many lines a request holds."""

Stated = Mapping[str, Any]
"""Values by the names of facts; None for one that is not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """An answer: the fact it was asked for, the line it is about (from 0, None for the whole), what it states."""

    fact: str
    line: int | None
    stated: Stated


@dataclass(frozen=True, slots=True)
class Interview:
    """How far an interview has come.

    `lines` are those it begins with, such as the rows of a file. Where `more_lines`, it is asked whether there is
    another item once nothing is left to ask of those that there are.
    """

    request_id: str
    as_of: dt.date | None = None
    lines: tuple[Stated, ...] = ({},)
    more_lines: bool = True
    steps: tuple[Step, ...] = ()

    def count_lines(self) -> int:
        """Return how many lines the request has by now."""
        return len(self.lines) + sum(1 for step in self.steps if step.stated.get(ANOTHER_ITEM))

    def states(self, fact: str, line: int | None) -> bool:
        """Whether a fact was stated, or stated as not known; a fact of a line names the line."""
        if line is not None and line < len(self.lines) and fact in self.lines[line]:
            return True
        return any(fact in step.stated and step.line == line for step in self.steps)


@dataclass(frozen=True, slots=True)
class InterviewTerms:
    """By what an interview is held: the policies, the parties whose statements count, and the present moment."""

    policies: PolicySet
    parties: frozenset[str]
    at: dt.datetime

    def may_be_stated(self, fact: str) -> bool:
        """Whether one of the parties may state a fact of the vocabulary."""
        word = self.policies.vocabulary.words.get(fact)
        return word is not None and (word.owner is None or word.owner in self.parties)


def answer(state: Interview, step: Step) -> Interview:
    """Return the state with one more answer."""
    return replace(state, steps=(*state.steps, step))


def back(state: Interview) -> Interview:
    """Return the state without the newest answer; the first question stays."""
    return replace(state, steps=state.steps[:-1])


def members_of(state: Interview) -> dict[str, Any]:
    """Return the members of the request that the answers make, as JSON has them but for days and amounts."""
    members: dict[str, Any] = {"request_id": state.request_id}
    if state.as_of is not None:
        members["as_of"] = state.as_of
    items: list[dict[str, Any]] = [{"line": mark} for mark in range(1, state.count_lines() + 1)]
    for item, stated in zip(items, state.lines, strict=False):
        _put(stated, members, item)
    for step in state.steps:
        _put(step.stated, members, items[step.line or 0])
    return {**members, "items": items}


def _put(stated: Stated, members: dict[str, Any], item: dict[str, Any]) -> None:
    for fact, value in stated.items():
        if fact != ANOTHER_ITEM:
            nested(fact, value, item if fact.startswith(ITEM) else members)


def request_of(vocabulary: Vocabulary, state: Interview) -> Request:
    """Return the request that the answers make."""
    request: Request = vocabulary.request.model_validate(members_of(state))
    return request


def decide_so_far(terms: InterviewTerms, state: Interview, decision_id: str = "-") -> Decision:
    """Return the answer by what is stated so far, as the parties state it."""
    policies = terms.policies
    believed, claimed = withhold_unconfirmed(
        policies.vocabulary, request_of(policies.vocabulary, state), terms.parties
    )
    return decide(policies, believed, decision_id=decision_id, evaluated_at=terms.at, claimed=claimed)
