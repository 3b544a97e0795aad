"""Whether variables of a few values each can fulfil constraints together: narrow, choose, and go back to what failed.

Each variable has the set of values that it may still take, as bits. A constraint offers several things of which one
has to hold; as soon as only one of them still can, the variable of that one is narrowed to it. Where nothing narrows
any further, one of the things that are offered is tried. Every narrowing remembers what it rests on: the premises,
and the choices made so far. A contradiction goes back to the last choice that had a part in it, past all others;
where none had, the premises that it rests on are why there is no solution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Among = tuple[int, int]
"""That a variable takes one of some values: its number, and the values as bits."""

NEVER: Among = (0, 0)
ALWAYS: Among = (0, 1)

TRUE, FALSE, UNKNOWN = 1, 2, 4
"""The values of a variable that stands for a truth."""


@dataclass(frozen=True, slots=True)
class JointTruth:
    """A truth that rests on several variables.

    `truths` gives the values of the one at `open_` for which it is true, and those for which it is false, given the
    values of all variables, of which the others in `read` have one value each.
    """

    truth: int
    read: tuple[int, ...]
    truths: Callable[[Sequence[int], int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was tried, the bit that stands for it, and how far everything had come before that."""

    tried: Among
    bit: int
    narrowed: int
    settled: int


class Possibilities:
    """Variables and constraints; variable 0 has a single value, for what holds always or never."""

    def __init__(self) -> None:
        self.values: list[int] = [1]
        self._readers: list[list[tuple[Among, ...]]] = [[]]
        self._offers: list[list[tuple[Among, ...]]] = [[]]
        self._related: list[list[JointTruth]] = [[]]
        self._at_once: list[int] = []

    def variable(self, values: int) -> int:
        """A new variable that can take so many values."""
        self.values.append((1 << values) - 1)
        for lists in (self._readers, self._offers, self._related):
            lists.append([])
        return len(self.values) - 1

    def require(self, where: Among, *offered: Among) -> None:
        """Add a constraint: where the first holds, which is that a truth is so or not, one of the others does."""
        variable, values = where
        merged = {variable: ~values & self.values[variable]}
        for other, allowed in offered:
            merged[other] = merged.get(other, 0) | allowed
        constraint = tuple(merged.items())
        self._offers[variable].append(constraint)
        for other in merged:
            self._readers[other].append(constraint)
        if sum(self.values[other] & allowed != 0 for other, allowed in constraint) < 2:
            self._at_once.append(variable)

    def relate(self, relation: JointTruth) -> None:
        """Add a truth that rests on several variables."""
        for variable in (relation.truth, *relation.read):
            self._related[variable].append(relation)
        self._at_once.append(relation.truth)

    def solve(self, required: Iterable[Among], premises: Iterable[Among] = ()) -> Solving:
        """Look for values under which what is required holds, given the premises."""
        solving = Solving(self)
        solving.run(required, premises)
        return solving


class Solving:
    """One search, and what came of it.

    `contradiction` is None where there is a solution, else the positions of the premises it rests on, as bits.
    `steps` counts how often a variable was narrowed, which is the work it took.
    """

    def __init__(self, problem: Possibilities) -> None:
        self.steps = 0
        self.contradiction: int | None = None
        self.values = list(problem.values)
        self._readers, self._offers, self._related = problem._readers, problem._offers, problem._related
        self._because = [0] * len(self.values)
        self._trail: list[tuple[int, int, int]] = []
        self._queue = list(problem._at_once)
        self._settled, self._next_bit = 0, 1

    def run(self, required: Iterable[Among], premises: Iterable[Among]) -> None:
        """Search to the end, for once."""
        choices: list[_Choice] = []
        failed = self._begin(required, premises)
        while True:
            if failed is None:
                failed = self._propagate()
            if failed is None:
                tried = self._open()
                if tried is None:
                    return
                choices.append(_Choice(tried, self._next_bit, len(self._trail), self._settled))
                self._next_bit <<= 1
                failed = self._narrow(*tried, choices[-1].bit)
                continue
            while choices and not failed & choices[-1].bit:
                choices.pop()
            if not choices:
                self.contradiction = failed
                return
            last = choices.pop()
            self._go_back(last)
            variable, values = last.tried
            failed = self._narrow(variable, ~values, failed & ~last.bit)

    def _begin(self, required: Iterable[Among], premises: Iterable[Among]) -> int | None:
        for variable, values in premises:
            self.values[variable] &= values
            self._because[variable] |= self._next_bit
            self._next_bit <<= 1
            self._queue.append(variable)
            if not self.values[variable]:
                return self._because[variable]
        for variable, values in required:
            failed = self._narrow(variable, values, 0)
            if failed is not None:
                return failed
        return None

    def _narrow(self, variable: int, values: int, because: int) -> int | None:
        """Leave the variable none but these values; return what a contradiction rests on."""
        before = self.values[variable]
        if not before & ~values:
            return None
        self.steps += 1
        if not before & values:
            return self._because[variable] | because
        self._trail.append((variable, before, self._because[variable]))
        self.values[variable] = before & values
        self._because[variable] |= because
        self._queue.append(variable)
        return None

    def _go_back(self, choice: _Choice) -> None:
        while len(self._trail) > choice.narrowed:
            variable, self.values[variable], self._because[variable] = self._trail.pop()
        self._settled, self._next_bit = choice.settled, choice.bit
        self._queue.clear()

    def _propagate(self) -> int | None:
        """Narrow until nothing narrows any further; return what a contradiction rests on."""
        values = self.values
        while self._queue:
            variable = self._queue.pop()
            for constraint in self._readers[variable]:
                possible = None
                for offer in constraint:
                    if values[offer[0]] & offer[1]:
                        if possible is not None:
                            break
                        possible = offer
                else:
                    failed = self._only(possible, constraint)
                    if failed is not None:
                        return failed
            for relation in self._related[variable]:
                failed = self._relate(relation)
                if failed is not None:
                    return failed
        return None

    def _only(self, possible: Among | None, constraint: Sequence[Among]) -> int | None:
        because = 0
        for offer in constraint:
            if offer is not possible:
                because |= self._because[offer[0]]
        return because if possible is None else self._narrow(*possible, because)

    def _relate(self, relation: JointTruth) -> int | None:
        several = self._unsettled(relation)
        if len(several) > 1:
            return None
        open_ = several[0] if several else relation.read[-1]
        because = 0
        for variable in relation.read:
            if variable != open_:
                because |= self._because[variable]
        for truth, allowed in zip((TRUE, FALSE), relation.truths(self.values, open_), strict=True):
            failed = None
            if not self.values[open_] & allowed:
                failed = self._narrow(relation.truth, ~truth, because | self._because[open_])
            elif self.values[relation.truth] == truth:
                failed = self._narrow(open_, allowed, because | self._because[relation.truth])
            if failed is not None:
                return failed
        return None

    def _unsettled(self, relation: JointTruth) -> list[int]:
        return [variable for variable in relation.read if self.values[variable] & self.values[variable] - 1]

    def _open(self) -> Among | None:
        """Something to try next: what a constraint offers that is to be fulfilled and is not yet."""
        values = self.values
        while self._settled < len(self._trail):
            variable = self._trail[self._settled][0]
            for constraint in self._offers[variable]:
                if values[variable] & constraint[0][1] or any(
                    not values[other] & ~allowed for other, allowed in constraint
                ):
                    continue
                return next(offer for offer in constraint if values[offer[0]] & offer[1])
            for relation in self._related[variable]:
                several = self._unsettled(relation)
                if variable == relation.truth and len(several) > 1 and values[variable] in (TRUE, FALSE):
                    return several[0], values[several[0]] & -values[several[0]]
            self._settled += 1
        return None
