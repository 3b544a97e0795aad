"""Why an answer is what it is: which unknown facts could change it, and why other rules did not decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, assert_never

from engine.contract.decision import Missing, Outcome, PolicyStatus, WhyNot
from engine.contract.request import (
    COUNTRY,
    STATED_AS,
    WORDS,
    Item,
    Kind,
    Part,
    Request,
    Value,
    Word,
    country_facts,
)
from engine.evaluation.default_logic import Assessment, Finding, answer_line, assess_again
from engine.language.expression_parts import constants_beside, fact_names, first_failing, residual, walk
from engine.language.expression_text import describe
from engine.language.expressions import Compare, Expression, Fact, Facts, evaluate
from engine.policy.model import Edition, Policy, PolicySet, Rule, ScopeRule, members

ANY_OTHER = "any other"
ONCE_FOUND = "once found"
NO_SUCH_TEXT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a text that no policy mentions."""


class Question(NamedTuple):
    """An unknown fact, or an unknown parameter of a policy, as it is asked for."""

    name: str
    policy: str = ""

    @property
    def fact(self) -> str:
        """The name an answer uses for it: as in the request, or `parameters.POLICY.NAME`."""
        return f"parameters.{self.policy}.{self.name.strip('{}')}" if self.policy else self.name


class OpenCondition(NamedTuple):
    """A condition that is unknown, in a rule that would apply if it held, and the questions it leaves open.

    `facts` are those that it reads, at least; parameters of the policy among them.
    """

    policy: Policy
    facts: Facts
    condition: Expression
    questions: frozenset[Question]


Again = Callable[[Sequence[dict[str, Value]], str | None], Sequence[Sequence[Outcome]]]
"""For each country, what follows from each of several answers to a question: see `assess_again`."""


def list_missing(
    policies: PolicySet,
    request: Request,
    item: Item,
    outcomes: Sequence[Outcome],
    opened: Sequence[Sequence[OpenCondition]],
    status: PolicyStatus,
    again: Again,
) -> tuple[Missing, ...]:
    """List the unknown facts that could change the answer for a line, each with what its answers lead to.

    `outcomes` are those for each country, `opened` the conditions open there; `again` weighs the line once more.
    """
    outcome = answer_line(outcomes, status)
    conditions = tuple([condition for found in opened for condition in found])
    deciding = [found for decided, found in zip(outcomes, opened, strict=True) if decided is outcome]
    asked = _asked_together(deciding, outcome)
    missing = []
    for question in sorted({question for condition in conditions for question in condition.questions}):
        word = _word(question, conditions)
        labelled = _answers(question, word, policies, conditions)
        found = list(labelled.values())
        together = zip(*again(found, question.policy or None), strict=True)
        leads = {label: _led_to(each, status) for label, each in zip(labelled, together, strict=True)}
        alone = any(led is not outcome for led in leads.values())
        if alone or asked.get(question):
            missing.append(
                Missing(
                    fact=question.fact,
                    ask=word.ask,
                    answered_by=word.answered_by,
                    would_lead_to=leads,
                    state="not_found" if question.policy else _state(request, item, question.name),
                    together_with=() if alone else tuple(sorted(other.fact for other in asked[question])),
                )
            )
    return tuple(missing)


_led_to = lru_cache(maxsize=4096)(answer_line)
"""The few outcomes that there are come again with every question."""


def assess_each(
    answers: Sequence[Assessment], changes: Sequence[dict[str, Value]], policy: str | None
) -> list[list[Outcome]]:
    """For each country, what follows from each of the changes, by the reference."""
    return [[assess_again(before, found, policy).outcome for found in changes] for before in answers]


def _asked_together(
    deciding: Sequence[Sequence[OpenCondition]], outcome: Outcome
) -> dict[Question, set[Question]]:
    """For each question that the outcome turns on, the others it may have to be answered with.

    These are the others of its condition; of a condition that asks nothing else, where information is needed,
    all others that it is needed from.
    """
    asked: dict[Question, set[Question]] = {}
    for condition in (condition for found in deciding for condition in found):
        for question in condition.questions:
            asked.setdefault(question, set()).update(condition.questions - {question})
    if outcome is Outcome.NEEDS_INFORMATION:
        return {question: others or asked.keys() - {question} for question, others in asked.items()}
    return asked


def open_conditions(answer: Assessment) -> Iterator[OpenCondition]:
    """The conditions that the facts leave open, in the order of the policies and of their rules."""
    for finding in answer.findings:
        for rule in open_rules(finding):
            if questions := open_questions(finding.policy, rule, finding.facts):
                yield OpenCondition(finding.policy, finding.facts, rule.when, questions)


def open_rules(finding: Finding) -> Sequence[Rule | ScopeRule]:
    """The rules whose conditions may be open: of a policy that only may govern the line, its scope rules first.

    Whether an exception is open says nothing as long as that is.
    """
    if finding.scope is not None:
        return finding.open_rules
    return *finding.edition.scope, *(rule for rule in finding.open_rules if rule.stands_alone)


def open_questions(policy: Policy, rule: Rule | ScopeRule, facts: Facts) -> frozenset[Question]:
    """What is to be asked to settle the condition of a rule; `facts` hold the parameters of its policy."""
    return frozenset([_question(name, policy) for name in residual(rule.when, facts)])


def _question(name: str, policy: Policy) -> Question:
    if name.startswith("{"):
        return Question(name, policy.name)
    return Question(STATED_AS.get(name, name))


def _word(question: Question, conditions: Iterable[OpenCondition]) -> Word:
    if not question.policy:
        return WORDS.get(question.name, WORDS[COUNTRY])
    policy = next(entry.policy for entry in conditions if entry.policy.name == question.policy)
    return policy.declared[question.name.strip("{}")]


def _answers(
    question: Question, word: Word, policies: PolicySet, conditions: Iterable[OpenCondition]
) -> dict[str, dict[str, Value]]:
    """What each possible answer to a question would make known."""
    if question.name == STATED_AS[COUNTRY]:
        listed = policies.countries
        codes = {code: code for code in sorted(listed)} | {ANY_OTHER: NO_SUCH_TEXT}
        return {label: country_facts(code, listed) for label, code in codes.items()}
    if closed := _CLOSED.get(question.name):
        return closed
    values: dict[str, Value]
    match word.kind:
        case Kind.TRUTH | Kind.CHOICE:
            values = _closed(word)
        case Kind.TEXT:
            beside = sorted(str(value) for value in _beside(question, conditions))
            values = dict(zip(beside, beside, strict=True))
            values[ANY_OTHER if beside else ONCE_FOUND] = NO_SUCH_TEXT
        case Kind.NUMBER:
            numbers = [v for v in _beside(question, conditions) if isinstance(v, int | Decimal)]
            values = dict(_numbers(sorted(numbers)))
        case Kind.DATE:
            days = [v for v in _beside(question, conditions) if isinstance(v, dt.date)]
            values = dict(_days(sorted(days)))
        case _:
            assert_never(word.kind)
    return {label: {question.name: value} for label, value in values.items()}


def _closed(word: Word) -> dict[str, Value]:
    if word.kind is Kind.TRUTH:
        return {"true": True, "false": False}
    return dict(zip(word.choices, word.choices, strict=True))


_CLOSED: Mapping[str, dict[str, dict[str, Value]]] = {
    name: {label: {name: value} for label, value in _closed(word).items()}
    for name, word in WORDS.items()
    if word.kind in (Kind.TRUTH, Kind.CHOICE)
}
"""What the possible answers make known, for each fact whose kind says which there are."""


def _beside(question: Question, conditions: Iterable[OpenCondition]) -> set[Value]:
    """The known values that open conditions compare the fact with."""
    beside: set[Value] = set()
    for entry in conditions:
        if question not in entry.questions:
            continue
        beside |= constants_beside(entry.condition).get(question.name, frozenset())
        for node in walk(entry.condition):
            match node:
                case Compare(_, Fact(left), Fact(right)) if question.name in (left, right):
                    other = entry.facts.get(right if left == question.name else left)
                    beside |= set() if other is None else {other}
    return beside


def _numbers(values: Sequence[int | Decimal]) -> Iterator[tuple[str, Value]]:
    if not values:
        yield ONCE_FOUND, 0
        return
    yield f"less than {values[0]}", values[0] - 1
    for value in values:
        yield str(value), value
    for low, high in pairwise(values):
        yield f"between {low} and {high}", Decimal(low + high) / 2
    yield f"more than {values[-1]}", values[-1] + 1


def _days(values: Sequence[dt.date]) -> Iterator[tuple[str, Value]]:
    if not values:
        yield ONCE_FOUND, dt.date(2000, 1, 1)
        return
    one = dt.timedelta(days=1)
    if values[0] > dt.date.min:
        yield f"before {values[0]}", values[0] - one
    for value in values:
        yield str(value), value
    for low, high in pairwise(values):
        if high - low > one:
            yield f"between {low} and {high}", low + one
    if values[-1] < dt.date.max:
        yield f"after {values[-1]}", values[-1] + one


def _state(request: Request, item: Item, fact: str) -> Literal["not_stated", "asked_not_known"]:
    """Whether a fact of the request was left out, or asked and not known."""
    steps = fact.split(".")
    part: Part | None = request
    if steps[0] == "item":
        part, steps = item, steps[1:]
    for step in steps:
        if part is None or step not in part.model_fields_set:
            return "not_stated"
        part = getattr(part, step)
    return "asked_not_known"


def list_why_not(answer: Assessment) -> tuple[WhyNot, ...]:
    """List the rules that could have decided and did not: each with its first condition that failed.

    Where nothing governs the line, these are the scope rules; else the rules of the policies that govern it,
    exceptions only under a rule that applies.
    """
    if not any(finding.scope is not False for finding in answer.findings):
        return distinct_why_not(
            why_failed(entry.name, entry.when, finding.facts)
            for finding in answer.findings
            for entry in finding.edition.scope
        )
    return distinct_why_not(
        why_not for finding in answer.findings if finding.scope for why_not in _lost(finding)
    )


def distinct_why_not(entries: Iterable[WhyNot]) -> tuple[WhyNot, ...]:
    """The entries in their order, each only once."""
    return tuple({(entry.rule, entry.condition, entry.found): entry for entry in entries}.values())


def _lost(finding: Finding) -> Iterator[WhyNot]:
    edition = finding.edition
    for index, rule in enumerate(edition.rules):
        generals = edition.generals[index]
        if finding.wins >> index & 1 or (generals and not generals & finding.applies):
            continue
        if finding.truths[index]:
            yield why_overridden(edition, index, finding.applies)
        else:
            yield why_failed(rule.name, rule.when, finding.facts)


def why_overridden(edition: Edition, index: int, applies: int) -> WhyNot:
    """Why a rule does not win although its condition holds, given the rules that apply."""
    winners = members((edition.exceptions[index] | edition.beaters[index]) & applies)
    names = ", ".join(f"`{edition.rules[winner].name}`" for winner in winners)
    rule = edition.rules[index]
    return WhyNot(rule=rule.name, condition=describe(rule.when), found=f"holds, but {names} goes before it")


def why_failed(name: str, condition: Expression, facts: Facts) -> WhyNot:
    """Why a condition that is not known true does not hold."""
    failing = first_failing(condition, facts) or condition
    unknown = residual(failing, facts) if evaluate(failing, facts) is None else fact_names(failing)
    found = " and ".join(f"{fact} is {_shown(facts.get(fact))}" for fact in sorted(unknown))
    return WhyNot(rule=name, condition=describe(failing), found=found)


def _shown(value: Value | None) -> str:
    if value is None:
        return "not known"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
