"""The words of an answer, from the key that a row was given; they are those of `engine.deciding`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.bulk.default_logic import PolicyColumns
from engine.bulk.plan import TablePlan
from engine.contract.decision import Duty, Outcome, is_in_force
from engine.contract.serving_status import NO_STATUS, ServingStatus
from engine.evaluation.too_old import outcome_when
from engine.policy.model import PolicySet
from engine.policy.rules import Cited, Rule
from engine.policy.standing_answers import StandingCase, standing_case_of

Distinct = TypeVar("Distinct")

_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What distinguishes one answer from another: its case, the policies' outcome and the one given, and the bits."""

    case: int
    assessed: int
    outcome: int
    several: bool
    bits: int


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """The words of a line's answer; `would_be` is the outcome if the directive were in force."""

    outcome: Outcome
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    duties: tuple[Duty, ...]
    say: str
    would_be: Outcome | None = None


def last_days(plan: TablePlan, key: AnswerKey, status: ServingStatus = NO_STATUS) -> tuple[int, dt.date]:
    """For how many days an answer stays valid, and the day after which it does not in any case."""
    outcome = outcome_when(_OUTCOMES[key.outcome], status)
    return plan.policies.valid_days[outcome], plan.cases[key.case].interval.last


def word_answer(plan: TablePlan, key: AnswerKey, status: ServingStatus = NO_STATUS) -> RowAnswer:
    """Put a key into words; while something of the policies is too old, a hold where it would permit."""
    answer = _word(plan, key)
    outcome = outcome_when(answer.outcome, status)
    if outcome is answer.outcome:
        return answer
    held = plan.policies.too_old_answer
    return RowAnswer(outcome, (), held.clauses, held.cited.readings, held.duties, held.say)


def _word(plan: TablePlan, key: AnswerKey) -> RowAnswer:
    # While the directive is only proposed, what would be governed is referred, and nothing else is.
    status, referred = plan.cases[key.case].interval.status, _OUTCOMES[key.outcome] is Outcome.REFER
    truths = _KeyTruths(plan, key)
    answer = _answer(plan, truths, _OUTCOMES[key.assessed])
    if key.several:
        also = plan.policies.several_countries
        answer = _with(answer, also)
    return _proposed(plan, answer, truths) if referred and not is_in_force(status) else answer


class _KeyTruths:
    """The truths of a key."""

    def __init__(self, plan: TablePlan, key: AnswerKey) -> None:
        self.case = plan.cases[key.case]
        self.true = {
            (bit.policy, bit.of, bit.index, bit.also)
            for position, bit in enumerate(plan.bits[key.case])
            if key.bits >> position & 1
        }

    def has(self, number: int, of: str, index: int = 0, also: int = 0) -> bool:
        return (number, of, index, also) in self.true

    def sentence(self, number: int, index: int, rule: Rule) -> str:
        held = (one.say for at, one in enumerate(rule.say_when) if self.has(number, "says", index, at))
        return next(held, rule.say)

    def duties(self, number: int, index: int, rule: Rule) -> Iterator[Duty]:
        yield from rule.duties
        under_condition = enumerate(rule.duties_when)
        yield from (one.duty for at, one in under_condition if self.has(number, "requires", index, at))

    def standing_answer_sentence(self, policies: PolicySet, case: StandingCase) -> str:
        answer = policies.standing_answers[case]
        held = (one.say for at, one in enumerate(answer.say_when) if self.has(0, case, at))
        return next(held, answer.say)

    def deciding(self) -> list[tuple[int, PolicyColumns]]:
        return [
            (number, policy)
            for number, policy in enumerate(self.case.policies)
            if self.has(number, "decides") or self.has(number, "may_decide")
        ]

    def winners(self, number: int, policy: PolicyColumns) -> Iterator[tuple[int, Rule]]:
        ranked = sorted(enumerate(policy.edition.rules), key=lambda entry: entry[1].name)
        return ((index, rule) for index, rule in ranked if self.has(number, "wins", index))


def _answer(plan: TablePlan, truths: _KeyTruths, outcome: Outcome) -> RowAnswer:
    deciding = truths.deciding()
    won = [
        (number, index, rule) for number, policy in deciding for index, rule in truths.winners(number, policy)
    ]
    cited = [
        entry.cited
        for number, policy in deciding
        for index, entry in enumerate(policy.edition.scope)
        if truths.has(number, "entry_holds", index) or truths.has(number, "entry_may", index)
    ]
    standing_answer = None
    if not won:
        standing_answer = plan.policies.standing_answers[standing_case_of(outcome)]
        cited.append(standing_answer.cited)
        cited += [
            rule.cited
            for number, policy in deciding
            for index, rule in enumerate(policy.edition.rules)
            if truths.has(number, "open", index)
        ]
    for number, index, rule in won:
        cited.append(rule.cited)
        cited += [c for at, c in enumerate(rule.cite_when) if truths.has(number, "cites", index, at)]
    duties = [duty for winner in won for duty in truths.duties(*winner)] or list(
        standing_answer.duties if standing_answer else ()
    )
    sentences = [truths.sentence(*winner) for winner in won]
    if standing_answer:
        sentences.append(truths.standing_answer_sentence(plan.policies, standing_case_of(outcome)))
    return RowAnswer(
        outcome,
        _distinct(rule.name for _, _, rule in won),
        _clauses(cited, duties),
        _distinct(reading for entry in cited for reading in entry.readings),
        _distinct(duties),
        " ".join(_distinct(sentences)),
    )


def _with(answer: RowAnswer, also: Cited) -> RowAnswer:
    return RowAnswer(
        answer.outcome,
        answer.rules,
        _distinct((*answer.clauses, *also.clauses)),
        _distinct((*answer.readings, *also.readings)),
        answer.duties,
        answer.say,
    )


def _proposed(plan: TablePlan, answer: RowAnswer, truths: _KeyTruths) -> RowAnswer:
    proposed = plan.policies.standing_answers[StandingCase.PROPOSED]
    return RowAnswer(
        Outcome.REFER,
        (),
        _clauses([proposed.cited], proposed.duties),
        _distinct((*proposed.cited.readings, *answer.readings)),
        _distinct(proposed.duties),
        truths.standing_answer_sentence(plan.policies, StandingCase.PROPOSED),
        answer.outcome,
    )


def _clauses(cited: Iterable[Cited], duties: Sequence[Duty]) -> tuple[str, ...]:
    return _distinct([*(clause for entry in cited for clause in entry.clauses), *(d.clause for d in duties)])


def _distinct(values: Iterable[Distinct]) -> tuple[Distinct, ...]:
    """The values without repetition, in the order in which they first come."""
    return tuple(dict.fromkeys(values))
