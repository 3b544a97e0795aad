"""Whether linear inequalities can all be fulfilled at once, by Fourier-Motzkin elimination.

What is reported as contradictory has no solution. The reverse need not hold: of whole unknowns only some
contradictions are found, and a set that takes too much work to settle counts as one that can be fulfilled.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

MAX_COMBINED = 200
"""So many pairs of inequalities are combined to eliminate one unknown."""

Exact = int | Fraction
Factors = tuple[tuple[str, int], ...]
"""The factor of each unknown in a sum, by name: none is 0, and no number but 1 divides them all."""

_Bound = tuple[Exact, bool]
"""The most a sum may come to, and whether it may reach that; of two bounds the lesser is the tighter."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A sum of unknowns, each times its factor, is at most, or where `below` is set less than, `most`."""

    factors: Mapping[str, int]
    most: Exact
    below: bool = False


@dataclass(frozen=True, slots=True)
class Inequalities:
    """Limits among which no contradiction is found; the unknowns named in `whole` are whole numbers."""

    whole: Collection[str]
    bounds: Mapping[Factors, _Bound] = field(default_factory=dict)

    def with_limits(self, limits: Iterable[Limit]) -> Inequalities | None:
        """Return the same with further limits, or None if they then contradict each other."""
        bounds, tightened = dict(self.bounds), set[str]()
        for limit in limits:
            factors, bound = self._normalised(limit)
            if not factors and bound < (0, True):
                return None
            if factors and (factors not in bounds or bound < bounds[factors]):
                bounds[factors] = bound
                tightened |= _unknowns(factors)
        found = Inequalities(self.whole, bounds)
        return found if not tightened or found._can_be_fulfilled(tightened) else None

    def _normalised(self, limit: Limit) -> tuple[Factors, _Bound]:
        factors = {name: factor for name, factor in sorted(limit.factors.items()) if factor}
        most, below = limit.most, limit.below
        if (divisor := math.gcd(*factors.values())) > 1:
            factors = {name: factor // divisor for name, factor in factors.items()}
            most = Fraction(most) / divisor
        if factors and all(name in self.whole for name in factors):
            most, below = math.ceil(most) - 1 if below else math.floor(most), False
        return tuple(factors.items()), (most, not below)

    def _can_be_fulfilled(self, tightened: set[str]) -> bool:
        """Whether no contradiction is found among the limits that have to do with these unknowns."""
        bounds = self._connected(tightened)
        while bounds:
            names = set().union(*map(_unknowns, bounds))
            pairs, least = min((_pairs(bounds, name), name) for name in names)
            if pairs > MAX_COMBINED:
                return True
            eliminated = self._without(least, bounds)
            if eliminated is None:
                return False
            bounds = eliminated
        return True

    def _connected(self, names: set[str]) -> dict[Factors, _Bound]:
        found: dict[Factors, _Bound] = {}
        reached = set(names)
        while new := [f for f in self.bounds if f not in found and not reached.isdisjoint(_unknowns(f))]:
            found |= {factors: self.bounds[factors] for factors in new}
            reached = reached.union(*map(_unknowns, new))
        return found

    def _without(self, name: str, bounds: Mapping[Factors, _Bound]) -> dict[Factors, _Bound] | None:
        """What the limits say of all unknowns but one; None if they contradict each other."""
        remaining = {factors: bound for factors, bound in bounds.items() if name not in _unknowns(factors)}
        above = [(dict(f), bound) for f, bound in bounds.items() if dict(f).get(name, 0) > 0]
        beneath = [(dict(f), bound) for f, bound in bounds.items() if dict(f).get(name, 0) < 0]
        for upper, (upper_most, upper_reached) in above:
            for lower, (lower_most, lower_reached) in beneath:
                times, lower_times = -lower[name], upper[name]
                total = {one: factor * times for one, factor in upper.items()}
                for one, factor in lower.items():
                    total[one] = total.get(one, 0) + factor * lower_times
                most = upper_most * times + lower_most * lower_times
                limit = Limit(total, most, below=not (upper_reached and lower_reached))
                factors, bound = self._normalised(limit)
                if not factors and bound < (0, True):
                    return None
                if factors:
                    remaining[factors] = min(bound, remaining.get(factors, bound))
        return remaining


def _unknowns(factors: Factors) -> set[str]:
    return {name for name, _ in factors}


def _pairs(bounds: Iterable[Factors], name: str) -> int:
    """How many inequalities come of eliminating the unknown."""
    signs = [factor > 0 for factors in bounds for one, factor in factors if one == name]
    return sum(signs) * (len(signs) - sum(signs))
