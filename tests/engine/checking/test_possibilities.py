"""What the search over constraints finds, against every combination of values."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from engine.checking.possibilities import FALSE, TRUE, UNKNOWN, Among, JointTruth, Possibilities
from engine.policy.bitsets import members

FACTS = (3, 3, 3, 4)
"""How many values each of the variables from 1 on has."""
TRUTHS = (5, 6)
"""The variables that stand for truths; whether two facts are alike is the last."""
ALIKE = TRUTHS[-1]


class DrawnProblem(NamedTuple):
    """Where a truth is so, one of some things holds; two facts that may have to be alike; what has to hold."""

    constraints: list[tuple[Among, list[Among]]]
    alike: tuple[int, int]
    required: list[Among]
    premises: list[Among]

    def possibilities(self) -> Possibilities:
        problem = Possibilities()
        for count in (*FACTS, *[3] * len(TRUTHS)):
            problem.variable(count)
        for where, offered in self.constraints:
            problem.require(where, *offered)
        problem.relate(JointTruth(ALIKE, self.alike, self._alike))
        return problem

    def _alike(self, values: Sequence[int], open_: int) -> tuple[int, int]:
        (other,) = (variable for variable in self.alike if variable != open_)
        full = (1 << FACTS[open_ - 1]) - 1
        return values[other] & full, full & ~values[other]

    def has_solution(self, premises: Sequence[Among]) -> bool:
        each = (*(range(count) for count in FACTS), *[range(3)] * len(TRUTHS))
        return any(self._is_solution([1, *(1 << at for at in chosen)], premises) for chosen in product(*each))

    def _is_solution(self, values: Sequence[int], premises: Sequence[Among]) -> bool:
        def holds(among: Among) -> bool:
            return values[among[0]] & among[1] != 0

        one, other = self.alike
        return (
            all(map(holds, (*self.required, *premises)))
            and all(any(map(holds, offered)) for where, offered in self.constraints if holds(where))
            and values[ALIKE] in (UNKNOWN, TRUE if values[one] == values[other] else FALSE)
        )


def drawn_problem(chance: random.Random) -> DrawnProblem:
    """A problem with few solutions or none, most of which takes several choices to settle."""

    def some_values() -> Among:
        fact = chance.randint(1, len(FACTS))
        return fact, 1 << chance.randrange(FACTS[fact - 1])

    def offered() -> list[Among]:
        truths = [(chance.choice(TRUTHS), chance.choice((TRUE, FALSE)))] if chance.random() < 0.2 else []
        return [*truths, *(some_values() for _ in range(chance.randint(2, 3)))]

    return DrawnProblem(
        [((chance.choice(TRUTHS), TRUE), offered()) for _ in range(chance.randint(3, 13))],
        chance.choice([(1, 2), (2, 3), (3, 4)]),
        [(truth, TRUE) for truth in TRUTHS if chance.random() < 0.8],
        [
            (fact, (1 << values) - 1 & ~(1 << chance.randrange(2 * values)))
            for fact, values in enumerate(FACTS, 1)
        ],
    )


PROBLEMS = [drawn_problem(random.Random(seed)) for seed in range(1500)]


def test_a_contradiction_is_found_exactly_where_no_combination_of_values_is_a_solution() -> None:
    for drawn in PROBLEMS:
        found = drawn.possibilities().solve(drawn.required, drawn.premises)
        assert (found.contradiction is None) is drawn.has_solution(drawn.premises), drawn


def test_the_premises_that_a_contradiction_rests_on_are_enough_for_it() -> None:
    for drawn in PROBLEMS:
        found = drawn.possibilities().solve(drawn.required, drawn.premises)
        if found.contradiction is not None:
            enough = [drawn.premises[position] for position in members(found.contradiction)]
            assert not drawn.has_solution(enough), drawn
