"""Answers without the values of facts that they quote, cached by the conditions that hold, may hold, and do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.editions import CompiledEdition, EvaluatedEdition
from engine.compiling.encoded_lines import SharedLine
from engine.compiling.reasons import Reason, Reasons
from engine.contract.decision import LineDecision, Outcome, WhyNot
from engine.contract.trusted_models import with_members
from engine.evaluation.answer import compose_answer, standing_case_in
from engine.evaluation.default_logic import Assessment, combine
from engine.evaluation.open_conditions import OpenCondition
from engine.evaluation.open_rules import OpenRule, open_rules
from engine.evaluation.sentences import fitting_sentence, spoken_in, spoken_members
from engine.evaluation.why_not import distinct_why_not
from engine.language.expressions import Facts
from engine.policy.bitsets import members
from engine.policy.model import PolicySet
from engine.policy.standing_answers import StandingAnswer

MAX_LINES_WEIGHT = 10_000
MAX_TEMPLATES_WEIGHT = 10_000
"""The weight of the templates cached in an interval: some thirty megabytes."""


class CountryCase(NamedTuple):
    """The facts of a line for one country, and what the editions that may govern it make of them."""

    facts: Facts
    evaluated: tuple[EvaluatedEdition, ...]

    def assessment(self) -> Assessment:
        """The same as the reference finds; editions that cannot govern the line are left out."""
        findings = tuple([evaluated.finding(self.facts) for evaluated in self.evaluated])
        return Assessment(self.facts, findings, combine(findings))


@dataclass(frozen=True, slots=True)
class AnswerTemplate:
    """An answer in some languages, without the reasons why other rules did not decide and without what is missing.

    `outcomes` are those of the cases. The reasons are worded by the facts of the case at `strictest`; `repeats` says
    whether some could be equal. `open_rules` are those of each case, `open_reasons` find what is open in them.
    `standing_answer` is the one given, if it has sentences under a condition: they may turn on facts that no rule
    reads.
    """

    line: SharedLine
    outcomes: tuple[Outcome, ...]
    strictest: int
    reasons: tuple[WhyNot | Reason, ...]
    repeats: bool
    open_rules: tuple[tuple[OpenRule, ...], ...]
    open_reasons: tuple[tuple[Reason, ...], ...]
    standing_answer: StandingAnswer | None

    @property
    def is_open(self) -> bool:
        """Whether something could be missing."""
        return any(self.open_rules)

    def spoken(self, cases: Sequence[CountryCase], languages: Set[str]) -> SharedLine:
        """The answer with the sentence that `compose_answer` chooses."""
        if self.standing_answer is None:
            return self.line
        spoken = fitting_sentence(self.standing_answer, cases[self.strictest].facts)
        return SharedLine(spoken_in(with_members(self.line.decision, **spoken_members(spoken)), languages))

    def why_not(self, cases: Sequence[CountryCase]) -> tuple[WhyNot, ...]:
        """The reasons, as `list_why_not` lists them."""
        facts = cases[self.strictest].facts
        found = [reason.why_not(facts) if isinstance(reason, Reason) else reason for reason in self.reasons]
        return distinct_why_not(found) if self.repeats else tuple(found)

    def open_conditions(self, cases: Sequence[CountryCase]) -> list[list[OpenCondition]]:
        """The conditions of the open rules of each case, those among them that are settled too."""
        return [
            [reason.open_condition(case.facts) for reason in reasons]
            for case, reasons in zip(cases, self.open_reasons, strict=True)
        ]


class _Opened(NamedTuple):
    """The rules that are open in each case, and what finds what is open in them."""

    rules: tuple[tuple[OpenRule, ...], ...]
    reasons: tuple[tuple[Reason, ...], ...]


def _composed_of(evaluated: EvaluatedEdition) -> tuple[object, ...]:
    """All of an edition that the composed answer depends on but for the facts: see `compose_answer`."""
    compiled, scope, scopes, conditions, statuses = evaluated
    wins, outcome = statuses.wins, statuses.outcome
    worded = conditions[0] & compiled.tables.worded_by(wins)
    if wins and scope and outcome.by_rule:
        return compiled, scope, scopes, wins, outcome, worded
    # No winner may decide: then the open rules are cited.
    return compiled, scope, scopes, wins, outcome, worded, statuses.applies, statuses.may


def _open_of(evaluated: EvaluatedEdition) -> tuple[object, ...]:
    """All of an edition that its open rules depend on: see `open_rules`."""
    found = evaluated.statuses
    return (
        evaluated.compiled,
        evaluated.scope,
        found.applies,
        found.certain,
        found.possible,
        found.reach,
        found.outcome,
    )


class _Reported(NamedTuple):
    """The reasons why rules did not decide; `repeats` says whether some could be equal."""

    reasons: tuple[WhyNot | Reason, ...]
    repeats: bool


_NOTHING_REPORTED = _Reported((), repeats=False)


def _reported_of(evaluated: EvaluatedEdition) -> tuple[object, ...]:
    """All of an edition that governs the line that the reasons why its rules did not decide depend on."""
    statuses = evaluated.statuses
    reported = statuses.reported & evaluated.compiled.rules
    return evaluated.compiled, reported, evaluated.conditions[0] & reported, statuses.applies


class AnswerTemplates:
    """The templates of the answers in an interval, cached."""

    __slots__ = ("_as_of", "_cache", "_editions", "_lines", "_opened", "_policies", "_reasons", "_reported")

    def __init__(
        self, policies: PolicySet, as_of: dt.date, editions: Sequence[CompiledEdition], reasons: Reasons
    ) -> None:
        self._policies, self._as_of, self._editions, self._reasons = policies, as_of, editions, reasons
        self._cache: BoundedCache[AnswerTemplate] = BoundedCache(MAX_TEMPLATES_WEIGHT)
        self._lines: BoundedCache[SharedLine] = BoundedCache(MAX_LINES_WEIGHT)
        self._opened: BoundedCache[_Opened] = BoundedCache(MAX_TEMPLATES_WEIGHT)
        self._reported: BoundedCache[_Reported] = BoundedCache(MAX_TEMPLATES_WEIGHT)

    def of(self, cases: Sequence[CountryCase], languages: Set[str]) -> AnswerTemplate:
        """The template of the answer for a line, whose cases are given, in the languages it is given in."""
        signed = [tuple([evaluated.signature() for evaluated in case.evaluated]) for case in cases]
        key = languages, *signed
        found = self._cache.get(key)
        if found is None:
            found = self._compose(cases, languages)
            self._cache.put(key, found, 1 + (len(found.reasons) + sum(map(len, found.open_rules))) // 50)
        return found

    def _compose(self, cases: Sequence[CountryCase], languages: Set[str]) -> AnswerTemplate:
        line = self._line(cases, languages)
        outcomes = tuple([combine(case.evaluated) for case in cases])
        strictest = outcomes.index(max(outcomes, key=lambda outcome: outcome.strictness))
        reported, opened = _NOTHING_REPORTED, _Opened((), ())
        if not line.decision.if_in_force:
            reported = self._report(cases[strictest].evaluated)
            opened = self._open(cases)
        standing_answer = self._standing_answer(line.decision)
        return AnswerTemplate(line, outcomes, strictest, *reported, *opened, standing_answer)

    def _line(self, cases: Sequence[CountryCase], languages: Set[str]) -> SharedLine:
        worded = [tuple([_composed_of(evaluated) for evaluated in case.evaluated]) for case in cases]
        key = languages, *worded
        found = self._lines.get(key)
        if found is None:
            answers = [case.assessment() for case in cases]
            line = compose_answer(self._policies, 1, self._as_of, answers, lambda _: (), lambda: ())
            found = SharedLine(spoken_in(line, languages))
            self._lines.put(key, found, 2)  # one that is written holds its JSON too
        return found

    def _open(self, cases: Sequence[CountryCase]) -> _Opened:
        key = tuple([tuple([_open_of(evaluated) for evaluated in case.evaluated]) for case in cases])
        found = self._opened.get(key)
        if found is None:
            rules = open_rules([case.assessment() for case in cases])
            reasons = tuple([tuple([self._reasons.of(*rule[:3]) for rule in those]) for those in rules])
            found = _Opened(tuple(map(tuple, rules)), reasons)
            self._opened.put(key, found, 1 + sum(map(len, rules)) // 50)
        return found

    def _standing_answer(self, line: LineDecision) -> StandingAnswer | None:
        case = standing_case_in(line)
        answer = self._policies.standing_answers[case] if case else None
        return answer if answer and answer.say_when else None

    def _report(self, evaluated: Sequence[EvaluatedEdition]) -> _Reported:
        governing = [found for found in evaluated if found.scope]
        if not governing and any(found.scope is None for found in evaluated):
            return _NOTHING_REPORTED
        key = tuple([_reported_of(found) for found in governing])
        found = self._reported.get(key)
        if found is None:
            reasons = tuple(self._reasons_of(governing))
            names = [reason.rule.name if isinstance(reason, Reason) else reason.rule for reason in reasons]
            found = _Reported(reasons, len(set(names)) < len(names))
            self._reported.put(key, found, 1 + len(reasons) // 50)
        return found

    def _reasons_of(self, governing: Sequence[EvaluatedEdition]) -> Iterator[WhyNot | Reason]:
        """The reasons of the policies that govern the line; where none does, of the scopes of all."""
        if not governing:
            for compiled in self._editions:
                for entry in compiled.edition.scope:
                    yield self._reasons.of(compiled.policy, compiled.edition, entry)
        for found in governing:
            yield from self._lost(found)

    def _lost(self, evaluated: EvaluatedEdition) -> Iterator[WhyNot | Reason]:
        compiled, statuses = evaluated.compiled, evaluated.statuses
        edition, true = compiled.edition, evaluated.conditions[0]
        for index in members(statuses.reported & compiled.rules):
            if true >> index & 1:
                yield self._reasons.overridden(compiled.policy, edition, index, statuses.applies)
            else:
                yield self._reasons.of(compiled.policy, edition, edition.rules[index])
