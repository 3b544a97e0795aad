"""Everything of a request that an answer can depend on, as a key: the values of the facts that the policies read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from operator import itemgetter

from engine.facts import AS_OF, WORDS_OF, Item, Part, Request

QUANTITY = "item.quantity"

PartKey = Callable[[Part | None], Hashable]


def _part_key(prefix: str, reads: frozenset[str]) -> PartKey | None:
    """A key of one part: the values read and, where some are unknown, which were stated; None if none are read."""
    names = [name for name in WORDS_OF[prefix] if prefix + name in reads]
    if not names:
        return None
    # Of a single name, an item getter would not give a tuple.
    values_of = itemgetter(*names, names[0])
    known_names = frozenset(names)

    def key(part: Part | None) -> Hashable:
        if part is None:
            return None
        values = values_of(part.__dict__)
        return (values, known_names & part.__pydantic_fields_set__) if None in values else values

    return key


class KeyMaker:
    """Makes keys for the policies that read certain facts. Requests with equal keys get equal answers.

    A key holds exact values: amounts that are equal but are not written alike differ.
    """

    __slots__ = (
        "_channel",
        "_department",
        "_handover",
        "_item",
        "_mission",
        "_request",
        "_urgency",
        "_visit",
        "_with_day",
        "_with_quantity",
    )

    def __init__(self, reads: frozenset[str]) -> None:
        self._with_day = AS_OF in reads
        self._with_quantity = QUANTITY in reads
        self._request = _part_key("", reads)
        self._department = _part_key("department.", reads)
        self._mission = _part_key("mission.", reads)
        self._visit = _part_key("visit.", reads)
        self._urgency = _part_key("urgency.", reads)
        self._handover = _part_key("handover.", reads)
        self._item = _part_key("item.", reads)
        self._channel = _part_key("item.channel.", reads)

    def shared(self, request: Request, as_of: dt.date) -> Hashable:
        """The key of what all lines of a request have in common."""
        mission = request.mission
        if mission is None:
            countries: Hashable = None
        elif mission.countries:
            countries = tuple(mission.countries)
        else:
            countries = "countries" in mission.__pydantic_fields_set__
        return (
            countries,
            as_of if self._with_day else None,
            self._request and self._request(request),
            self._department and self._department(request.department),
            self._mission and self._mission(mission),
            self._visit and self._visit(request.visit),
            self._urgency and self._urgency(request.urgency),
            self._handover and self._handover(request.handover),
        )

    def line(self, shared: Hashable, item: Item) -> Hashable:
        """The key of a line, given that of its request."""
        return (
            shared,
            self._item and self._item(item),
            self._channel and self._channel(item.channel),
            self._with_quantity and str(item.quantity),
        )
