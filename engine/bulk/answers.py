"""The words of an answer, from the key that a row was given; they are those of `engine.deciding`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.bulk.default_logic import Weighed
from engine.bulk.plan import Plan
from engine.contract.decision import Duty, Outcome, is_in_force
from engine.policy.model import Cited, Rule, StandingCase, standing_case_of

Thing = TypeVar("Thing")

_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Key:
    """What tells one answer from another: its case, what the policies say and what is answered, and the bits."""

    case: int
    assessed: int
    outcome: int
    several: bool
    bits: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of a line's answer; `would_be` is what the directive would say if it were in force."""

    outcome: Outcome
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    duties: tuple[Duty, ...]
    say: str
    would_be: Outcome | None = None


def last_days(plan: Plan, key: Key) -> tuple[int, dt.date]:
    """For how many days an answer stays valid, and the day after which it does not in any case."""
    return plan.policies.valid_days[_OUTCOMES[key.outcome]], plan.cases[key.case].stretch.last


def word_answer(plan: Plan, key: Key) -> Answer:
    """Put a key into words."""
    # While the directive is only proposed, what would be governed is referred, and nothing else is.
    status, referred = plan.cases[key.case].stretch.status, _OUTCOMES[key.outcome] is Outcome.REFER
    answer = _answer(plan, _Found(plan, key), _OUTCOMES[key.assessed])
    if key.several:
        also = plan.policies.several_countries
        answer = _with(answer, also)
    return _proposed(plan, answer) if referred and not is_in_force(status) else answer


class _Found:
    """The truths of a key."""

    def __init__(self, plan: Plan, key: Key) -> None:
        self.case = plan.cases[key.case]
        self.true = {
            (bit.weighed, bit.of, bit.index, bit.also)
            for position, bit in enumerate(plan.bits[key.case])
            if key.bits >> position & 1
        }

    def has(self, number: int, of: str, index: int = 0, also: int = 0) -> bool:
        return (number, of, index, also) in self.true

    def deciding(self) -> list[tuple[int, Weighed]]:
        return [
            (number, weighed)
            for number, weighed in enumerate(self.case.weighed)
            if self.has(number, "decides") or self.has(number, "may_decide")
        ]

    def winners(self, number: int, weighed: Weighed) -> Iterator[tuple[int, Rule]]:
        ranked = sorted(enumerate(weighed.edition.rules), key=lambda entry: entry[1].name)
        return ((index, rule) for index, rule in ranked if self.has(number, "wins", index))


def _answer(plan: Plan, found: _Found, outcome: Outcome) -> Answer:
    deciding = found.deciding()
    won = [
        (number, index, rule)
        for number, weighed in deciding
        for index, rule in found.winners(number, weighed)
    ]
    cited = [
        entry.cited
        for number, weighed in deciding
        for index, entry in enumerate(weighed.edition.scope)
        if found.has(number, "entry_holds", index) or found.has(number, "entry_may", index)
    ]
    standing = None
    if not won:
        standing = plan.policies.standing_answers[standing_case_of(outcome)]
        cited.append(standing.cited)
        cited += [
            rule.cited
            for number, weighed in deciding
            for index, rule in enumerate(weighed.edition.rules)
            if found.has(number, "open", index)
        ]
    for number, index, rule in won:
        cited.append(rule.cited)
        cited += [c for at, c in enumerate(rule.cite_when) if found.has(number, "cites", index, at)]
    duties = [duty for _, _, rule in won for duty in rule.duties] or list(standing.duties if standing else ())
    sentences = [rule.say for _, _, rule in won] or [standing.say if standing else ""]
    return Answer(
        outcome,
        _distinct(rule.name for _, _, rule in won),
        _clauses(cited, duties),
        _distinct(reading for entry in cited for reading in entry.readings),
        _distinct(duties),
        " ".join(_distinct(sentences)),
    )


def _with(answer: Answer, also: Cited) -> Answer:
    return Answer(
        answer.outcome,
        answer.rules,
        _distinct((*answer.clauses, *also.clauses)),
        _distinct((*answer.readings, *also.readings)),
        answer.duties,
        answer.say,
    )


def _proposed(plan: Plan, answer: Answer) -> Answer:
    told = plan.policies.standing_answers[StandingCase.PROPOSED]
    return Answer(
        Outcome.REFER,
        (),
        _clauses([told.cited], told.duties),
        _distinct((*told.cited.readings, *answer.readings)),
        _distinct(told.duties),
        told.say,
        answer.outcome,
    )


def _clauses(cited: Iterable[Cited], duties: Sequence[Duty]) -> tuple[str, ...]:
    return _distinct([*(clause for entry in cited for clause in entry.clauses), *(d.clause for d in duties)])


def _distinct(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """The things without repetition, in the order in which they first come."""
    return tuple(dict.fromkeys(things))
