"""The state of an interview: the answers in their order, and the request that they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.domain.cases.recordable_facts import nested
from engine import Decision, PolicySet, Request, Vocabulary, decide, withhold_unconfirmed

ANOTHER_ITEM = "items"
"""Stands in the place of a fact in the question whether there is one more line."""
MAX_LINES = 1000
"""How many lines a request holds."""

StatedFacts = Mapping[str, Any]
"""Values by the names of facts; None for one that is not known."""


@dataclass(frozen=True, slots=True)
class InterviewAnswer:
    """An answer to the question for a fact: of which line (from 0; None for the whole), and what it states."""

    fact: str
    line: int | None
    stated: StatedFacts


@dataclass(frozen=True, slots=True)
class Interview:
    """How far an interview has come.

    `whole` is stated of all lines from the start, `lines` are those it begins with, such as the rows of a file.
    Where `more_lines`, the last question is whether there is another item.
    """

    request_id: str
    as_of: dt.date | None = None
    whole: StatedFacts = field(default_factory=dict)
    lines: tuple[StatedFacts, ...] = ({},)
    more_lines: bool = True
    steps: tuple[InterviewAnswer, ...] = ()

    def count_lines(self) -> int:
        """Return how many lines the request has by now."""
        return len(self.lines) + sum(1 for step in self.steps if step.stated.get(ANOTHER_ITEM))

    def stated_of(self, line: int | None) -> dict[str, Any]:
        """Return what is stated of a line, or for None of the whole."""
        stated = dict(self.whole if line is None else self.lines[line] if line < len(self.lines) else {})
        for step in self.steps:
            if step.line == line:
                stated.update(step.stated)
        return stated

    def with_line_alone(self, line: int) -> Interview:
        """Return the interview about this line alone, as if it began with what is stated so far."""
        return replace(self, whole=self.stated_of(None), lines=(self.stated_of(line),), steps=())


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


def answer(state: Interview, step: InterviewAnswer) -> Interview:
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
    _put(state.stated_of(None), members)
    items: list[dict[str, Any]] = []
    for line in range(state.count_lines()):
        items.append({"line": line + 1})
        _put(state.stated_of(line), items[line])
    return {**members, "items": items}


def _put(stated: StatedFacts, members: dict[str, Any]) -> None:
    for fact, value in stated.items():
        if fact != ANOTHER_ITEM:
            nested(fact, value, members)


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
