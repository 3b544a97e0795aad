"""The counters of the service, from zero at its start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class Counted(StrEnum):
    """The events that are counted."""

    DECISION = "decisions"
    MALFORMED = "malformed"
    NOT_IDENTIFIED = "not_identified"
    ISSUER_UNAVAILABLE = "issuer_unavailable"
    NOT_PERMITTED = "not_permitted"
    DECIDING_FAILED = "deciding_failed"
    NOT_RECORDED = "not_recorded"
    RELOADED = "reloaded"
    RELOAD_FAILED = "reload_failed"

    __hash__ = str.__hash__  # that of an enumeration is computed in Python


class ShapeUse(StrEnum):
    """What became of a pre-check by the shape of its request.

    `known`: answered by a template; `unknown`: worked out, as no template fits; `learned`: worked out, and a template
    was made of its answer; `unusable`: worked out, and its answer makes no template.
    """

    KNOWN = "known"
    UNKNOWN = "unknown"
    LEARNED = "learned"
    UNUSABLE = "unusable"

    __hash__ = str.__hash__


class Counters:
    """Plain numbers, incremented on the event loop only."""

    def __init__(self) -> None:
        self._numbers = Counter(dict.fromkeys(Counted, 0))
        self._shapes = Counter(dict.fromkeys(ShapeUse, 0))

    def count_shapes(self, use: ShapeUse, times: int = 1) -> None:
        """Add `times` to the number of pre-checks with this use of the shapes of requests."""
        self._shapes[use] += times

    def by_shape_use(self) -> Iterable[tuple[ShapeUse, int]]:
        """Return every use of the shapes of requests with its number."""
        return self._shapes.items()

    def count(self, event: Counted, times: int = 1) -> None:
        """Add `times` to the number of `event`."""
        self._numbers[event] += times

    def numbers(self) -> dict[str, int]:
        """Return every number by the name of its event."""
        return {event.value: self._numbers[event] for event in Counted}

    def by_event(self) -> Iterable[tuple[Counted, int]]:
        """Return every event with its number."""
        return self._numbers.items()
