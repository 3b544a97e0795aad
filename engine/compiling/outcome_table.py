"""The outcomes alone that the policies of an interval give, without what an answer says besides.

A line is looked up by the facts that an outcome can depend on: how they are written, and whether what is not known
was stated as such, an answer reports and no outcome turns on.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.editions import any_of
from engine.compiling.variations import NOT_GOVERNING, ScopeAndOutcome
from engine.contract.decision import Outcome
from engine.contract.request import Item, Request
from engine.evaluation.answer import countries_of
from engine.evaluation.default_logic import answer_line, combine
from engine.evaluation.floor import broken_floor

if TYPE_CHECKING:
    from engine.compiling.cache_keys import OutcomeKey
    from engine.compiling.editions import CompiledEdition
    from engine.compiling.intervals import Interval
    from engine.language.expressions import Facts

MAX_OUTCOMES_WEIGHT = 32_768
"""The weight of the outcomes cached in an interval: so many usual ones, or some fifteen megabytes."""


class OutcomeTable:
    """The outcomes of an interval; recent ones are cached."""

    __slots__ = ("_cache", "_interval")

    def __init__(self, interval: Interval) -> None:
        self._interval = interval
        self._cache: BoundedCache[Outcome] = BoundedCache(MAX_OUTCOMES_WEIGHT)

    def of_lines(self, request: Request, as_of: dt.date) -> list[Outcome]:
        """The outcome for each line of a request, as far as nothing of the policies is too old."""
        keys, cached = self._interval.keys.of_outcomes(request, as_of), self._cache.get
        if len(keys) == 1:  # as of most requests: a loop costs as much as the look-up
            return [cached(keys[0]) or self._new_outcome(request, request.items[0], as_of, keys[0])]
        return [
            cached(key) or self._new_outcome(request, item, as_of, key)
            for item, key in zip(request.items, keys, strict=True)
        ]

    def forget(self) -> None:
        """Forget the cached outcomes."""
        self._cache.clear()

    def _new_outcome(self, request: Request, item: Item, as_of: dt.date, key: OutcomeKey) -> Outcome:
        """The outcome for a line whose key is not in the cache; a permission has been held against the floor."""
        interval = self._interval
        outcome = answer_line(self._of_countries(key), interval.status)
        if outcome.permits and broken_floor(interval.policies, request, item, as_of):
            outcome = Outcome.REFUSE
        self._cache.put(key, outcome, 1 + interval.keys.weight(key))
        return outcome

    def _of_countries(self, key: OutcomeKey) -> list[Outcome]:
        interval, found = self._interval, []
        stated = interval.facts_in(key)
        for country in countries_of(key[-1]):
            facts = interval.with_country(stated, country)
            found.append(combine([_of_edition(edition, facts) for edition in interval.governing(country)]))
        return found


def _of_edition(edition: CompiledEdition, facts: Facts) -> ScopeAndOutcome:
    scope = any_of(edition.scope.evaluate(facts))
    if scope is False:
        return NOT_GOVERNING
    return ScopeAndOutcome(scope, edition.outcome_of(edition.conditions.evaluate(facts)))
