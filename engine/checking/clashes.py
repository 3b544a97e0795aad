"""Whether two rules of one tree could both win with different outcomes (X01), shown by a worked example.

A tree is a rule that is an exception to no other (its root), with all its exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from engine.checking.cache import CLASH_SEARCHES, token_of
from engine.checking.clash_pairs import pairs_before
from engine.checking.clash_search import ClashSearch
from engine.checking.report import CheckReport
from engine.checking.rule_contents import RuleContents
from engine.contract.vocabulary import COUNTRY, COUNTRY_LISTED, Value
from engine.diagnostics import Place
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy
from engine.policy.rules import Rule

MAX_RESULTS = 256
"""So many results are cached of one search that turns on what is given."""


@dataclass
class SearchHistory:
    """The pairs of rules, by their places, found to clash in the policies of one set, and the work that it took."""

    clashing: set[frozenset[Place]] = field(default_factory=set)
    searches: int = 0
    steps: int = 0


def find_clashes(policy: Policy, report: CheckReport, history: SearchHistory) -> None:
    """Report each pair of rules that clash in some edition and are not in the `history`, and put it there.

    Rules that hang from a pair that clashes are not reported: mending that pair mends or changes what they do.
    """
    contents = RuleContents(policy.words)
    words = token_of(frozenset(contents.words.items()))
    for edition in policy.editions:
        if not edition.scope:
            continue  # on days without a country of its own a group governs nothing
        above = _above(edition)
        given = dict(edition.parameters)
        if edition.members.others or edition.members.named:
            given[COUNTRY_LISTED] = not edition.members.others
        if len(edition.members.named) == 1:
            (given[COUNTRY],) = edition.members.named
        for first, second in pairs_before(policy, edition, words):
            lines = above[first], above[second]
            if history.clashing and any(frozenset(pair) in history.clashing for pair in product(*lines)):
                continue
            search = ClashSearch(edition, 1 << first | 1 << second, given, contents)
            example = _result(search, history)
            if example is not None:
                rules = edition.rules[first], edition.rules[second]
                history.clashing.add(frozenset(rule.place for rule in rules))
                _report(report, rules, example, policy)


def _result(search: ClashSearch, history: SearchHistory) -> Mapping[str, Value] | None:
    """What the search finds, or what one that is alike found before, whatever policy or set it belonged to."""
    given = {(name, repr(value)) for name, value in search.given.items()}
    key = search.key
    before = CLASH_SEARCHES.get(key) or {}
    for rests_on, example in before.items():
        if rests_on <= given:
            return example
    found = search.run()
    history.searches += 1
    history.steps += found.steps
    rests_on = frozenset(item for item in given if item[0] in found.rests_on)
    recent = list(before.items())[-MAX_RESULTS + 1 :]
    CLASH_SEARCHES.put(key, {**dict(recent), rests_on: found.example})
    return found.example


def _above(edition: Edition) -> list[frozenset[Place]]:
    """For each rule, its place and those of all rules that it is an exception to, directly or not."""
    found: list[frozenset[Place]] = []
    for rule, generals in zip(edition.rules, edition.generals, strict=True):
        found.append(frozenset({rule.place}).union(*(found[general] for general in members(generals))))
    return found


def _report(
    report: CheckReport, rules: tuple[Rule, Rule], example: Mapping[str, Value], policy: Policy
) -> None:
    place = max(rule.place for rule in rules)
    shown = ", ".join(f"{name} is {_shown(value)}" for name, value in sorted(example.items()))
    report.add(
        place,
        "X01",
        f"in the policy `{policy.name}` the rules `{rules[0].name}` ({rules[0].outcome}) and `{rules[1].name}`"
        f" ({rules[1].outcome}) can both win, for example when {shown}",
        "let one be an `exception_to` the other, or `beats` it, or narrow a condition",
    )


def _shown(value: Value) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
