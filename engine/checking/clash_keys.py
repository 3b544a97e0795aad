"""Everything that the result of a search for clashes depends on.

A set that differs from one checked before in a single rule is searched again only where that rule is concerned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.contract.vocabulary import Value, Word
from engine.policy.bitsets import members, to_bits
from engine.policy.model import Edition


def search_key(
    edition: Edition,
    pair: int,
    concerned: int,
    conditions: Sequence[str],
    given: Mapping[str, Value],
    declared: Mapping[str, Word],
) -> object:
    """Everything that the result of a search depends on.

    That is the rules concerned, as the canonical text of their `conditions`, and their relations to each other; which
    two are searched for; the facts that are given, and the kinds of those that are declared. Their positions in
    the edition, their names and the rest of their content do not matter.
    """
    indices = members(concerned)
    position = {index: at for at, index in enumerate(indices)}

    def relative(rules: int) -> int:
        return to_bits(position[index] for index in members(rules & concerned))

    relations = (edition.generals, edition.exceptions, edition.beaters)
    return (
        relative(pair),
        *conditions,
        *(relative(relation[index]) for relation in relations for index in indices),
        tuple(sorted((name, repr(value)) for name, value in given.items())),
        tuple(sorted((name, word.kind, word.choices) for name, word in declared.items())),
    )
