"""Until when an answer can be relied on by the facts: no longer than until a date on which it might turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.language.expressions import Expression, Facts, evaluate
from engine.policy.bitsets import members
from engine.policy.dated import DatedCondition
from engine.policy.model import Edition


def last_day_held(cases: Iterable[tuple[Edition, Facts]], as_of: dt.date) -> dt.date | None:
    """The last day until which editions answer as on the day of the request; None where no date among the facts says.

    `cases` are all editions that may come to govern the line for some country, each with the facts for it. With other
    facts the same, every rule applies on the days until then that applies now, and no other.
    """
    days = (evaluate(date, facts) for edition, facts in cases for date in _dates(edition, facts))
    return min((day for day in days if isinstance(day, dt.date) and day >= as_of), default=None)


def _dates(edition: Edition, facts: Facts) -> Iterator[Expression]:
    """The dates of what turns on the day in an edition, but for rules that cannot apply on any."""
    if not edition.dated_scope and not edition.dated_rules:
        return
    facts = {**edition.parameters, **facts}
    entries = [(entry.when, edition.dated_scope.get(place)) for place, entry in enumerate(edition.scope)]
    if not any(_can_hold(when, dated, facts) for when, dated in entries):
        return
    if not any(_always_holds(when, dated, facts) for when, dated in entries):
        yield from (
            date for when, dated in entries if dated and _can_hold(when, dated, facts) for date in dated.dates
        )
    rules = _RulesOfAllDays(edition, facts)
    for index, dated in edition.dated_rules.items():
        if rules.turns(index):
            yield from dated.dates


def _always_holds(when: Expression, dated: DatedCondition | None, facts: Facts) -> bool:
    return evaluate(dated.always if dated else when, facts) is True


def _can_hold(when: Expression, dated: DatedCondition | None, facts: Facts) -> bool:
    return evaluate(dated.ever if dated else when, facts) is not False


@dataclass(frozen=True, slots=True)
class _RulesOfAllDays:
    """What becomes of the rules of an edition whichever of the dates have passed."""

    edition: Edition
    facts: Facts
    _applicable: dict[int, bool] = field(default_factory=dict)
    _certain: dict[int, bool] = field(default_factory=dict)

    def turns(self, index: int) -> bool:
        """Whether the rule may apply on some days and not on others."""
        return self._can_apply(index) and not self._always(index)

    def _can_apply(self, index: int) -> bool:
        if index not in self._applicable:
            self._applicable[index] = self._finds_it_can(index)
        return self._applicable[index]

    def _finds_it_can(self, index: int) -> bool:
        rule, generals = self.edition.rules[index], self.edition.generals[index]
        if not _can_hold(rule.when, self.edition.dated_rules.get(index), self.facts):
            return False
        able = [general for general in members(generals) if self._can_apply(general)]
        if generals and not able:
            return False
        beaten = any(self._always(other) for other in members(self.edition.sure_beaters[index]))
        return not (beaten and all(self._always(general) for general in able))

    def _always(self, index: int) -> bool:
        """Whether the condition of the rule holds on every day; many rules ask that of the same few."""
        if index not in self._certain:
            when, dated = self.edition.rules[index].when, self.edition.dated_rules.get(index)
            self._certain[index] = _always_holds(when, dated, self.facts)
        return self._certain[index]
