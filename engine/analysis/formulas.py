"""Propositions about a request, each stored once: a formula is a number, and its negation the number's negative.

What is equal has the same number, so that what several countries share is built, translated and proved once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Formula = int
"""The number of a formula in its `Formulas`; the negative is its negation."""

TRUE: Formula = 1
FALSE: Formula = -1


@dataclass(frozen=True, slots=True)
class Is:
    """The fact is known and has this value; the fact is one of finitely many values."""

    name: str
    value: bool | str


@dataclass(frozen=True, slots=True)
class Stated:
    """The number or day is known."""

    name: str


@dataclass(frozen=True, slots=True)
class Free:
    """A choice that is no fact of the request, such as whether a fact is retained or forgotten."""

    name: str


Relation = Literal["<", "<=", "=="]


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of numbers and days, each times a factor, plus a constant, beside zero; days count from year 1."""

    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction
    relation: Relation


Atom = Is | Stated | Free | Linear
Node = Atom | tuple[Formula, ...]
"""An atom, or the parts of a conjunction."""

Assignment = Mapping[str, bool | str | Fraction | None]
"""The value of each fact (None or absent: unknown), and of each free choice by its name."""


class Formulas:
    """The table of formulas; parts always come before what they are part of."""

    def __init__(self) -> None:
        self.nodes: list[Node] = [(), ()]
        self._numbers: dict[Node, Formula] = {(): TRUE}

    def atom(self, atom: Atom) -> Formula:
        """The formula that the atom holds."""
        return self._number(atom)

    def all_of(self, parts: Iterable[Formula]) -> Formula:
        """The conjunction; of no parts, TRUE."""
        found: set[Formula] = set()
        for part in parts:
            if part == FALSE or -part in found:
                return FALSE
            if part != TRUE:
                found.add(part)
        if len(found) == 1:
            return found.pop()
        return self._number(tuple(sorted(found, key=abs)))

    def any_of(self, parts: Iterable[Formula]) -> Formula:
        """The disjunction; of no parts, FALSE."""
        return -self.all_of([-part for part in parts])

    def node(self, formula: Formula) -> Node:
        """What the formula, or its negation, consists of."""
        return self.nodes[abs(formula)]

    def cone(self, formulas: Collection[Formula]) -> list[int]:
        """The numbers of the formulas and all that is within them, parts first."""
        reached = {abs(formula) for formula in formulas}
        todo = list(reached)
        while todo:
            node = self.nodes[todo.pop()]
            for part in node if isinstance(node, tuple) else ():
                if abs(part) not in reached:
                    reached.add(abs(part))
                    todo.append(abs(part))
        return sorted(reached)

    def holds(self, formula: Formula, assignment: Assignment) -> bool:
        """Whether the formula holds under the assignment."""
        return self.holding([formula], assignment) != set()

    def holding(self, formulas: Collection[Formula], assignment: Assignment) -> set[Formula]:
        """Those of the formulas that hold under the assignment."""
        found: dict[int, bool] = {}
        for number in self.cone(formulas):
            node = self.nodes[number]
            if isinstance(node, tuple):
                found[number] = all(found[abs(part)] is (part > 0) for part in node)
            else:
                found[number] = _atom_holds(node, assignment)
        return {formula for formula in formulas if found[abs(formula)] is (formula > 0)}

    def _number(self, node: Node) -> Formula:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return number


def _atom_holds(atom: Atom, assignment: Assignment) -> bool:
    match atom:
        case Is(name, value):
            return assignment.get(name) == value
        case Stated(name):
            return assignment.get(name) is not None
        case Free(name):
            return assignment.get(name) is True
        case Linear(terms, constant, relation):
            total = constant
            for name, factor in terms:
                number = assignment.get(name)
                total += factor * (number if isinstance(number, Fraction) else 0)
            return {"<": total < 0, "<=": total <= 0, "==": total == 0}[relation]
