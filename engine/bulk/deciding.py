"""A batch of rows decided at once: every truth of a plan is the set of rows in which it holds, stored as bits.

The row at position i stands for bit i. Nothing is computed row by row; the key of a row's answer is read off across
the sets that are returned.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.bulk.answers import AnswerKey
from engine.bulk.cases import SEVERAL
from engine.bulk.plan import TablePlan
from engine.contract.decision import Outcome
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Not,
    Or,
    Truth,
)

RowSet = int
"""A set of rows."""

Places = Mapping[int, RowSet]
"""The rows that have each place in an order, such as that of strictness."""

TruthRows = tuple[RowSet, RowSet]
"""The rows in which a condition holds, and those in which it may."""

OUTCOME_BITS = len(Outcome).bit_length()


@dataclass(frozen=True, slots=True)
class RowBatch:
    """What the policies are to know of a batch of rows.

    `digits` holds, for each of `plan.digits`, the rows with each digit from 0; `facts` the rows of each interval
    and of each mark of the countries, by their names.
    """

    every: RowSet
    digits: Sequence[Sequence[RowSet]]
    facts: Mapping[str, RowSet]


@dataclass(frozen=True, slots=True)
class BatchAnswers:
    """The answers of a batch: for each bit of a key the rows in which it is set.

    `missing` holds for each of `plan.missing` the rows in which that fact is a question, `ends` for each of
    `plan.ends` those whose answers end with that date.
    """

    key: tuple[RowSet, ...]
    missing: tuple[RowSet, ...]
    ends: tuple[RowSet, ...]


def decide_rows(plan: TablePlan, batch: RowBatch) -> BatchAnswers:
    """Decide a batch of rows."""
    columns = _BatchColumns(plan, batch)
    cases = columns.places(plan.case)
    bits = [0] * max(len(case) for case in plan.bits)
    for number, rows in cases.items():
        for position, bit in enumerate(plan.bits[number]):
            bits[position] |= rows & columns.truth(bit.column)
    head = [
        *_digits(cases, _case_bits(plan)),
        *_digits(columns.places(plan.assessed), OUTCOME_BITS),
        *_digits(columns.places(plan.outcome), OUTCOME_BITS),
        batch.facts[SEVERAL],
    ]
    return BatchAnswers(
        (*head, *bits),
        tuple(columns.truth(column) for column in plan.missing.values()),
        tuple(columns.truth(column) for column in plan.ends.values()),
    )


def read_key(plan: TablePlan, number: int) -> AnswerKey:
    """The key whose bits are those of the number."""
    found = []
    for width in (_case_bits(plan), OUTCOME_BITS, OUTCOME_BITS, 1):
        found.append(number & (1 << width) - 1)
        number >>= width
    case, assessed, outcome, several = found
    return AnswerKey(case, assessed, outcome, bool(several), number)


def _case_bits(plan: TablePlan) -> int:
    return len(plan.cases).bit_length()


class _BatchColumns:
    """The columns of a plan for one batch, each computed from those before it."""

    def __init__(self, plan: TablePlan, batch: RowBatch) -> None:
        self._every, self._truths = batch.every, dict(batch.facts)
        self._places: dict[str, Places] = {}
        rows = dict(zip(plan.digits, batch.digits, strict=True))
        self._atoms = {atom: _known(digit.truths(atom), rows[digit]) for atom, digit in plan.atoms.items()}
        for condition, number in plan.columns.conditions.items():
            holds, may_hold = self._evaluate(condition)
            self._truths |= {f"holds_{number}": holds, f"may_{number}": may_hold}
        for name, column in plan.columns.named.items():
            if isinstance(column, Choose):
                self._places[name] = self.places(column)
            else:
                self._truths[name] = self.truth(column)

    def truth(self, column: Expression) -> RowSet:
        """The rows in which a truth holds that is never unknown."""
        match column:
            case Constant(value):
                return self._every if value else 0
            case Fact(name):
                return self._truths[name]
            case Not(operand):
                return self._every ^ self.truth(operand)
            case And(parts):
                return functools.reduce(operator.and_, map(self.truth, parts))
            case Or(parts):
                return functools.reduce(operator.or_, map(self.truth, parts))
            case Compare(Comparator.EQUAL, left, right):
                places = self.places(right)
                return _joined(rows & places.get(place, 0) for place, rows in self.places(left).items())
            case _:
                raise AssertionError(f"no truth is made of {column}")

    def places(self, column: Expression) -> Places:
        """The rows of each place that a number has."""
        match column:
            case Constant(int() as place):
                return {place: self._every}
            case Fact(name):
                return self._places[name]
            case Choose(test, yes, no):
                where = self.truth(test)
                found = {place: rows & ~where for place, rows in self.places(no).items()}
                for place, rows in self.places(yes).items():
                    found[place] = found.get(place, 0) | rows & where
                return {place: rows for place, rows in found.items() if rows}
            case _:
                raise AssertionError(f"no places are made of {column}")

    def _evaluate(self, condition: Expression) -> TruthRows:
        """The rows in which a condition over facts holds and may hold, as `evaluate` decides for each."""
        match condition:
            case Constant(value):
                rows = self._every if value else 0
                return rows, rows
            case Not(operand):
                holds, may_hold = self._evaluate(operand)
                return self._every ^ may_hold, self._every ^ holds
            case And(parts) | Or(parts):
                join = operator.and_ if isinstance(condition, And) else operator.or_
                evaluated = [self._evaluate(part) for part in parts]
                return (
                    functools.reduce(join, (holds for holds, _ in evaluated)),
                    functools.reduce(join, (may_hold for _, may_hold in evaluated)),
                )
            case Choose(test, yes, no):
                return self._chosen(*map(self._evaluate, (test, yes, no)))
            case _:
                return self._atoms[condition]

    def _chosen(self, test: TruthRows, yes: TruthRows, no: TruthRows) -> TruthRows:
        """With the test unknown, what the branches agree on."""
        holds, fails = test[0], self._every ^ test[1]
        return (
            holds & yes[0] | fails & no[0] | yes[0] & no[0],
            self._every ^ (holds & ~yes[1] | fails & ~no[1] | self._every & ~(yes[1] | no[1])),
        )


def _known(truths: Iterable[Truth], rows: Sequence[RowSet]) -> TruthRows:
    pairs = list(zip(truths, rows, strict=True))
    return _joined(r for t, r in pairs if t), _joined(r for t, r in pairs if t is not False)


def _joined(sets: Iterable[RowSet]) -> RowSet:
    return functools.reduce(operator.or_, sets, 0)


def _digits(places: Places, width: int) -> list[RowSet]:
    """The places in binary digits, the lowest first."""
    return [_joined(rows for place, rows in places.items() if place >> digit & 1) for digit in range(width)]
