"""What a caller states of another party's facts: a claim, which the other party has to confirm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from engine.contract.request import Item, Request, RequestPart
from engine.contract.trusted_models import make_unchecked, with_members
from engine.contract.vocabulary import Part, Vocabulary

P = TypeVar("P", bound=RequestPart)
Owned = tuple[tuple[Part, ...], tuple[Part, ...]]
"""The facts of an owner: of the whole request, and of each line."""


def withhold_unconfirmed(
    vocabulary: Vocabulary, request: Request, parties: Collection[str]
) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """Return the request as these parties state it: without the facts of others, whose names are given by line."""
    owned = _owned_but_by(vocabulary, frozenset(parties))
    if len(owned) == 1:
        return _withhold_owned(request, *owned[0])
    claims: list[tuple[str, ...]] = [() for _ in request.items]
    for shared, own in owned:
        request, claimed = _withhold_owned(request, shared, own)
        claims = [before + names for before, names in zip(claims, claimed, strict=True)]
    return request, tuple(claims)


@lru_cache(maxsize=256)
def _owned_but_by(vocabulary: Vocabulary, parties: frozenset[str]) -> tuple[Owned, ...]:
    """What each owner but these alone can state, in the order of their names."""
    return tuple(vocabulary.owned_by(owner) for owner in sorted(vocabulary.owners - parties))


def withhold_claims(
    vocabulary: Vocabulary, request: Request, party: str
) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """Return the request without the facts that `party` alone can state, and their names for each line.

    A fact of the whole request is named on every line. A withheld fact is as if it had not been stated. A fact that
    was given as not known is no claim, and stays.
    """
    return _withhold_owned(request, *vocabulary.owned_by(party))


def _withhold_owned(
    request: Request, shared: tuple[Part, ...], own: tuple[Part, ...]
) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """The request without these facts, of the whole and of each line, and their names for each line."""
    items: list[Item] = []
    claims: list[tuple[str, ...]] = []
    members = request.__dict__
    for item in members["items"]:
        rest, claimed = _withhold_all(item, own)
        items.append(rest)
        claims.append(claimed)
    if any(claims):
        request = make_unchecked(type(request), {**members, "items": items}, request.__pydantic_fields_set__)
    if shared:
        request, of_all = _withhold_all(request, shared)
        claims = [of_all + claimed for claimed in claims]
    return request, tuple(claims)


def _withhold_all(root: P, parts: Iterable[Part]) -> tuple[P, tuple[str, ...]]:
    """The same without what the parts hold of another party's, and the names of it."""
    claims: list[str] = []
    members = root.__dict__
    for part in parts:
        held = members
        for step in part.way:
            if (inner := held[step]) is None:
                break
            held = inner.__dict__
        else:
            claimed: list[str] = []
            for name in part.names:
                if held[name] is not None:
                    claimed.append(name)
                    claims.append(part.prefix + name)
            if claimed:
                root = _without(root, part.way, claimed)
    return root, tuple(claims)


def _without(root: P, way: tuple[str, ...], claimed: Sequence[str]) -> P:
    """The same without these members of the part that the way leads to."""
    members = root.__dict__
    if way:
        return with_members(root, **{way[0]: _without(members[way[0]], way[1:], claimed)})
    stated = root.__pydantic_fields_set__.difference(claimed)
    return make_unchecked(type(root), {**members, **dict.fromkeys(claimed)}, stated)
