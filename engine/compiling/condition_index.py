"""Many conditions at once: for each fact and value, which of them it makes false and which it leaves able to be true.

A condition is split at its `and`. A part that reads one fact, and tells its values apart by equality alone, is
worked out beforehand for every value; the sets of conditions are kept as the bits of a number, so that a known fact
settles thousands of them in one step. What is left of a condition becomes a function, and is called only while the
rest of the condition does not make it false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.compiling.codegen import Condition
from engine.contract.request import Value
from engine.language.expressions import (
    Facts,
)
from engine.policy.model import members, to_bits

Split = tuple[int, int]
"""The conditions that a fact does not keep from being true, and those that it makes false."""

Found = tuple[int, int]
"""The conditions that are true, and those that are unknown."""


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
