"""Sets of rules as the bits of a number: bit i stands for the rule at position i."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache


def members(bits: int) -> Sequence[int]:
    """The positions in a set of rules that is given as the bits of a number, in order."""
    if bits < _SHORT:
        return _members_of_short(bits)
    # For long numbers, each step there would cost as much as the number is long.
    found = []
    written = bin(bits)[:1:-1]
    at = written.find("1")
    while at >= 0:
        found.append(at)
        at = written.find("1", at + 1)
    return found


_SHORT = 1 << 256


@lru_cache(maxsize=16_384)
def _members_of_short(bits: int) -> tuple[int, ...]:
    """Sets of few rules recur, above all the small ones."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return tuple(found)


def to_bits(positions: Iterable[int]) -> int:
    """The set of rules at `positions`, as the bits of a number."""
    marked = bytearray(1)
    for position in positions:
        if position >> 3 >= len(marked):
            marked.extend(bytes((position >> 3) + 1 - len(marked)))
        marked[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(marked, "little")
