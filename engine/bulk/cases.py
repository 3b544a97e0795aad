"""The cases of a table: intervals of days on which no policy changes, and the countries that policies distinguish.

A row belongs to one interval, and to a case of it for each country that it names. Within a case the day's editions
and the country are known, so that most policies fall away before a row is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.bulk.columns import PlanColumns
from engine.bulk.default_logic import PolicyColumns, build_policy_columns, combine, text_columns
from engine.bulk.simplification import both
from engine.contract.countries import COUNTRY_CODES
from engine.contract.decision import PolicyStatus
from engine.contract.vocabulary import Value, country_facts
from engine.language.expression_parts import walk
from engine.language.expressions import Constant, Expression, Fact, OneOf
from engine.policy.model import Edition, Policy, PolicySet, listed_in
from engine.policy.standing_answers import StandingCase

OTHER = "\N{REPLACEMENT CHARACTER}"
"""Stands for every country that no policy names."""

HAS_OTHER, NO_COUNTRY, SEVERAL = "has_other", "no_country", "several"
"""The marks of a row's countries, beside, for each that is named, `has_XX` and `other_before_XX`."""

WHOLE_DIGITS = 20
PLACES = 10
"""What a number may have before and after its point."""


class NotTabular(ValueError):
    """The policies hold a condition that tables cannot be decided by; `remedy` names what to do."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.remedy = (
            "decide these requests one by one with `channelgate check`, or write the condition otherwise"
        )


@dataclass(frozen=True, slots=True)
class TableInterval:
    """Days from `first` to `last`, both included, on which the policies stay as they are."""

    first: dt.date
    last: dt.date
    status: PolicyStatus
    editions: tuple[tuple[Policy, Edition], ...]

    @property
    def listed(self) -> frozenset[str]:
        """The listed countries."""
        return listed_in(edition for _, edition in self.editions)

    @property
    def covers(self) -> Fact:
        """Whether the day of a row lies in the interval."""
        return Fact(f"from_{self.first}")


@dataclass(frozen=True, slots=True)
class TableCase:
    """The rows of an interval for one country: a code, OTHER, or None where it is not known.

    `says` holds the conditional sentences of each standing answer, as `PolicyColumns` does those of rules.
    """

    interval: TableInterval
    country: str | None
    policies: tuple[PolicyColumns, ...]
    holds: Expression
    strictness: Expression
    says: Mapping[StandingCase, tuple[Expression, ...]]


def intervals_of(policies: PolicySet) -> list[TableInterval]:
    """All days, cut where a policy changes."""
    start = policies.instruction.start if policies.instruction else None
    firsts = [dt.date.min, *(day for day in policies.change_days if day > dt.date.min)]
    lasts = [*(day - dt.timedelta(days=1) for day in firsts[1:]), dt.date.max]
    found = []
    for first, last in zip(firsts, lasts, strict=True):
        # Before its instruction a directive is evaluated as it will be on its first day, as `decide` does.
        day = max(first, start) if start else first
        editions = tuple((policy, policy.edition_on(day)) for policy in policies.policies)
        found.append(TableInterval(first, last, policies.status_on(first), editions))
    return found


def named_countries(policies: PolicySet, intervals: Sequence[TableInterval]) -> list[str]:
    """The countries that the policies distinguish, in order."""
    texts = {value for _, condition in _conditions(policies, intervals) for value in _values(condition)} | {
        value for s in intervals for _, edition in s.editions for value in edition.parameters.values()
    }
    codes = {text for text in texts if isinstance(text, str)} & COUNTRY_CODES
    return sorted(policies.countries | codes)


def cases_of(policies: PolicySet, columns: PlanColumns) -> list[TableCase]:
    """Every case, evaluated. Raises NotTabular for a condition that a table cannot hold."""
    intervals = intervals_of(policies)
    named = named_countries(policies, intervals)
    for place, condition in _conditions(policies, intervals):
        _check_numbers(condition, place)
    return [
        _case(policies, columns, interval, country)
        for interval in intervals
        for country in (*named, OTHER, None)
    ]


def _case(
    policies: PolicySet, columns: PlanColumns, interval: TableInterval, country: str | None
) -> TableCase:
    given: dict[str, Value] = country_facts(country, interval.listed)
    evaluated = [
        build_policy_columns(columns, policy, edition, given) for policy, edition in interval.editions
    ]
    governing = tuple(entry for entry in evaluated if entry)
    strictness = columns.name(combine(governing))
    return TableCase(
        interval,
        country,
        governing,
        columns.name(both(interval.covers, _has(country))),
        strictness,
        {
            case: text_columns(columns, answer.say_when, given)
            for case, answer in policies.standing_answers.items()
        },
    )


def _has(country: str | None) -> Fact:
    return Fact({OTHER: HAS_OTHER, None: NO_COUNTRY}.get(country, f"has_{country}"))


def other_before(country: str) -> Fact:
    """Whether a row has a country that no policy names and that stands before this one in the alphabet."""
    return Fact(f"other_before_{country}")


def country_marks(countries: frozenset[str], named: Sequence[str]) -> dict[str, bool]:
    """The marks of a row's countries, none if they are not known; `named` are those distinguished."""
    others = countries.difference(named)
    first = min(others, default=None)
    marks = {HAS_OTHER: bool(others), NO_COUNTRY: not countries, SEVERAL: len(countries) > 1}
    for country in named:
        marks[_has(country).name] = country in countries
        marks[other_before(country).name] = first is not None and first < country
    return marks


def check_no_other(columns: PlanColumns) -> None:
    """Raise NotTabular if a condition sets an open country beside another fact."""
    for condition in columns.conditions:
        if OTHER in _values(condition):
            raise NotTabular("a condition compares the country with another fact, which tables cannot do")


def _conditions(policies: PolicySet, intervals: Sequence[TableInterval]) -> Iterator[tuple[str, Expression]]:
    """Every condition, with the place that is named for it."""
    for answer in policies.standing_answers.values():
        yield from ((str(one.place), one.when) for one in answer.say_when)
    for interval in intervals:
        for _, edition in interval.editions:
            for entry in edition.scope:
                yield str(entry.place), entry.when
            for rule in edition.rules:
                yield str(rule.place), rule.when
                yield from ((str(rule.place), when) for when in rule.word_conditions)


def _values(condition: Expression) -> Iterator[object]:
    for node in walk(condition):
        if isinstance(node, Constant):
            yield node.value
        elif isinstance(node, OneOf):
            yield from node.values


def _check_numbers(condition: Expression, place: str) -> None:
    for value in _values(condition):
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and not fits(value):
            raise NotTabular(f"{place}: the number {value} is too long for a table")


def fits(number: int | Decimal) -> bool:
    """Whether a table holds the number exactly."""
    scaled = Decimal(number).scaleb(PLACES)
    return abs(scaled) < Decimal(10) ** (WHOLE_DIGITS + PLACES) and scaled == scaled.to_integral_value()
