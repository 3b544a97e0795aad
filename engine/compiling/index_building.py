"""Conditions -> the index: for each fact and value, which conditions it decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from engine.compiling.codegen import compile_conditions, substitute
from engine.compiling.condition_index import ConditionIndex, IndexRow, Split
from engine.contract.vocabulary import Kind, Value, Word
from engine.language.expression_parts import fact_names, walk
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Facts,
    Known,
    Not,
    OneOf,
    Or,
    evaluate,
)
from engine.policy.bitsets import to_bits

_NO_OTHER = cast("Value", object())
"""Stands for a value that no condition mentions; it equals nothing."""


def build_index(
    conditions: Sequence[Expression], parameters: Facts, words: Mapping[str, Word]
) -> ConditionIndex:
    """Return the index of the conditions under the known `parameters`; `words` gives the kinds of all facts."""
    constant, left = _FactParts(Kind.TRUTH), {}
    rows: dict[str, _FactParts] = {}
    for index, condition in enumerate(conditions):
        parts = _split(substitute(condition, parameters), words)
        for name, part in parts.items():
            if name is None:
                left[index] = part
            elif name:
                found = rows.setdefault(name, _FactParts(words[name].kind))
                found.add(index, part, _values(part, words[name]))
            else:
                constant.add(index, part, ())
    everything = (1 << len(conditions)) - 1
    functions = compile_conditions(list(left.values()))
    rest_reads: dict[str, list[int]] = {}
    for index, part in left.items():
        for fact in fact_names(part):
            rest_reads.setdefault(fact, []).append(index)
    return ConditionIndex(
        everything=everything,
        constant=constant.constants(everything),
        rows={name: rows[name].row(name, everything) for name in sorted(rows)},
        with_rest=to_bits(left),
        rest=dict(zip(left, functions, strict=True)),
        rest_reads={fact: to_bits(readers) for fact, readers in rest_reads.items()},
    )


class _FactParts:
    """The parts of the conditions that read one fact, and what each value of it does to them."""

    def __init__(self, kind: Kind) -> None:
        self.open = kind is not Kind.TRUTH
        self.parts: dict[int, Expression] = {}
        self.mentioned: dict[Value, list[int]] = {}

    def add(self, index: int, part: Expression, values: Iterable[Value]) -> None:
        self.parts[index] = part
        for value in values:
            self.mentioned.setdefault(value, []).append(index)

    def row(self, name: str, everything: int) -> IndexRow:
        unknown = self._split(name, None, self.parts, (everything, 0))
        other = self._split(name, _NO_OTHER, self.parts, (everything, 0)) if self.open else unknown
        return IndexRow(
            readers=to_bits(self.parts),
            other=other,
            by_value={
                None: unknown,
                **{
                    value: self._split(name, value, mentioning, other)
                    for value, mentioning in self.mentioned.items()
                },
            },
        )

    def constants(self, everything: int) -> Split:
        return self._split("", None, self.parts, (everything, 0))

    def _split(self, name: str, value: Value | None, indices: Iterable[int], otherwise: Split) -> Split:
        """What the value does to the parts at `indices`; what it does to all others is given."""
        seen, able, unable = [], [], []
        for index in indices:
            truth = evaluate(self.parts[index], {name: value})
            seen.append(index)
            if truth:
                able.append(index)
            elif truth is False:
                unable.append(index)
        others = ~to_bits(seen)
        return otherwise[0] & others | to_bits(able), otherwise[1] & others | to_bits(unable)


def _split(condition: Expression, words: Mapping[str, Word]) -> dict[str | None, Expression]:
    """The parts of a condition by the one fact they read, by "" those that read none, by None all others."""
    found: dict[str | None, list[Expression]] = {}
    for part in condition.parts if isinstance(condition, And) else (condition,):
        names = fact_names(part)
        name: str | None = next(iter(names), "") if len(names) < 2 else None
        if name and not (words[name].kind is Kind.TRUTH or _by_equality(part)):
            name = None
        found.setdefault(name, []).append(part)
    return {name: parts[0] if len(parts) == 1 else And(tuple(parts)) for name, parts in found.items()}


def _values(part: Expression, word: Word) -> set[Value]:
    """The values of the fact that the part may distinguish from all others."""
    if word.kind is Kind.TRUTH:
        return {True, False}
    values: set[Value] = set(word.choices)
    for node in walk(part):
        if isinstance(node, Constant):
            values.add(cast("Value", node.value))
        elif isinstance(node, OneOf):
            values.update(node.values)
    return values


def _by_equality(part: Expression) -> bool:
    """Whether the part distinguishes the values of its fact only by whether they equal constants."""
    match part:
        case Known() | Constant():
            return True
        case OneOf(Fact(), _):
            return True
        case Compare(Comparator.EQUAL | Comparator.UNEQUAL, Fact(), Constant()):
            return True
        case Compare(Comparator.EQUAL | Comparator.UNEQUAL, Constant(), Fact()):
            return True
        case Not(operand):
            return _by_equality(operand)
        case And(parts) | Or(parts):
            return all(_by_equality(inner) for inner in parts)
        case Choose(test, yes, no):
            return all(_by_equality(inner) for inner in (test, yes, no))
        case _:
            return False
