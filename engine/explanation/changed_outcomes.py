"""The answer that a line would have after changes of facts, by the compiled policies.

A search tries thousands of sets of changes. Most differ from others in the last change alone: what the ones before it
come to is computed once for all of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from engine.compiling import compile_policies
from engine.compiling.editions import CompiledEdition
from engine.compiling.variations import EditionVariations
from engine.contract.decision import Outcome
from engine.contract.vocabulary import AS_OF, COUNTRY, PLANNED_ON, STATED_AS, Value, country_facts
from engine.evaluation.default_logic import ScopedOutcome, answer_line, combine, evaluate_policy
from engine.evaluation.too_old import outcome_when
from engine.explanation.fact_changes import DecidedLine, FactStep, countries_of
from engine.language.expressions import Facts

_FAR_REACHING = frozenset({AS_OF, PLANNED_ON, STATED_AS[COUNTRY]})
"""Facts whose change brings in other policies, or changes another fact."""
MOST_BEGUN = 256
"""So many lines after changes are held to try one more change of; what is tried in a row has few beginnings."""


class ChangedOutcomes:
    """What `decide` answers for a line after changes, but for the floor."""

    def __init__(self, line: DecidedLine) -> None:
        self._line = line
        self._begun: dict[tuple[FactStep, ...], _LineAfterChanges] = {}

    def after(self, steps: tuple[FactStep, ...]) -> Outcome:
        """Return the answer after the changes, of which no two are of the same fact."""
        *before, last = steps
        if last.name not in _FAR_REACHING:
            return self._begin(tuple(before)).outcome_with(last)
        near = [step for step in before if step.name not in _FAR_REACHING]
        if not near:
            return self._begin(steps).outcome
        return self._begin(tuple([step for step in steps if step is not near[-1]])).outcome_with(near[-1])

    def _begin(self, steps: tuple[FactStep, ...]) -> _LineAfterChanges:
        begun = self._begun.get(steps)
        if begun is None:
            if len(self._begun) >= MOST_BEGUN:
                self._begun.clear()
            begun = self._begun[steps] = _LineAfterChanges(self._line, steps)
        return begun


class _LineAfterChanges:
    """A line after changes, for each of its countries."""

    __slots__ = ("_countries", "_interval", "_status")

    def __init__(self, line: DecidedLine, steps: Sequence[FactStep]) -> None:
        changed = {step.name: step.value for step in steps if not step.policy}
        changed.pop(STATED_AS[COUNTRY], None)
        day = changed.get(AS_OF, line.day)
        assert isinstance(day, dt.date)
        vocabulary, interval = line.policies.vocabulary, compile_policies(line.policies).interval_on(day)
        stated = vocabulary.flatten(line.request, line.request.items[line.index], day)
        facts = vocabulary.as_counted({**stated, **changed})
        found: dict[str, dict[str, Value]] = {}
        for step in steps:
            if step.policy:
                found.setdefault(step.policy, {})[step.name] = step.value
        self._interval, self._status = interval, line.status
        self._countries = [
            _CountryAfterChanges(
                interval.governing(country), {**facts, **country_facts(country, interval.listed)}, found
            )
            for country in countries_of(line, steps)
        ]

    @property
    def outcome(self) -> Outcome:
        """What is answered for it."""
        return self._answer([country.outcome for country in self._countries])

    def outcome_with(self, step: FactStep) -> Outcome:
        """What is answered for it after one more change, which is none of the far-reaching."""
        return self._answer([country.outcome_with(step) for country in self._countries])

    def _answer(self, outcomes: Iterable[Outcome]) -> Outcome:
        return outcome_when(_answer_line(tuple(outcomes), self._interval.status), self._status)


_answer_line = lru_cache(maxsize=1024)(answer_line)
"""Thousands of tries have few outcomes."""


class _CountryAfterChanges:
    """What the policies make of a line for a country; `found` are parameters that were found, by policy."""

    __slots__ = ("_editions", "_facts", "_found", "_outcome", "_variations")

    def __init__(
        self,
        editions: Sequence[CompiledEdition],
        facts: Facts,
        found: Mapping[str, Mapping[str, Value]],
    ) -> None:
        self._editions, self._facts, self._found = editions, facts, found
        self._variations: list[EditionVariations | None] = [
            None
            if found.get(edition.policy.name, {}).keys() & edition.edition.parameters.keys()
            else EditionVariations(edition, {**facts, **found.get(edition.policy.name, {})})
            for edition in editions
        ]
        self._outcome: Outcome | None = None

    @property
    def outcome(self) -> Outcome:
        """What they answer."""
        if self._outcome is None:
            self._outcome = combine(
                [
                    self._by_walking(edition, {}, {}) if varied is None else varied.unchanged
                    for edition, varied in zip(self._editions, self._variations, strict=True)
                ]
            )
        return self._outcome

    def outcome_with(self, step: FactStep) -> Outcome:
        """What they answer after one more change, of a fact or a parameter."""
        name, value, policy = step.name, step.value, step.policy
        if not policy and None not in self._variations:
            return combine([varied.with_fact(name, value) for varied in self._variations if varied])
        found = list[ScopedOutcome]()
        for edition, varied in zip(self._editions, self._variations, strict=True):
            concerned = policy in ("", edition.policy.name)
            if varied is None or (concerned and name in edition.edition.parameters):
                change = {name: value} if concerned else {}
                found.append(self._by_walking(edition, *((change, {}) if policy else ({}, change))))
            else:
                found.append(varied.with_fact(name, value) if concerned else varied.unchanged)
        return combine(found)

    def _by_walking(
        self, edition: CompiledEdition, found: Mapping[str, Value], changed: Mapping[str, Value]
    ) -> ScopedOutcome:
        """What an edition makes of it where a parameter that it has, has another value: it is not compiled so."""
        parameters = {**edition.edition.parameters, **self._found.get(edition.policy.name, {}), **found}
        return evaluate_policy(
            edition.policy, replace(edition.edition, parameters=parameters), {**self._facts, **changed}
        )
