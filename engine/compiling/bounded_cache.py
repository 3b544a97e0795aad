"""A bounded cache: what was worked out before, by everything it depends on; always safe to clear."""

from __future__ import annotations

from typing import Generic, TypeVar

CachedValue = TypeVar("CachedValue")


class BoundedCache(Generic[CachedValue]):
    """Holds what was used recently, up to a total weight; threads may share it.

    It has two generations of half the `limit`: when the younger one is full, the older is dropped.
    """

    __slots__ = ("_half", "_old", "_weight", "_young", "limit")

    def __init__(self, limit: int) -> None:
        self.limit, self._half = limit, limit // 2
        self._young: dict[object, tuple[CachedValue, int]] = {}
        self._old: dict[object, tuple[CachedValue, int]] = {}
        self._weight = 0

    def get(self, key: object) -> CachedValue | None:
        """Return what is cached under the key, or None."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: object, value: CachedValue, weight: int = 1) -> None:
        """Cache a value; one that alone weighs more than a generation may is not cached."""
        if weight > self._half:
            return
        if self._weight + weight > self._half:
            self._old, self._young, self._weight = self._young, {}, 0
        self._young[key] = value, weight
        self._weight += weight

    def clear(self) -> None:
        """Drop everything."""
        self._old, self._young, self._weight = {}, {}, 0

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())
