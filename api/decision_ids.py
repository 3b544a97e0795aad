"""Names for decisions that sort by time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

_VERSION, _VARIANT = 0x7 << 76, 0x2 << 62
_RANDOM = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)
_BYTES, _AT_ONCE = 10, 400


class _Chance:
    """Random bytes of the operating system, asked for many at once: each question gives up the interpreter's lock."""

    def __init__(self) -> None:
        self._waiting: Iterator[bytes] = iter(())
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Use nothing of what was asked for so far: in a process that was forked off, the other one has it too."""
        self._waiting = iter(())

    def next(self) -> bytes:
        """Return ten bytes that are given to nobody else; threads may share it."""
        for found in self._waiting:
            return found
        drawn = os.urandom(_BYTES * _AT_ONCE)
        self._waiting = iter([drawn[at : at + _BYTES] for at in range(_BYTES, len(drawn), _BYTES)])
        return drawn[:_BYTES]


_CHANCE = _Chance()


def new_decision_id(at: datetime) -> str:
    """Return a UUID version 7 (RFC 9562, 5.7): the milliseconds of `at`, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000)
    low = int.from_bytes(_CHANCE.next()) & _RANDOM | _VERSION | _VARIANT
    digits = f"{milliseconds << 80 | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
