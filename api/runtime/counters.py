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


class Counters:
    """Plain numbers, incremented on the event loop only."""

    def __init__(self) -> None:
        self._numbers = Counter(dict.fromkeys(Counted, 0))

    def count(self, event: Counted, times: int = 1) -> None:
        """Add `times` to the number of `event`."""
        self._numbers[event] += times

    def numbers(self) -> dict[str, int]:
        """Return every number by the name of its event."""
        return {event.value: self._numbers[event] for event in Counted}

    def by_event(self) -> Iterable[tuple[Counted, int]]:
        """Return every event with its number."""
        return self._numbers.items()
