"""Conditions of a group of countries: `{country}` in them is the queried country, if it is of the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.checking.rules import Deviation
from engine.contract.vocabulary import COUNTRY
from engine.language.expression_parts import rewrite
from engine.language.expressions import And, Comparator, Compare, Expression, Fact, Known, Not, OneOf
from engine.policy.members import Members
from engine.policy.rules import Loosening, Rule, ScopeRule

_QUERIED, _PARAMETER = Fact(COUNTRY), Fact("{country}")
_ITSELF = Known(COUNTRY)
"""That a country is of the group that is spoken for, where it is: true, and unknown while the country is."""


def queried(expression: Expression) -> Expression:
    """The condition with the queried country in the place of `{country}`."""
    return rewrite(expression, _queried)


def _queried(node: Expression) -> Expression | None:
    match node:
        case Compare(Comparator.EQUAL as operator, left, right) | Compare(
            Comparator.UNEQUAL as operator, left, right
        ) if {left, right} <= {_QUERIED, _PARAMETER}:
            return _ITSELF if operator is Comparator.EQUAL else Not(_ITSELF)
        case Fact("{country}"):
            return _QUERIED
        case Known("{country}"):
            return _ITSELF
        case _:
            return None


def queried_in_rule(rule: Rule) -> Rule:
    """The rule with its conditions about the queried country."""
    return replace(
        rule,
        when=queried(rule.when),
        cite_when=tuple(replace(one, when=one.when and queried(one.when)) for one in rule.cite_when),
        say_when=tuple(replace(one, when=queried(one.when)) for one in rule.say_when),
        duties_when=tuple(replace(one, when=queried(one.when)) for one in rule.duties_when),
    )


def queried_in_deviations(deviations: Sequence[Deviation]) -> list[Deviation]:
    """The deviations with their conditions about the queried country."""
    return [replace(one, narrowed_by=one.narrowed_by and queried(one.narrowed_by)) for one in deviations]


def queried_in_loosenings(loosenings: Sequence[Loosening]) -> tuple[Loosening, ...]:
    """The loosenings with their conditions about the queried country."""
    return tuple(replace(one, when=queried(one.when)) for one in loosenings)


def within(members: Members, entry: ScopeRule) -> ScopeRule:
    """The scope rule for the countries of a group alone."""
    belongs: Expression
    if not members.others:
        belongs = OneOf(_QUERIED, tuple(sorted(members.codes)))
    else:
        belongs = Not(OneOf(_QUERIED, tuple(sorted(members.codes)))) if members.codes else _ITSELF
    when = queried(entry.when)
    parts = [part for part in (when.parts if isinstance(when, And) else (when,)) if part != _ITSELF]
    return replace(entry, when=And((belongs, *parts)) if parts else belongs)
