"""The content that every engine decides: a neutral description of rules, and requests whose facts are all known.

A rule holds for one country and where each of a few facts has a given value. Every country has a tree of rules for
each trigger: a general rule, and under it branches, one for each of some kinds of item, of an exception, an exception
to it and an exception to that. Of a tree the deepest rule that holds, with all that it is an exception to, decides;
no two rules can decide otherwise than one below the other. A country without rules is not governed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.grown_policies import CODES, OUTCOMES
from engine.contract.vocabulary import Kind
from engine.language.expressions import And, Choose, Comparator, Compare, Constant, Expression, Fact, Not
from tests.support.shipped_words import WORDS

ContentFacts = Mapping[str, str | bool | int]
"""The known facts of a request of one line, by the names that conditions use."""

NOT_GOVERNED = "not_governed"
SIZES = {20: (1, 1), 200: (10, 1), 2_000: (100, 1), 10_000: (200, 3)}
"""How many countries, and how many branches to a tree, make so many rules."""

TRIGGERS = WORDS["trigger"].choices
KINDS = WORDS["item.kind"].choices
TRUTHS = ("urgency.time_sensitive", "urgency.eagerly_wanted", "handover.after_departure", "item.published")
CHOICES = ("handover.by", "handover.to", "mission.level", "item.channel.consultation", "item.legacy_list")
READ = ("trigger", "item.kind", *TRUTHS, *CHOICES)
"""The facts that the rules read, besides the country."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The outcome for a country where the facts have these values, unless an exception holds too."""

    number: int
    country: str
    when: tuple[tuple[str, str | bool], ...]
    exception_to: int | None

    @property
    def name(self) -> str:
        return f"r{self.number}"

    @property
    def outcome(self) -> str:
        return OUTCOMES[self.number % len(OUTCOMES)]


def write_rules(size: int) -> list[Rule]:
    """The rules of that many; a general rule stands before its exceptions."""
    countries, branches = SIZES[size]
    chance = random.Random(size)
    rules: list[Rule] = []

    def add(country: str, when: list[tuple[str, str | bool]], general: int | None) -> int:
        rules.append(Rule(len(rules), country, tuple(when), general))
        return rules[-1].number

    for country in CODES[:countries]:
        for trigger in TRIGGERS:
            general = add(country, [("trigger", trigger)], None)
            for kind in chance.sample(KINDS, branches):
                truths, choices = chance.sample(TRUTHS, 2), chance.sample(CHOICES, 2)
                first = add(country, [("item.kind", kind), (truths[0], _value(chance, truths[0]))], general)
                parts = [(name, _value(chance, name)) for name in (choices[0], truths[1])]
                second = add(country, parts, first)
                add(country, [(choices[1], _value(chance, choices[1]))], second)
    assert len(rules) == size
    return rules


def _value(chance: random.Random, fact: str) -> str | bool:
    return chance.choice((True, False) if WORDS[fact].kind is Kind.TRUTH else WORDS[fact].choices)


def draw_requests(rules: Sequence[Rule], count: int) -> list[ContentFacts]:
    """So many requests, no two alike: one in eight from a country without rules, the others near some rule."""
    chance = random.Random(7)
    found: dict[tuple[object, ...], ContentFacts] = {}
    while len(found) < count:
        rule = chance.choice(rules)
        facts: dict[str, str | bool | int] = {name: _value(chance, name) for name in READ}
        facts |= {name: value for name, value in all_conditions(rules, rule) if chance.random() < 0.9}
        facts["mission.country"] = chance.choice(UNLISTED) if chance.random() < 1 / 8 else rule.country
        found[tuple(facts.values())] = facts
    return list(found.values())


UNLISTED = CODES[-1:] if len(CODES) > 200 else ("ZA", "ZM", "ZW")
"""Countries beyond those that ever have rules."""
assert not set(UNLISTED) & set(CODES[:200])


def all_conditions(rules: Sequence[Rule], rule: Rule) -> Iterator[tuple[str, str | bool]]:
    """The conditions of a rule, those of the rules it is an exception to before its own."""
    if rule.exception_to is not None:
        offset = rules[0].number
        yield from all_conditions(rules, rules[rule.exception_to - offset])
    yield from rule.when


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as a row of a table in which the first that holds decides."""

    country: str
    when: Mapping[str, str | bool]
    outcome: str


def write_rows(rules: Sequence[Rule]) -> list[RuleRow]:
    """The same rules as rows: exceptions before what they are exceptions to, with the conditions of both."""
    return [
        RuleRow(rule.country, dict(all_conditions(rules, rule)), rule.outcome) for rule in reversed(rules)
    ]


def write_tree(rules: Sequence[Rule]) -> Expression:
    """The same rules, of one country, as one nested choice."""
    below: dict[int | None, list[Rule]] = {}
    for rule in rules:
        below.setdefault(rule.exception_to, []).append(rule)

    def first_of(siblings: Sequence[Rule], otherwise: str) -> Expression:
        tree: Expression = Constant(otherwise)
        for rule in reversed(siblings):
            exceptions = first_of(below.get(rule.number, ()), rule.outcome)
            tree = Choose(together([condition(*part) for part in rule.when]), exceptions, tree)
        return tree

    return first_of(below[None], NOT_GOVERNED)


def condition(fact: str, value: str | bool) -> Expression:
    if isinstance(value, bool):
        return Fact(fact) if value else Not(Fact(fact))
    return Compare(Comparator.EQUAL, Fact(fact), Constant(value))


def together(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else And(tuple(parts))
