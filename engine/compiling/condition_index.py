"""Many conditions at once: for each fact and value, which of them it makes false and which it leaves able to be true.

A condition is split at its `and`. A part that reads one fact, and tells its values apart by equality alone, is
worked out beforehand for every value; the sets of conditions are kept as the bits of a number, so that a known fact
settles thousands of them in one step. What is left of a condition becomes a function, and is called only while the
rest of the condition does not make it false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from engine.compiling.codegen import Condition, compile_conditions, fold
from engine.contract.request import Kind, Value, Word
from engine.language.expressions import (
    And,
    Choose,
    Compare,
    Comparison,
    Constant,
    Expression,
    Fact,
    Facts,
    Known,
    Not,
    OneOf,
    Or,
    evaluate,
    fact_names,
    walk,
)
from engine.policy.model import members, to_bits

Split = tuple[int, int]
"""The conditions that a fact does not keep from being true, and those that it makes false."""

Found = tuple[int, int]
"""The conditions that are true, and those that are unknown."""

_NO_OTHER = cast("Value", object())
"""Stands for a value that no condition mentions; it equals nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the values of one fact do to the conditions; `reading` are those that have a part about it.

    A fact that is unknown is looked up in `by_value` as None.
    """

    reading: int
    other: Split
    by_value: Mapping[Value | None, Split]


@dataclass(frozen=True, slots=True)
class Table:
    """Conditions, by position. `rest` holds the functions of what the rows leave open; `with_rest` says of which.

    `rest_reads` holds, for each fact, the positions of the functions that read it.
    """

    everything: int
    constant: Split
    rows: Mapping[str, Row]
    with_rest: int
    rest: Mapping[int, Condition]
    rest_reads: Mapping[str, int]

    def weigh(self, facts: Facts) -> Found:
        """Return the conditions known to be true, and those that are unknown, as bits."""
        true, false = _settled(self.constant, self.rows.items(), facts)
        if self.with_rest & ~false:
            true, false = self.with_rest_of(self.with_rest, true, false, facts)
        return true & ~false, self.everything & ~(true | false)

    def with_rest_of(self, conditions: int, true: int, false: int, facts: Facts) -> Split:
        """What `true` and `false` become by what the functions of the conditions find."""
        for index in members(conditions & ~false):
            truth = self.rest[index](facts)
            if truth is False:
                false |= 1 << index
            elif truth is None:
                true &= ~(1 << index)
        return true, false

    def never_together(self) -> list[int]:
        """For each condition, those that no request makes true together with it, as far as the rows tell."""
        apart = [0] * self.everything.bit_length()
        for row in self.rows.values():
            together: dict[int, int] = dict.fromkeys(members(row.reading), 0)
            for able, _ in (row.other, *row.by_value.values()):
                for index in members(able & row.reading):
                    together[index] |= able
            for index, found in together.items():
                apart[index] |= self.everything & ~found
        return apart


class Ahead:
    """What the conditions of a table come to, given what they are under some facts, once an unknown fact is known.

    A condition that is settled stays so. Of the others, what does not turn on the fact is worked out once, however
    many values it may have.
    """

    __slots__ = ("_before", "_facts", "_found", "_table")

    def __init__(self, table: Table, facts: Facts, found: Found) -> None:
        self._table, self._facts, self._found = table, facts, found
        self._before: _Before | None = None

    def weigh_each(self, changes: Sequence[dict[str, Value]]) -> Sequence[Found] | None:
        """Return what `weigh` finds with each of the changes, which are all of the same unknown facts.

        None stands for what was found before, where no open condition reads them.
        """
        (true, unknown), table, asked = self._found, self._table, changes[0].keys()
        rows = [(name, table.rows[name]) for name in asked if name in table.rows]
        touched = again = 0
        for name in asked:
            again |= table.rest_reads.get(name, 0) & unknown
        for _, row in rows:
            touched |= row.reading & unknown
        touched |= again
        if not touched:
            return None
        before = self._before = self._before or _before(table, self._facts, unknown)
        able = before.able & touched & ~(before.open_rest & ~again)
        for name, open_able in before.open_rows:
            if name not in asked:
                able &= open_able
        found = []
        for change in changes:
            now, never = able, 0
            for name, row in rows:
                able_now, unable = row.by_value.get(change[name], row.other)
                now &= able_now
                never |= unable
            if again & ~never:
                now, never = table.with_rest_of(again, now, never, {**self._facts, **change})
            found.append((true | now & ~never, unknown & ~(now | never)))
        return found


class _Before(NamedTuple):
    """Of the conditions that are open, those that no known fact keeps from being true; what unknown facts do.

    `open_rows` hold for each unknown fact those that it does not keep from being true, `open_rest` those that what
    is left of them keeps from it.
    """

    able: int
    open_rows: Sequence[tuple[str, int]]
    open_rest: int


def _before(table: Table, facts: Facts, unknown: int) -> _Before:
    rest, able, open_rows = 0, table.constant[0] & unknown, []
    for name, row in table.rows.items():
        value = facts.get(name)
        does_able = row.by_value.get(value, row.other)[0]
        if value is None:
            open_rows.append((name, does_able))
        else:
            able &= does_able
    if unknown & table.with_rest:
        rest = to_bits(i for i in members(unknown & table.with_rest) if table.rest[i](facts) is None)
    return _Before(able, open_rows, rest)


def _settled(before: Split, rows: Iterable[tuple[str, Row]], facts: Facts) -> Split:
    true, false = before
    for name, row in rows:
        able, unable = row.by_value.get(facts.get(name), row.other)
        true &= able
        false |= unable
    return true, false


def build_table(conditions: Sequence[Expression], parameters: Facts, words: Mapping[str, Word]) -> Table:
    """Return the table of the conditions under the known `parameters`; `words` gives the kinds of all facts."""
    constant, left = _Rows(Kind.TRUTH), {}
    rows: dict[str, _Rows] = {}
    for index, condition in enumerate(conditions):
        apart = _split(fold(condition, parameters), words)
        for name, part in apart.items():
            if name is None:
                left[index] = part
            elif name:
                found = rows.setdefault(name, _Rows(words[name].kind))
                found.add(index, part, _values(part, words[name]))
            else:
                constant.add(index, part, ())
    everything = (1 << len(conditions)) - 1
    functions = compile_conditions(list(left.values()))
    rest_reads: dict[str, list[int]] = {}
    for index, part in left.items():
        for fact in fact_names(part):
            rest_reads.setdefault(fact, []).append(index)
    return Table(
        everything=everything,
        constant=constant.constants(everything),
        rows={name: rows[name].row(name, everything) for name in sorted(rows)},
        with_rest=to_bits(left),
        rest=dict(zip(left, functions, strict=True)),
        rest_reads={fact: to_bits(reading) for fact, reading in rest_reads.items()},
    )


class _Rows:
    """The parts of the conditions that read one fact, and what each value of it does to them."""

    def __init__(self, kind: Kind) -> None:
        self.open = kind is not Kind.TRUTH
        self.parts: dict[int, Expression] = {}
        self.mentioned: dict[Value, list[int]] = {}

    def add(self, index: int, part: Expression, values: Iterable[Value]) -> None:
        self.parts[index] = part
        for value in values:
            self.mentioned.setdefault(value, []).append(index)

    def row(self, name: str, everything: int) -> Row:
        unknown = self._split(name, None, self.parts, (everything, 0))
        other = self._split(name, _NO_OTHER, self.parts, (everything, 0)) if self.open else unknown
        return Row(
            reading=to_bits(self.parts),
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
    apart: dict[str | None, list[Expression]] = {}
    for part in condition.parts if isinstance(condition, And) else (condition,):
        names = fact_names(part)
        name: str | None = next(iter(names), "") if len(names) < 2 else None
        if name and not (words[name].kind is Kind.TRUTH or _by_equality(part)):
            name = None
        apart.setdefault(name, []).append(part)
    return {name: parts[0] if len(parts) == 1 else And(tuple(parts)) for name, parts in apart.items()}


def _values(part: Expression, word: Word) -> set[Value]:
    """The values of the fact that the part may tell apart from all others."""
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
    """Whether the part tells the values of its fact apart only by whether they equal constants."""
    match part:
        case Known() | Constant():
            return True
        case OneOf(Fact(), _):
            return True
        case Compare(Comparison.EQUAL | Comparison.UNEQUAL, Fact(), Constant()):
            return True
        case Compare(Comparison.EQUAL | Comparison.UNEQUAL, Constant(), Fact()):
            return True
        case Not(operand):
            return _by_equality(operand)
        case And(parts) | Or(parts):
            return all(_by_equality(inner) for inner in parts)
        case Choose(test, yes, no):
            return all(_by_equality(inner) for inner in (test, yes, no))
        case _:
            return False
