"""The one door to z3: requests for which a formula holds, and the smallest of them.

z3 is imported when the first solver is made, so that nothing else waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

from engine.analysis.formulas import FALSE, Assignment, Atom, Formula, Formulas, Free, Is, Linear, Stated
from engine.analysis.symbols import Choices, Domain, Range

EFFORT = 20_000_000
"""How much work one question may cost, in z3's own count (rlimit), which does not depend on the machine."""
FINE = 10**6
"""A fraction that no decimal can express is queried again as a multiple of one in so many."""


class ProverMissing(Exception):
    """z3 is not installed."""


class Undecided(Exception):
    """The solver gave up; its reason is the text."""


class Solver:
    """Answers questions about formulas of one table, over facts with these domains."""

    def __init__(self, formulas: Formulas, domains: Mapping[str, Domain]) -> None:
        try:
            import z3
        except ImportError as error:
            raise ProverMissing("z3 is not installed") from error
        self._z3: Any = z3
        self._formulas = formulas
        self._domains = domains
        self._terms: dict[int, Any] = {}
        self._goals: dict[Formula, Any] = {}
        self._numbers: dict[str, Any] = {}
        self._stated: dict[str, Any] = {}
        self._words: dict[str, dict[bool | str, Any]] = {}
        self._solutions: dict[Formula, dict[str, Any] | None] = {}
        # A context of its own: solvers in different threads share nothing, and none depends on earlier queries.
        self._context: Any = z3.Context()
        self._solver = z3.SimpleSolver(ctx=self._context)
        self._solver.set("rlimit", EFFORT)

    def find(self, formula: Formula) -> Assignment | None:
        """Return facts for which the formula holds, those it does not turn on left unknown; None if there are none.

        Raises Undecided.
        """
        if formula == FALSE:
            return None
        if formula not in self._solutions:
            self._solutions[formula] = self._solved([self._goal(formula)])
        return self._solutions[formula]

    def find_smallest(
        self,
        formula: Formula,
        costs: Sequence[Sequence[Formula]],
        wishes: Sequence[Sequence[Formula]],
    ) -> Assignment | None:
        """Like `find`, with as few of the first costs as can be, then of the next, and so on.

        Of each list of wishes, in order, the first that can hold does.
        """
        z3, solver = self._z3, self._solver
        assumed = [self._goal(formula)]
        # What a formula means is asserted to the solver once and for good, so never between push and pop.
        groups = [[(self._term(cost), 1) for cost in group] for group in costs]
        for wished in chain.from_iterable(wishes):
            self._goal(wished)
        found = self._solved(assumed)
        if found is None:
            return None
        solver.push()
        try:
            for group, terms in zip(costs, groups, strict=True):
                while count := sum(self._formulas.holds(cost, found) for cost in group):
                    solver.push()
                    solver.add(z3.PbLe(terms, count - 1))
                    fewer = self._solved(assumed)
                    solver.pop()
                    if fewer is None:
                        break
                    found = fewer
                if terms:
                    solver.add(z3.PbLe(terms, count))
            for wish in wishes:
                for formula_wished in wish:
                    if self._formulas.holds(formula_wished, found):
                        better: dict[str, Any] | None = found
                    else:
                        better = self._solved([*assumed, self._goal(formula_wished)])
                    if better is not None:
                        found = better
                        assumed.append(self._goal(formula_wished))
                        break
            return self._in_decimals(found, assumed)
        finally:
            solver.pop()

    def _in_decimals(self, found: dict[str, Any], assumed: list[Any]) -> dict[str, Any]:
        broken = [
            name for name, value in found.items() if isinstance(value, Fraction) and not is_decimal(value)
        ]
        if not broken:
            return found
        z3, solver = self._z3, self._solver
        for name in self._numbers:
            if not self._is_whole(name):
                solver.add(z3.IsInt(self._numbers[name] * FINE))
        again = self._solved(assumed)
        if again is None:
            raise Undecided("no example with decimal numbers was found")
        return again

    def _solved(self, assumed: list[Any]) -> dict[str, Any] | None:
        result = self._solver.check(*assumed)
        if result == self._z3.unsat:
            return None
        if result != self._z3.sat:
            raise Undecided(self._solver.reason_unknown())
        model = self._solver.model()
        found: dict[str, Any] = {}
        for name, values in self._words.items():
            for value, term in values.items():
                if self._is_true(model, term):
                    found[name] = value
        for name, number in self._numbers.items():
            # The day of the question is always stated.
            if name not in self._stated or self._is_true(model, self._stated[name]):
                value = model.eval(number, model_completion=True)
                found[name] = Fraction(str(value.as_fraction() if number.is_real() else value.as_long()))
        for name, term in self._stated.items():
            if name not in self._numbers and self._is_true(model, term):
                found[name] = self._lowest(name)
        return found

    def _is_true(self, model: Any, term: Any) -> bool:
        return bool(self._z3.is_true(model.eval(term)))

    def _goal(self, formula: Formula) -> Any:
        """A name for the formula that can be assumed."""
        if formula not in self._goals:
            goal = self._goals[formula] = self._z3.Bool(f"goal {formula}", self._context)
            self._solver.add(self._z3.Implies(goal, self._term(formula)))
        return self._goals[formula]

    def _term(self, formula: Formula) -> Any:
        if abs(formula) not in self._terms:
            for number in self._formulas.cone([formula]):
                if number not in self._terms:
                    node = self._formulas.node(number)
                    self._terms[number] = (
                        self._z3.And(*(self._signed(part) for part in node), self._context)
                        if isinstance(node, tuple)
                        else self._atom(node)
                    )
        return self._signed(formula)

    def _signed(self, formula: Formula) -> Any:
        term = self._terms[abs(formula)]
        return term if formula > 0 else self._z3.Not(term)

    def _atom(self, atom: Atom) -> Any:
        z3 = self._z3
        match atom:
            case Is(name, value):
                return self._values(name)[value]
            case Stated(name):
                return self._stated.setdefault(name, z3.Bool(f"{name} is stated", self._context))
            case Free(name):
                return self._words.setdefault(name, {True: z3.Bool(name, self._context)})[True]
            case Linear(terms, constant, relation):
                total = self._exact(constant)
                for name, factor in terms:
                    total = total + self._exact(factor) * self._number(name)
                return {"<": total < 0, "<=": total <= 0, "==": total == 0}[relation]

    def _values(self, name: str) -> Mapping[bool | str, Any]:
        """For each value of a fact, that it is known to have it; at most one of them holds."""
        if name not in self._words:
            domain = self._domains[name]
            assert isinstance(domain, Choices)
            z3 = self._z3
            terms = {value: z3.Bool(f"{name} is {value}", self._context) for value in domain.values}
            self._words[name] = terms
            for one, other in combinations(terms.values(), 2):
                self._solver.add(z3.Or(z3.Not(one), z3.Not(other)))
        return self._words[name]

    def _number(self, name: str) -> Any:
        if name not in self._numbers:
            z3, domain = self._z3, self._domains[name]
            assert isinstance(domain, Range)
            number = self._numbers[name] = (z3.Int if domain.whole else z3.Real)(name, self._context)
            self._solver.add(number >= self._exact(domain.low), number <= self._exact(domain.high))
        return self._numbers[name]

    def _lowest(self, name: str) -> Fraction:
        """A value for a number of which only that it is known matters."""
        domain = self._domains[name]
        assert isinstance(domain, Range)
        return max(domain.low, min(domain.high, Fraction(1)))

    def _is_whole(self, name: str) -> bool:
        domain = self._domains[name]
        return isinstance(domain, Range) and domain.whole

    def _exact(self, value: Fraction) -> Any:
        z3, context = self._z3, self._context
        return (
            z3.IntVal(value.numerator, context) if value.denominator == 1 else z3.RealVal(str(value), context)
        )


def is_decimal(value: Fraction) -> bool:
    """Whether some decimal expresses the number exactly."""
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    return rest == 1
