"""What a handover leaves open and its clearance states: it is taken from the clearance, and the record says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from api.domain.handovers.clearance import Clearance, ClearedItem
from api.domain.handovers.handover import HandedItem, HandoverStatement
from api.domain.handovers.handover_models import ITEM_KIND
from api.parsing.characters import in_normal_form
from engine import Vocabulary

TAKEN = "taken"
"""Under this name the entry of a handover holds what was taken for its lines; what was stated stays as received."""

TakenByLine = Mapping[str, Mapping[str, str]]
"""By the mark of a line, the values taken for its members, as texts."""

_OPEN_TO_TAKE = ("quantity", "unit", "kind")


def taken_for_lines(
    stated: HandoverStatement, clearance: Clearance | None, vocabulary: Vocabulary
) -> TakenByLine:
    """Return what a clearance states of the lines handed over and they leave open; of another thing, nothing.

    A kind is taken if the vocabulary in force still has the word.
    """
    word = vocabulary.words.get(ITEM_KIND)
    kinds = word.choices if word else ()
    cleared = {item.line: item for item in clearance.items} if clearance else {}
    taken = {
        str(item.line): dict(_taken(item, cleared[str(item.line)], kinds))
        for item in stated.items
        if str(item.line) in cleared
    }
    return {line: values for line, values in taken.items() if values}


def complete(stated: HandoverStatement, taken: TakenByLine) -> HandoverStatement:
    """Return the statement with what was taken for its lines."""
    items = [item.model_copy(update=_values(taken.get(str(item.line), {}))) for item in stated.items]
    return stated.model_copy(update={"items": items})


def describe_taken(names: Iterable[str], taken: TakenByLine) -> list[str]:
    """Return the note that lists what was taken: the members of the handover by `names`, and those of its lines."""
    parts = [*names, *(f"{_listed(list(values))} of line {line}" for line, values in taken.items())]
    return [f"Not stated, and taken from the clearance: {'; '.join(parts)}."] if parts else []


def is_same_text(first: str, second: str) -> bool:
    """Whether two texts are the same without their layout: spaces, capitals, normal form make no other item."""
    one, other = (" ".join(in_normal_form(text).split()).casefold() for text in (first, second))
    return one == other


def _taken(item: HandedItem, cleared: ClearedItem, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    if not is_same_text(item.description, cleared.description):
        return
    for name in _OPEN_TO_TAKE:
        value = getattr(cleared, name)
        is_known = name != "kind" or value in kinds
        if is_known and item.__dict__.get(name) is None and value is not None:
            yield name, format(value, "f") if isinstance(value, Decimal) else value


def _values(taken: Mapping[str, str]) -> dict[str, Any]:
    return {name: Decimal(value) if name == "quantity" else value for name, value in taken.items()}


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
