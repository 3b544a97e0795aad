"""Which pairs of rules could clash at all: of one tree, with different outcomes, and neither in the other's way.

What single facts show of two conditions is enough to leave most pairs out before `clashes` searches for an example.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import reduce
from operator import and_
from typing import TypeVar

from engine.checking.cache import PAIRS
from engine.compiling.index_building import build_index
from engine.policy.bitsets import members, to_bits
from engine.policy.model import Edition, Policy, trees_of

GroupKey = TypeVar("GroupKey", bound=Hashable)


def pairs_before(policy: Policy, edition: Edition, words: Hashable) -> tuple[tuple[int, int], ...]:
    """The possible pairs of an edition, as they were found before where all is the same that they rest on.

    `words` stands for the words of the policy.
    """
    conditions = tuple([rule.when for rule in edition.rules])
    beside = (
        words,
        tuple([(rule.outcome, rule.counts_by_strictness) for rule in edition.rules]),
        edition.generals,
        edition.exceptions,
        edition.beaters,
        frozenset(
            (name, repr(value)) for name, value in edition.parameters.items() if name in edition.mentions
        ),
    )
    found = PAIRS.get(conditions, beside)
    if found is None:
        found = tuple(possible_pairs(policy, edition))
        PAIRS.put(conditions, beside, found, 1 + len(conditions) + len(found))
    return found


def possible_pairs(policy: Policy, edition: Edition) -> Iterator[tuple[int, int]]:
    """The pairs of rules of one tree that differ in their outcomes and may both win, in their order.

    Of rows of tables whose strictest counts, the strictest may win beside others.
    """
    trees, excluded = trees_of(edition), _excluded(edition)
    needed, exclusive = _needed(edition), _never_together(policy, edition)
    in_tree = _grouped((root, index) for index, roots in enumerate(trees) for root in members(roots))
    alike = _grouped((rule.outcome, index) for index, rule in enumerate(edition.rules))
    by_strictness = to_bits(index for index, rule in enumerate(edition.rules) if rule.counts_by_strictness)
    for first, rule in enumerate(edition.rules):
        beside = 0
        for root in members(trees[first]):
            beside |= in_tree[root]
        later = beside >> (first + 1) << (first + 1)
        settled = alike[rule.outcome] | (by_strictness if rule.counts_by_strictness else 0)
        for second in members(later & ~(settled | excluded[first] | exclusive[first])):
            if not excluded[second] >> first & 1 and not exclusive[first] & needed[second]:
                yield first, second


def _grouped(pairs: Iterable[tuple[GroupKey, int]]) -> dict[GroupKey, int]:
    """The rules that go with each key, as bits."""
    found: dict[GroupKey, list[int]] = {}
    for key, index in pairs:
        found.setdefault(key, []).append(index)
    return {key: to_bits(indices) for key, indices in found.items()}


def _needed(edition: Edition) -> list[int]:
    """For each rule, itself and the rules that apply whenever it does, being more general, as bits."""
    found: list[int] = []
    for index, generals in enumerate(edition.generals):
        found.append(_shared_by_all(generals, found) | 1 << index)
    return found


def _never_together(policy: Policy, edition: Edition) -> list[int]:
    """For each rule, those whose condition never holds where it applies, as far as single facts show, as bits."""
    index = build_index([rule.when for rule in edition.rules], edition.parameters, policy.words)
    found: list[int] = []
    for own, generals in zip(index.never_together(), edition.generals, strict=True):
        found.append(_shared_by_all(generals, found) | own)
    return found


def _shared_by_all(rules: int, sets: Sequence[int]) -> int:
    """What the sets of all these rules have in common; nothing where there are no rules."""
    return reduce(and_, (sets[index] for index in members(rules))) if rules else 0


def _excluded(edition: Edition) -> list[int]:
    """For each rule, those that never win beside it, as bits.

    They are its exceptions, what it beats, what every rule beats that it is an exception to, and all below these.
    """
    beaten = _grouped(
        (beater, index) for index, beaters in enumerate(edition.beaters) for beater in members(beaters)
    )
    found: list[int] = []
    for index, generals in enumerate(edition.generals):
        found.append(_with_all_below(edition, beaten.get(index, 0)) | _shared_by_all(generals, found))
    return [
        _with_all_below(edition, exceptions) | never
        for exceptions, never in zip(edition.exceptions, found, strict=True)
    ]


def _with_all_below(edition: Edition, rules: int) -> int:
    """The rules, and those that are exceptions to nothing but them, directly or not."""
    below = 0
    for index in members(rules):
        below |= edition.exceptions[index]
    while below := below & ~rules:
        # A rule comes after all it is an exception to, so for the first one all these are settled.
        first = below & -below
        index = first.bit_length() - 1
        if not edition.generals[index] & ~rules:
            rules |= first
            below |= edition.exceptions[index]
        below &= ~first
    return rules
