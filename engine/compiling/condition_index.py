"""Many conditions at once: for each fact and value, which of them it makes false and which it leaves able to be true.

A condition is split at its `and`. A part that reads one fact, and distinguishes its values by equality alone, is
computed beforehand for every value; the sets of conditions are held as the bits of a number, so that a known fact
settles thousands of them in one step. What is left of a condition becomes a function, and is called only while the
rest of the condition does not make it false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.compiling.codegen import Condition
from engine.contract.vocabulary import Value
from engine.language.expressions import Facts
from engine.policy.bitsets import members, to_bits

Split = tuple[int, int]
"""The conditions that a fact leaves able to be true, and those that it makes false."""

TruthBits = tuple[int, int]
"""The conditions that are true, and those that are unknown."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What the values of one fact do to the conditions; `readers` are those that have a part about it.

    A fact that is unknown is looked up in `by_value` as None.
    """

    readers: int
    other: Split
    by_value: Mapping[Value | None, Split]


@dataclass(frozen=True, slots=True)
class ConditionIndex:
    """Conditions, by position. `rest` holds the functions of what the rows leave open; `with_rest` says of which.

    `rest_reads` holds, for each fact, the positions of the functions that read it.
    """

    everything: int
    constant: Split
    rows: Mapping[str, IndexRow]
    with_rest: int
    rest: Mapping[int, Condition]
    rest_reads: Mapping[str, int]

    def evaluate(self, facts: Facts) -> TruthBits:
        """Return the conditions known to be true, and those that are unknown, as bits."""
        true, false = self.constant
        value_of = facts.get
        for name, row in self.rows.items():
            able, unable = row.by_value.get(value_of(name), row.other)
            true &= able
            false |= unable
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

    def open_facts(self, unknown: int, facts: Facts) -> list[tuple[str, object]]:
        """What of the facts leaves these conditions open, all of which are unknown, and what else they turn on.

        Of a fact that is read in parts about it alone, nothing else counts than whether it is unknown: a known one
        has made these parts true. Of the facts that a function reads the values count, and how they are written.
        """
        found: list[tuple[str, object]] = []
        for name, row in self.rows.items():
            if readers := row.readers & unknown:
                value = facts.get(name)
                if value is None or readers & ~row.by_value.get(value, row.other)[0]:
                    found.append((name, value))
        if unknown & self.with_rest:
            for name, readers in self.rest_reads.items():
                if readers & unknown:
                    value = facts.get(name)
                    found.append((name, (value, str(value))))
        return found

    def never_together(self) -> list[int]:
        """For each condition, those that no request makes true together with it, as far as the rows show."""
        exclusive = [0] * self.everything.bit_length()
        for row in self.rows.values():
            together: dict[int, int] = dict.fromkeys(members(row.readers), 0)
            for able, _ in (row.other, *row.by_value.values()):
                for index in members(able & row.readers):
                    together[index] |= able
            for index, found in together.items():
                exclusive[index] |= self.everything & ~found
        return exclusive


class Lookahead:
    """What the conditions of an index come to, given what they are under some facts, once an unknown fact is known.

    A condition that is settled stays so. Of the others, what does not depend on the fact is computed once, however
    many values it may have.
    """

    __slots__ = ("_before", "_facts", "_found", "_index")

    def __init__(self, index: ConditionIndex, facts: Facts, found: TruthBits) -> None:
        self._index, self._facts, self._found = index, facts, found
        self._before: _Before | None = None

    def able_but_for(self, name: str) -> int | None:
        """The open conditions that all but one fact, which no function reads that is open, leave able to be true.

        Of those that have a part about the fact; None where none has.
        """
        touched = self._index.rows[name].readers & self._found[1]
        if not touched:
            return None
        before = self._before = self._before or _before(self._index, self._facts, self._found[1])
        able = before.able & touched & ~before.open_rest
        for other, open_able in before.open_rows:
            if other != name:
                able &= open_able
        return able

    def evaluate_each(self, changes: Sequence[dict[str, Value]]) -> Sequence[TruthBits] | None:
        """Return what `evaluate` finds with each of the changes, which are all of the same unknown facts.

        None means what was found before: where no open condition reads them.
        """
        (true, unknown), index, names = self._found, self._index, changes[0].keys()
        rows = [(name, index.rows[name]) for name in names if name in index.rows]
        touched = again = 0
        for name in names:
            again |= index.rest_reads.get(name, 0) & unknown
        for _, row in rows:
            touched |= row.readers & unknown
        touched |= again
        if not touched:
            return None
        before = self._before = self._before or _before(index, self._facts, unknown)
        able = before.able & touched & ~(before.open_rest & ~again)
        for name, open_able in before.open_rows:
            if name not in names:
                able &= open_able
        found = []
        for change in changes:
            now, never = able, 0
            for name, row in rows:
                able_now, unable = row.by_value.get(change[name], row.other)
                now &= able_now
                never |= unable
            if again & ~never:
                now, never = index.with_rest_of(again, now, never, {**self._facts, **change})
            found.append((true | now & ~never, unknown & ~(now | never)))
        return found


class _Before(NamedTuple):
    """Of the conditions that are open, those that every known fact leaves able to be true; what unknown facts do.

    `open_rows` hold for each unknown fact those that it leaves able to be true, `open_rest` those whose remaining
    function is unknown.
    """

    able: int
    open_rows: Sequence[tuple[str, int]]
    open_rest: int


def _before(index: ConditionIndex, facts: Facts, unknown: int) -> _Before:
    rest, able, open_rows = 0, index.constant[0] & unknown, []
    for name, row in index.rows.items():
        value = facts.get(name)
        does_able = row.by_value.get(value, row.other)[0]
        if value is None:
            open_rows.append((name, does_able))
        else:
            able &= does_able
    if unknown & index.with_rest:
        rest = to_bits(i for i in members(unknown & index.with_rest) if index.rest[i](facts) is None)
    return _Before(able, open_rows, rest)
