"""Ids for decisions that sort by time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The digit of the variant, of which two bits are random, by any random digit."""
_BYTES, _BATCH = 10, 400
_DIGITS = re.compile("(.{3})(.)(.{3})(.{12}).")
"""The random digits of one id: three behind the version, the variant, three, twelve; one is left over."""


class _RandomParts(Iterator[str]):
    """The random parts of ids, from the operating system, in batches: each read gives up the interpreter's lock.

    Each comes only once; threads may share the instance.
    """

    def __init__(self) -> None:
        self._unused: list[str] = []
        os.register_at_fork(after_in_child=self.discard)

    def discard(self) -> None:
        """Discard the rest of the batch: after a fork, the other process has it too."""
        self._unused = []

    def __next__(self) -> str:
        try:
            return self._unused.pop()
        except IndexError:
            drawn = _DIGITS.findall(os.urandom(_BYTES * _BATCH).hex())
            last, *self._unused = [f"-7{a}-{_VARIANT[b]}{c}-{d}" for a, b, c, d in drawn]
            return last


_RANDOM_PARTS = _RandomParts()


def new_decision_id(at: datetime) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7): the milliseconds of `at`, then 74 random bits."""
    return _beginning_of(at) + next(_RANDOM_PARTS)


def decision_ids(at: datetime) -> Iterator[str]:
    """Return such ids of one time, without end."""
    return map(_beginning_of(at).__add__, _RANDOM_PARTS)


@lru_cache(maxsize=16)  # of calls that are decided at one time
def _beginning_of(at: datetime) -> str:
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"
