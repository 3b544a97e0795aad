"""The vocabulary in force -> the model that reads a handover; deliverers, recipients and kinds are words of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, create_model

from api.domain.handovers.handover import MAX_NOTE, MAX_SUPERSEDED, HandedItem, HandoverStatement
from api.parsing.fields import Country, Day, Mark, Quantity, Text
from engine import DELIVERER, RECIPIENT, Vocabulary
from engine.contract.request_models import type_of

ITEM_KIND = "item.kind"
STATED_ALONE: Mapping[str, str] = {"trigger": "trigger", "border_area": "visit.border_area"}
"""Members that say what is not part of the handover itself, and the facts that they state."""
MODE = "handover.mode"


@lru_cache(maxsize=16)
def handover_model(vocabulary: Vocabulary) -> type[HandoverStatement]:
    """Return the model of the body that states a handover.

    It has a member for the mode, the trigger, the border area and the kind of an item where the vocabulary has a fact
    for it.
    """
    item: Any = create_model(
        "HandedItem",
        __base__=HandedItem,
        __doc__=HandedItem.__doc__,
        __module__=__name__,
        line=(Mark, ...),
        description=(Text, ...),
        quantity=(Quantity | None, None),
        unit=(Text | None, None),
        **_if_known(vocabulary, {"kind": ITEM_KIND}),
    )
    mode = {"mode": (type_of(vocabulary.words[MODE]), ...)} if MODE in vocabulary.words else {}
    members: dict[str, Any] = {
        "clearance": (Annotated[str, Field(min_length=1, max_length=MAX_NOTE)] | None, None),
        "department": (Text | None, None),
        "request_id": (Annotated[Text, Field(max_length=200)] | None, None),
        "case_id": (Text | None, None),
        "countries": (Annotated[list[Country], Field(min_length=1, max_length=50)], ...),
        "handed_over_on": (Day, ...),
        "by": (type_of(vocabulary.words[DELIVERER]), ...),
        "to": (type_of(vocabulary.words[RECIPIENT]), ...),
        "recipient": (Text, ...),
        **mode,
        **_if_known(vocabulary, STATED_ALONE),
        "items": (Annotated[list[item], Field(min_length=1, max_length=1000)], ...),
        "evidence": (Text, ...),
        "supersedes": (
            Text | Annotated[list[Text], Field(min_length=1, max_length=MAX_SUPERSEDED)] | None,
            None,
        ),
        "reason": (Text | None, None),
    }
    return create_model(
        "HandoverStatement",
        __base__=HandoverStatement,
        __doc__=HandoverStatement.__doc__,
        __module__=__name__,
        **members,
    )


def _if_known(vocabulary: Vocabulary, named: Mapping[str, str]) -> dict[str, Any]:
    """The members whose facts the vocabulary has; each may be left out."""
    words = vocabulary.words
    return {name: (type_of(words[fact]) | None, None) for name, fact in named.items() if fact in words}
