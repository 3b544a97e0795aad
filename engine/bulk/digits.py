"""What a row states, in digits: one for each deciding fact of few values, one for each comparison of the others.

The digits settle every condition, so that rows of the same digits are answered alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.contract.vocabulary import Kind, Word
from engine.language.expression_parts import fact_names
from engine.language.expressions import And, Choose, Constant, Expression, Fact, Not, Or, Truth, evaluate


@dataclass(frozen=True, slots=True)
class Digit:
    """An expression over the facts of a row, and the values it can have.

    The digit of a row is the place of its value, from 1; it is 0 where the value is not known.
    """

    of: Expression
    values: tuple[str | bool, ...]

    def truths(self, atom: Expression) -> Iterator[Truth]:
        """The truth of an atom for each digit."""
        for value in (None, *self.values):
            truth = evaluate(atom, {self.of.name: value}) if isinstance(self.of, Fact) else value
            assert truth is None or isinstance(truth, bool)
            yield truth


def digits_of(conditions: Iterable[Expression], words: Mapping[str, Word]) -> Mapping[Expression, Digit]:
    """The digit that settles each atom of the conditions, which are the parts that have no connective."""
    return {atom: _digit(atom, words) for condition in conditions for atom in _atoms(condition)}


def _atoms(condition: Expression) -> Iterator[Expression]:
    match condition:
        case Constant():
            return
        case And(parts) | Or(parts):
            for part in parts:
                yield from _atoms(part)
        case Not(operand):
            yield from _atoms(operand)
        case Choose(test, yes, no):
            for part in (test, yes, no):
                yield from _atoms(part)
        case _:
            yield condition


def _digit(atom: Expression, words: Mapping[str, Word]) -> Digit:
    names = sorted(fact_names(atom))
    word = words.get(names[0]) if len(names) == 1 else None
    if word and word.kind is Kind.CHOICE:
        return Digit(Fact(word.name), word.choices)
    if word and word.kind is Kind.TRUTH:
        return Digit(Fact(word.name), (False, True))
    return Digit(atom, (False, True))
