"""Ids for decisions that sort by time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

_VERSION = "7"
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The digit of the variant, of which two bits are random, by any random digit."""
_BYTES, _BATCH = 10, 400


class _RandomParts:
    """The random parts of ids, from the operating system, in batches: each read gives up the interpreter's lock."""

    def __init__(self) -> None:
        self._unused: Iterator[str] = iter(())
        os.register_at_fork(after_in_child=self.discard)

    def discard(self) -> None:
        """Discard the rest of the batch: after a fork, the other process has it too."""
        self._unused = iter(())

    def next(self) -> str:
        """Return the end of an id, each only once; threads may share the instance."""
        for found in self._unused:
            return found
        drawn = os.urandom(_BYTES * _BATCH)
        first, *others = [_end_of_id(drawn[at : at + _BYTES].hex()) for at in range(0, len(drawn), _BYTES)]
        self._unused = iter(others)
        return first


def _end_of_id(drawn: str) -> str:
    return f"-{_VERSION}{drawn[:3]}-{_VARIANT[drawn[3]]}{drawn[4:7]}-{drawn[7:19]}"


_RANDOM_PARTS = _RandomParts()


def new_decision_id(at: datetime) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7): the milliseconds of `at`, then 74 random bits."""
    return _beginning_of(at) + _RANDOM_PARTS.next()


def decision_ids(at: datetime) -> Iterator[str]:
    """Yield such ids of one time without end."""
    begin, next_part = _beginning_of(at), _RANDOM_PARTS.next
    while True:
        yield begin + next_part()


@lru_cache(maxsize=16)  # of calls that are decided at one time
def _beginning_of(at: datetime) -> str:
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"
