"""Which dates the answers of rows end with: `engine.evaluation.validity` over whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.bulk.columns import PlanColumns
from engine.bulk.simplification import FALSE, TRUE, both, either, negated, simplify
from engine.contract.vocabulary import Value
from engine.language.expressions import Expression
from engine.policy.bitsets import members
from engine.policy.dated import DatedCondition
from engine.policy.model import Edition


def ending_dates(
    columns: PlanColumns, edition: Edition, given: Mapping[str, Value]
) -> dict[Expression, Expression]:
    """For each date that something turns on in an edition, the rows in which it does."""
    if not edition.dated_scope and not edition.dated_rules:
        return {}
    conditions = _ConditionColumns(columns, given)
    scope = [(entry.when, edition.dated_scope.get(place)) for place, entry in enumerate(edition.scope)]
    can_govern = [conditions.can_hold(*entry) for entry in scope]
    always = either(*(conditions.always_holds(*entry) for entry in scope))
    found: dict[Expression, list[Expression]] = {}
    for (_, dated), can in zip(scope, can_govern, strict=True):
        for date in dated.dates if dated else ():
            found.setdefault(date, []).append(both(can, negated(always)))
    rules, governed = _RuleColumnsOfAllDays(edition, conditions), columns.name(either(*can_govern))
    for index, dated in edition.dated_rules.items():
        turns = columns.name(both(governed, rules.turns(index)))
        for date in dated.dates:
            found.setdefault(date, []).append(turns)
    return {date: columns.name(either(*parts)) for date, parts in found.items()}


@dataclass(frozen=True, slots=True)
class _ConditionColumns:
    """In which rows conditions hold, or can, whichever of the dates have passed."""

    columns: PlanColumns
    given: Mapping[str, Value]

    def always_holds(self, when: Expression, dated: DatedCondition | None) -> Expression:
        return self.columns.holds(simplify(dated.always if dated else when, self.given))

    def can_hold(self, when: Expression, dated: DatedCondition | None) -> Expression:
        return self.columns.may_hold(simplify(dated.ever if dated else when, self.given))


@dataclass(frozen=True, slots=True)
class _RuleColumnsOfAllDays:
    """In which rows rules apply, or can, whichever of the dates have passed."""

    edition: Edition
    conditions: _ConditionColumns
    _applicable: dict[int, Expression] = field(default_factory=dict)

    def turns(self, index: int) -> Expression:
        return both(self._can_apply(index), negated(self._always(index)))

    def _can_apply(self, index: int) -> Expression:
        if index not in self._applicable:
            self._applicable[index] = self.conditions.columns.name(self._finds_it_can(index))
        return self._applicable[index]

    def _finds_it_can(self, index: int) -> Expression:
        rule, generals = self.edition.rules[index], self.edition.generals[index]
        able = [(self._can_apply(general), self._always(general)) for general in members(generals)]
        above = either(*(can for can, _ in able)) if generals else TRUE
        settled = both(*(either(negated(can), always) for can, always in able))
        beaten = either(*(self._always(other) for other in members(self.edition.sure_beaters[index])))
        can_hold = self.conditions.can_hold(rule.when, self.edition.dated_rules.get(index))
        return both(can_hold, above, negated(both(beaten, settled)))

    def _always(self, index: int) -> Expression:
        return self.conditions.always_holds(
            self.edition.rules[index].when, self.edition.dated_rules.get(index)
        )


def joined(
    found: Sequence[tuple[Expression, Mapping[Expression, Expression]]],
) -> dict[Expression, Expression]:
    """The dates of several cases, each with the rows of the cases in which something turns on it."""
    rows: dict[Expression, list[Expression]] = {}
    for holds, dates in found:
        for date, turns in dates.items():
            rows.setdefault(date, []).append(both(holds, turns))
    joint = {date: either(*parts) for date, parts in rows.items()}
    return {date: column for date, column in joint.items() if column != FALSE}
