"""What a caller states of another party's facts: a claim, which the other party has to confirm."""

from __future__ import annotations

from typing import TypeVar, cast

from engine.facts import WORDS, WORDS_OF, Item, Part, Request

P = TypeVar("P", bound=Part)


def withhold_claims(request: Request, party: str) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """Return the request without the line facts that `party` alone can state, and their names for each line.

    A withheld fact is as if it had not been stated. A fact that was given as not known is no claim, and stays.
    """
    lines = [_withhold_line(item, party) for item in request.items]
    items = [item for item, _ in lines]
    return request.model_copy(update={"items": items}), tuple(claims for _, claims in lines)


def _withhold_line(item: Item, party: str) -> tuple[Item, tuple[str, ...]]:
    rest, claims = _withhold(item, "item.", party)
    if item.channel is None:
        return rest, claims
    channel, inner = _withhold(item.channel, "item.channel.", party)
    return rest.model_copy(update={"channel": channel}), claims + inner


def _withhold(part: P, prefix: str, party: str) -> tuple[P, tuple[str, ...]]:
    claimed = [
        name
        for name in WORDS_OF[prefix]
        if WORDS[prefix + name].answered_by == party and getattr(part, name) is not None
    ]
    kept = {name: getattr(part, name) for name in part.model_fields_set.difference(claimed)}
    rest = cast("P", type(part).model_construct(**kept))
    return rest, tuple(prefix + name for name in claimed)
