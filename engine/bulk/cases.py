"""The cases of a table: stretches of days on which no policy changes, and the countries that policies tell apart.

A row belongs to one stretch, and to a case of it for each country that it names. Within a case the day's editions
and the country are known, so that most policies fall away before a row is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.bulk.columns import Columns
from engine.bulk.default_logic import Weighed, combine, weigh
from engine.bulk.simplification import both
from engine.contract.countries import COUNTRY_CODES
from engine.contract.decision import PolicyStatus
from engine.contract.request import Value, country_facts
from engine.language.expression_parts import walk
from engine.language.expressions import Constant, Expression, Fact, OneOf
from engine.policy.model import Edition, Policy, PolicySet

OTHER = "\N{REPLACEMENT CHARACTER}"
"""Stands for every country that no policy names."""

HAS_OTHER, NO_COUNTRY, SEVERAL = "has_other", "no_country", "several"
"""What is told of the countries of a row beside, for each that is named, `has_XX` and `other_before_XX`."""

WHOLE_DIGITS = 20
PLACES = 10
"""What a number may have before and after its point."""


class NotTabular(ValueError):
    """The policies hold a condition that tables cannot be decided by; `remedy` says what to do."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.remedy = (
            "decide these requests one by one with `channelgate check`, or write the condition otherwise"
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` to `last`, both included, on which the policies stay as they are."""

    first: dt.date
    last: dt.date
    status: PolicyStatus
    editions: tuple[tuple[Policy, Edition], ...]

    @property
    def covers(self) -> Fact:
        """Whether the day of a row lies in the stretch."""
        return Fact(f"from_{self.first}")


@dataclass(frozen=True, slots=True)
class Case:
    """The rows of a stretch for one country: a code, OTHER, or None where it is not known."""

    stretch: Stretch
    country: str | None
    weighed: tuple[Weighed, ...]
    holds: Expression
    strictness: Expression


def stretches_of(policies: PolicySet) -> list[Stretch]:
    """All days, cut where a policy changes."""
    start = policies.instruction.start if policies.instruction else None
    firsts = [dt.date.min, *(day for day in policies.change_days if day > dt.date.min)]
    lasts = [*(day - dt.timedelta(days=1) for day in firsts[1:]), dt.date.max]
    found = []
    for first, last in zip(firsts, lasts, strict=True):
        # Before its instruction a directive is weighed as it will be on its first day, as `decide` does.
        day = max(first, start) if start else first
        editions = tuple((policy, policy.edition_on(day)) for policy in policies.policies)
        found.append(Stretch(first, last, policies.status_on(first), editions))
    return found


def named_countries(policies: PolicySet, stretches: Sequence[Stretch]) -> list[str]:
    """The countries that the policies tell apart, in order."""
    texts = {value for _, _, condition in _conditions(stretches) for value in _values(condition)} | {
        value for s in stretches for _, edition in s.editions for value in edition.parameters.values()
    }
    codes = {text for text in texts if isinstance(text, str)} & COUNTRY_CODES
    return sorted(policies.countries | codes)


def cases_of(policies: PolicySet, columns: Columns) -> list[Case]:
    """Every case, weighed. Raises NotTabular for a condition that a table cannot hold."""
    stretches = stretches_of(policies)
    named = named_countries(policies, stretches)
    for place, _, condition in _conditions(stretches):
        _check_numbers(condition, place)
    return [
        _case(policies, columns, stretch, country)
        for stretch in stretches
        for country in (*named, OTHER, None)
    ]


def _case(policies: PolicySet, columns: Columns, stretch: Stretch, country: str | None) -> Case:
    given: dict[str, Value] = country_facts(country, policies.countries)
    found = [weigh(columns, policy, edition, given) for policy, edition in stretch.editions]
    weighed = tuple(entry for entry in found if entry)
    strictness = columns.name(combine(weighed))
    return Case(stretch, country, weighed, columns.name(both(stretch.covers, _has(country))), strictness)


def _has(country: str | None) -> Fact:
    return Fact({OTHER: HAS_OTHER, None: NO_COUNTRY}.get(country, f"has_{country}"))


def other_before(country: str) -> Fact:
    """Whether a row has a country that no policy names and that stands before this one in the alphabet."""
    return Fact(f"other_before_{country}")


def country_marks(countries: frozenset[str], named: Sequence[str]) -> dict[str, bool]:
    """What is told of the countries of a row, none if they are not known; `named` are those told apart."""
    others = countries.difference(named)
    first = min(others, default=None)
    marks = {HAS_OTHER: bool(others), NO_COUNTRY: not countries, SEVERAL: len(countries) > 1}
    for country in named:
        marks[_has(country).name] = country in countries
        marks[other_before(country).name] = first is not None and first < country
    return marks


def check_no_other(columns: Columns) -> None:
    """Raise NotTabular if a condition sets an open country beside another fact."""
    for condition in columns.conditions:
        if OTHER in _values(condition):
            raise NotTabular("a condition compares the country with another fact, which tables cannot do")


def _conditions(stretches: Sequence[Stretch]) -> Iterator[tuple[str, Edition, Expression]]:
    for stretch in stretches:
        for _, edition in stretch.editions:
            for entry in edition.scope:
                yield str(entry.place), edition, entry.when
            for rule in edition.rules:
                yield str(rule.place), edition, rule.when
                for cited in rule.cite_when:
                    if cited.when is not None:
                        yield str(rule.place), edition, cited.when


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
