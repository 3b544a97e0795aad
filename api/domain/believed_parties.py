"""Whose statements count: of a fact that has an owner those of the owner, of all others anybody's.

In the log `claims_withheld` says whether the statements of some owner were withheld, and `believed` whose were not,
where that differs from owner to owner. The party that asks is not among these; where it owns facts, and the request
is of another, `asking_party_withheld` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from engine import Role, Vocabulary

CLAIMS_WITHHELD, BELIEVED, ASKING_PARTY_WITHHELD = "claims_withheld", "believed", "asking_party_withheld"
_BELIEVED_UNSAID = "committee"
"""The role whose statements counted where the entry of an opened case does not say whether any were withheld."""


def everybody(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the parties where every statement counts."""
    return vocabulary.owners | {vocabulary.asking_party}


def nobody_else(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the parties where no owner's statements count: the one that asks, unless it owns facts itself."""
    return frozenset({vocabulary.asking_party}) - vocabulary.owners


def believed_of(vocabulary: Vocabulary, role: Role) -> frozenset[str]:
    """Return the parties whose statements count where a caller of this role makes them."""
    return nobody_else(vocabulary) | (vocabulary.owners & role.parties)


def belief_members(vocabulary: Vocabulary, believed: Set[str]) -> dict[str, Any]:
    """Return the members of an entry that say whose statements counted."""
    owners = (vocabulary.owners & believed) - {vocabulary.asking_party}
    withheld = not vocabulary.owners <= believed
    asking = {ASKING_PARTY_WITHHELD: True} if vocabulary.asking_party in vocabulary.owners - believed else {}
    return {
        CLAIMS_WITHHELD: withheld,
        **({BELIEVED: sorted(owners)} if withheld and owners else {}),
        **asking,
    }


def read_belief(vocabulary: Vocabulary, members: Mapping[str, Any]) -> frozenset[str]:
    """Return the parties whose statements counted, by the members of an entry."""
    if not members[CLAIMS_WITHHELD]:
        return everybody(vocabulary)
    asking = () if members.get(ASKING_PARTY_WITHHELD) else (vocabulary.asking_party,)
    return frozenset((*asking, *members.get(BELIEVED, ())))


def opening_members(vocabulary: Vocabulary, believed: Set[str], role: str) -> dict[str, Any]:
    """Return the same for an opened case, where what goes without saying is left out."""
    found = belief_members(vocabulary, believed)
    return {} if found == _unsaid(role) else found


def read_opening_belief(vocabulary: Vocabulary, members: Mapping[str, Any], role: str) -> frozenset[str]:
    """Return what `opening_members` wrote; what an entry leaves out goes without saying."""
    return read_belief(vocabulary, {**_unsaid(role), **members})


def _unsaid(role: str) -> dict[str, bool]:
    return {CLAIMS_WITHHELD: role != _BELIEVED_UNSAID}
