"""The policies between two days on which something changes, compiled: a line of a request -> its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from engine.compiling.answer_templates import AnswerTemplates, CountryCase
from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.cache_keys import CacheKey, KeyMaker, OutcomeKey, countries_in
from engine.compiling.editions import CompiledEdition
from engine.compiling.encoded_lines import LineAnswer, SharedLine
from engine.compiling.outcome_table import OutcomeTable
from engine.compiling.questions import MissingFacts
from engine.contract.decision import Outcome, PolicyStamp, PolicyStatus
from engine.contract.request import Item, Request
from engine.contract.serving_status import Approval
from engine.contract.trusted_models import with_members
from engine.contract.vocabulary import COUNTRY, COUNTRY_LISTED, Value, country_facts
from engine.evaluation.answer import countries_of
from engine.evaluation.floor import broken_floor, refuse_by_floor
from engine.evaluation.validity import last_day_held
from engine.language.expressions import Facts
from engine.policy.model import Edition, PolicySet

MAX_ANSWERS_WEIGHT = 75_000
"""The weight of the answers cached in an interval: some five thousand usual ones, or fifteen megabytes of JSON."""


_day_of = lru_cache(maxsize=4096)(dt.date.fromordinal)  # of the last days of answers, most recur


class Stamp(NamedTuple):
    """What answers say of the policies, as it is and as JSON."""

    stated: PolicyStamp
    as_json: bytes

    @classmethod
    def of(cls, stamp: PolicyStamp) -> Stamp:
        """The stamp with its JSON."""
        return cls(stamp, stamp.to_json())


@dataclass(frozen=True, slots=True)
class Interval:
    """The policies valid on consecutive days, with a cache of recent answers.

    `holds_dates` says whether some answer can end with a date among the facts.
    """

    policies: PolicySet
    status: PolicyStatus
    stamps: Mapping[Approval, Stamp]
    last_day: int
    listed: frozenset[str]
    editions: tuple[CompiledEdition, ...]
    holds_dates: bool
    keys: KeyMaker
    templates: AnswerTemplates
    _candidates: dict[str | None, tuple[CompiledEdition, ...]] = field(default_factory=dict)
    _answers: BoundedCache[LineAnswer] = field(default_factory=lambda: BoundedCache(MAX_ANSWERS_WEIGHT))
    outcomes: OutcomeTable = field(init=False)
    missing: MissingFacts = field(init=False)

    def __post_init__(self) -> None:
        missing = MissingFacts(self.policies, self.listed, self.status, self.keys.nulls)
        object.__setattr__(self, "missing", missing)
        object.__setattr__(self, "outcomes", OutcomeTable(self))

    def answer(self, request: Request, as_of: dt.date) -> list[LineAnswer]:
        """Return the answers for the lines of a request, whose marks are still to be set."""
        keys, cached = self.keys.of_lines(request, as_of), self._answers.get
        if len(keys) == 1:  # as of most requests: a loop costs as much as the look-up
            return [cached(keys[0]) or self._new_answer(request, request.items[0], as_of, keys[0])]
        return [
            cached(key) or self._new_answer(request, item, as_of, key)
            for item, key in zip(request.items, keys)  # noqa: B905
        ]

    def last_day_of(self, as_of: dt.date, outcome: Outcome) -> dt.date:
        """The last day within the outcome's days on which the policies are still those of `as_of`."""
        last = as_of.toordinal() + self.policies.valid_days[outcome]
        return _day_of(last if last < self.last_day else self.last_day)

    def evaluate(self, key: CacheKey) -> list[CountryCase]:
        """What the policies make of a line for each country; those that cannot govern it are left out."""
        stated, cases = self.facts_in(key), []
        for country in countries_of(countries_in(key)):
            facts = self.with_country(stated, country)
            cases.append(
                CountryCase(facts, tuple([edition.evaluate(facts) for edition in self.governing(country)]))
            )
        return cases

    def facts_in(self, key: CacheKey | OutcomeKey) -> dict[str, Value | None]:
        """The facts that a key holds, as they count on the day; those of the country are left out."""
        return self.policies.vocabulary.as_counted(self.keys.facts(key))

    def with_country(self, stated: Facts, country: str | None) -> Facts:
        """The facts of a line for a country, which may be unknown."""
        listed = None if country is None else country in self.listed
        return {**stated, COUNTRY: country, COUNTRY_LISTED: listed}

    def forget_answers(self) -> None:
        """Forget the cached answers."""
        self._answers.clear()
        self.outcomes.forget()

    def _new_answer(self, request: Request, item: Item, as_of: dt.date, key: CacheKey) -> LineAnswer:
        """The answer for a line whose key is not in the cache; what it permits has been held against the floor."""
        found = self._compute(as_of, key)
        if found.outcome.permits and (held := broken_floor(self.policies, request, item, as_of)):
            refused = refuse_by_floor(self.policies, request, item, as_of, found.decision, held)
            found = LineAnswer(SharedLine(refused), broken=held.name)
        self._answers.put(key, found, found.weight + self.keys.weight(key))
        return found

    def _compute(self, as_of: dt.date, key: CacheKey) -> LineAnswer:
        cases = self.evaluate(key)
        languages = self.policies.languages.of(countries_of(countries_in(key)))
        template = self.templates.of(cases, languages)
        line = template.spoken(cases, languages)
        if self.holds_dates and (last := last_day_held(_editions(cases), as_of)):
            line = SharedLine(with_members(line.decision, valid_until=last))
        if line.decision.if_in_force:
            return LineAnswer(line)
        missing = self.missing.of(as_of, key[-1], template, cases) if template.is_open else ()
        return LineAnswer(line, template.why_not(cases), missing)

    def governing(self, country: str | None) -> tuple[CompiledEdition, ...]:
        """The editions that may govern a line for the country, whatever the other facts are."""
        found = self._candidates.get(country)
        if found is None:
            facts = country_facts(country, self.listed)
            found = tuple(edition for edition in self.editions if edition.governs(facts) is not False)
            self._candidates[country] = found
        return found


def _editions(cases: Sequence[CountryCase]) -> Iterator[tuple[Edition, Facts]]:
    """The editions that may govern a line for each country, with the facts for it."""
    for case in cases:
        yield from ((evaluated.compiled.edition, case.facts) for evaluated in case.evaluated)
