"""What a caller states of another party's facts: a claim, which the other party has to confirm."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TypeVar

from engine.contract.request import DEPARTMENT, Item, Request, RequestPart
from engine.contract.trusted_models import make_unchecked, with_members
from engine.contract.vocabulary import WORDS, WORDS_OF

P = TypeVar("P", bound=RequestPart)
_ITEM, _CHANNEL = "item.", "item.channel."


OWNERS = frozenset(word.answered_by for name, word in WORDS.items() if name.startswith(_ITEM)) - {DEPARTMENT}
"""The parties that own facts of a line: what any other states of these is a claim."""


def withhold_unconfirmed(
    request: Request, parties: Collection[str]
) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """Return the request as these parties state it: without the facts of others, whose names are given by line."""
    claims: list[tuple[str, ...]] = [() for _ in request.items]
    for owner in sorted(OWNERS.difference(parties)):
        request, claimed = withhold_claims(request, owner)
        claims = [before + names for before, names in zip(claims, claimed, strict=True)]
    return request, tuple(claims)


def owned_facts(parties: Collection[str]) -> tuple[str, ...]:
    """The facts of a line that these parties do not own, though somebody does."""
    others = OWNERS.difference(parties)
    return tuple(
        name for name, word in WORDS.items() if name.startswith(_ITEM) and word.answered_by in others
    )


def withhold_claims(request: Request, party: str) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """Return the request without the line facts that `party` alone can state, and their names for each line.

    A withheld fact is as if it had not been stated. A fact that was given as not known is no claim, and stays.
    """
    items: list[Item] = []
    claims: list[tuple[str, ...]] = []
    for item in request.items:
        rest, claimed = _withhold(item, _ITEM, party)
        if item.channel is not None:
            channel, inner = _withhold(item.channel, _CHANNEL, party)
            if inner:
                rest, claimed = with_members(rest, channel=channel), claimed + inner
        items.append(rest)
        claims.append(claimed)
    return (with_members(request, items=items) if any(claims) else request), tuple(claims)


def _withhold(part: P, prefix: str, party: str) -> tuple[P, tuple[str, ...]]:
    members = part.__dict__
    claimed = [name for name in _owned(prefix, party) if members[name] is not None]
    if not claimed:
        return part, ()
    rest = {**members, **dict.fromkeys(claimed)}
    stated = part.__pydantic_fields_set__.difference(claimed)
    return make_unchecked(type(part), rest, stated), tuple([prefix + name for name in claimed])


@cache
def _owned(prefix: str, party: str) -> tuple[str, ...]:
    """The facts of a part that `party` alone can state."""
    return tuple(name for name in WORDS_OF[prefix] if WORDS[prefix + name].answered_by == party)
