"""What was worked out before, by everything it depends on; bounded, and never wrong to forget."""

from __future__ import annotations

from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Memory(Generic[Thing]):
    """Keeps what was used of late, up to a total weight; threads may share it.

    It has two generations: when the younger one is full, the older is forgotten.
    """

    __slots__ = ("_limit", "_old", "_weight", "_young")

    def __init__(self, limit: int) -> None:
        self._limit = limit // 2
        self._young: dict[object, tuple[Thing, int]] = {}
        self._old: dict[object, tuple[Thing, int]] = {}
        self._weight = 0

    def recall(self, key: object) -> Thing | None:
        """Return what is kept under the key, or None."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.keep(key, *found)
        return found[0]

    def keep(self, key: object, thing: Thing, weight: int = 1) -> None:
        """Keep a thing; one that alone weighs more than a generation may is not kept."""
        if weight > self._limit:
            return
        if self._weight + weight > self._limit:
            self._old, self._young, self._weight = self._young, {}, 0
        self._young[key] = thing, weight
        self._weight += weight

    def forget(self) -> None:
        """Forget everything."""
        self._old, self._young, self._weight = {}, {}, 0

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())
