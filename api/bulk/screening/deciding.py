"""Deciding batches of rows that a database has read: a table of answers for each batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow

from api.bulk.screening.writing import DAY, SCHEMA, TEXT
from engine import NO_STATUS, Duty, Outcome, ServingStatus
from engine.bulk import (
    RowAnswer,
    RowBatch,
    RowSet,
    TablePlan,
    country_marks,
    decide_rows,
    last_days,
    read_key,
    word_answer,
)
from engine.bulk.reading import SEPARATOR
from engine.bulk.translating import day_number

OVER = np.iinfo(np.int32).min
"""The day that stands for one that is not known."""
ByteArray = np.ndarray[Any, np.dtype[np.uint8]]
NumberArray = np.ndarray[Any, np.dtype[np.int64]]
Cached = TypeVar("Cached")


class BatchDecider:
    """Decides batch after batch, composing the answer of each key once. Counts the rows of each outcome."""

    def __init__(self, plan: TablePlan, status: ServingStatus = NO_STATUS) -> None:
        self.plan = plan
        self.status = status
        self.outcomes: Counter[Outcome] = Counter()
        self._answers: dict[int, tuple[RowAnswer, int, int]] = {}
        self._missing: dict[int, list[str]] = {}

    def answers(self, batch: Any) -> Any:
        """The answers to a batch of rows, as they are written, in the order of the rows."""
        found = decide_rows(self.plan, _batch_facts(self.plan, batch))
        which, keys = _different(found.key, batch.num_rows)
        worded_keys = [_once(self._answers, key, self._worded) for key in keys]
        words = [answer for answer, _, _ in worded_keys]
        for place, rows in enumerate(np.bincount(which, minlength=len(words)).tolist()):
            self.outcomes[words[place].outcome] += rows
        which_missing, masks = _different(found.missing, batch.num_rows)
        missing = [_once(self._missing, mask, self._facts) for mask in masks]
        days, last = (
            np.array(column, np.int64)[which] for column in list(zip(*worded_keys, strict=True))[1:]
        )
        as_of = batch["as_of"].to_numpy()
        worded = _words(words)
        columns = {
            "request_id": batch["request_id"].cast(TEXT),
            "line": batch["line"].cast(TEXT).dictionary_encode(),
            "as_of": _dates(as_of),
            **{name: _taken(column, which) for name, column in worded.items()},
            "not_known": _taken(_lists(missing), which_missing),
            "claimed_not_confirmed": _claims(batch["claims"]),
            "valid_until": _dates(self._last_days(batch, found.ends, np.minimum(as_of + days, last))),
            "policy": _same(self.plan.policies.name, batch.num_rows),
            "revision": _same(self.plan.policies.revision, batch.num_rows),
        }
        return pyarrow.table(columns, schema=SCHEMA)

    def _last_days(self, batch: Any, ends: Sequence[RowSet], last: NumberArray) -> NumberArray:
        """The last days of the answers, which end with the first of their dates that is not over."""
        as_of = batch["as_of"].to_numpy()
        for number, rows in enumerate(ends):
            if rows and f"date_{number}" in batch.schema.names:
                days = batch[f"date_{number}"].fill_null(OVER).to_numpy()
                ending = _bits(rows, batch.num_rows).astype(bool) & (days >= as_of)
                last = np.where(ending, np.minimum(last, days), last)
        return last

    def _worded(self, number: int) -> tuple[RowAnswer, int, int]:
        key = read_key(self.plan, number)
        days, last = last_days(self.plan, key, self.status)
        return word_answer(self.plan, key, self.status), days, day_number(last)

    def _facts(self, number: int) -> list[str]:
        return [name for place, name in enumerate(self.plan.missing) if number >> place & 1]


def write_duty(duty: Duty) -> str:
    """A duty as a table shows it: who, what, by which clause, and what says when or shows that it was done."""
    also = [
        f"{name}: {value}"
        for name, value in (("before", duty.before), ("within", duty.within), ("evidence", duty.evidence))
        if value
    ]
    return "; ".join([f"{duty.who}: {duty.must} [{duty.clause}]", *also])


def _batch_facts(plan: TablePlan, batch: Any) -> RowBatch:
    every = (1 << batch.num_rows) - 1
    digits = []
    for number, digit in enumerate(plan.digits):
        name = f"digit_{number}"
        if name in batch.schema.names:
            column = batch[name].to_numpy()
            digits.append([_rows(column == place) for place in range(len(digit.values) + 1)])
        else:
            digits.append([every, *[0] * len(digit.values)])
    column = batch["interval_number"].to_numpy()
    facts = {s.covers.name: _rows(column == place) for place, s in enumerate(plan.intervals)}
    return RowBatch(every, digits, facts | _marks(plan, batch["countries"]))


def _marks(plan: TablePlan, countries: Any) -> dict[str, RowSet]:
    found = countries.cast(TEXT).fill_null("").dictionary_encode()
    which = found.indices.to_numpy()
    marks = [
        country_marks(frozenset(text.split(SEPARATOR) if text else ()), plan.named)
        for text in found.dictionary.to_pylist()
    ]
    return {name: _rows(np.array([mark[name] for mark in marks], bool)[which]) for name in marks[0]}


def _rows(holds: Any) -> RowSet:
    return int.from_bytes(np.packbits(holds, bitorder="little").tobytes(), "little")


def _bits(which: RowSet, rows: int) -> ByteArray:
    """A set of rows as a number for each row, 1 or 0."""
    packed = np.frombuffer(which.to_bytes(-(-rows // 8), "little"), np.uint8)
    return np.unpackbits(packed, count=rows, bitorder="little")


def _different(columns: Sequence[RowSet], rows: int) -> tuple[NumberArray, list[int]]:
    """The distinct numbers whose bits the columns are, and the index of that of each row."""
    places = [place for place, column in enumerate(columns) if column]
    width = max(1, -(-len(places) // 8))
    keys: ByteArray = np.zeros((width, rows), np.uint8)
    for bit, place in enumerate(places):
        keys[bit // 8] |= _bits(columns[place], rows) << bit % 8
    whole = pyarrow.py_buffer(np.ascontiguousarray(keys.T))
    found = pyarrow.FixedSizeBinaryArray.from_buffers(pyarrow.binary(width), rows, [None, whole])
    found = found.dictionary_encode()
    return found.indices.to_numpy(), [_number(key, places) for key in found.dictionary.to_pylist()]


def _number(key: bytes, places: Sequence[int]) -> int:
    bits = int.from_bytes(key, "little")
    return sum(1 << place for bit, place in enumerate(places) if bits >> bit & 1)


def _once(cache: dict[int, Cached], key: int, found: Callable[[int], Cached]) -> Cached:
    if key not in cache:
        cache[key] = found(key)
    return cache[key]


def _words(words: Sequence[RowAnswer]) -> dict[str, Any]:
    would_be = [word.would_be.value if word.would_be else None for word in words]
    return {
        "outcome": _texts([word.outcome.value for word in words]),
        "handover_as_asked": _texts([word.outcome.handover_as_asked.value for word in words]),
        "rules": _lists([word.rules for word in words]),
        "clauses": _lists([word.clauses for word in words]),
        "readings": _lists([word.readings for word in words]),
        "duties": _lists([[write_duty(duty) for duty in word.duties] for word in words]),
        "say": _texts([word.say for word in words]),
        "if_in_force": _texts(would_be),
    }


# Texts are dictionary-encoded, so that a long one is written once for a batch and not for each row.


def _texts(texts: Sequence[str | None]) -> Any:
    return pyarrow.array(texts, TEXT).dictionary_encode()


def _lists(lists: Sequence[Sequence[str]]) -> Any:
    found = pyarrow.array(lists, pyarrow.list_(TEXT))
    return pyarrow.ListArray.from_arrays(found.offsets, found.values.dictionary_encode())


def _claims(column: Any) -> Any:
    found = column.cast(TEXT).dictionary_encode()
    lists = [text.split(SEPARATOR)[:-1] for text in found.dictionary.to_pylist()]
    return _taken(_lists(lists), found.indices.to_numpy())


def _taken(column: Any, which: NumberArray) -> Any:
    return column.take(pyarrow.array(which))


def _same(text: str, rows: int) -> Any:
    return _taken(_texts([text]), np.zeros(rows, np.int64))


def _dates(days: NumberArray) -> Any:
    return pyarrow.array(days.astype(np.int32)).cast(DAY)
