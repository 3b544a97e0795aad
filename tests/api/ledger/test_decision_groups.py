"""The form of groups: what is arranged comes back, within the limits, and what does not fit a group stays a row."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger import decision_groups
from api.ledger.decision_groups import (
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_MILLISECONDS,
    EntryRow,
    GroupedEntry,
    GroupRow,
    arrange,
    id_bytes,
    lowest_beside,
    milliseconds_between,
    read_head,
    unpack,
)
from api.ledger.entries import EntryKind
from api.ledger.prepared_entries import PreparedEntry

NOW = "1965-01-01T00:00:00+00:00"
EARLY = 1_700_000_000_000


def decision_id(milliseconds: int, number: int = 0) -> str:
    """An id as the service makes it."""
    time = f"{milliseconds:012x}"
    return f"{time[:8]}-{time[8:]}-7000-8000-{number:012x}"


def row(sequence: int, key: str, entry: bytes = b"{}", kind: EntryKind = EntryKind.DECISION) -> EntryRow:
    return EntryRow(sequence, kind.value, key, NOW, entry, sha256(entry).digest())


def decisions(count: int, size: int = 10, step: int = 0, first: int = 5) -> list[EntryRow]:
    """Consecutive decisions, the next id so many milliseconds later."""
    return [
        row(first + number, decision_id(EARLY + number * step, number), bytes([number % 256]) * size)
        for number in range(count)
    ]


def arranged(rows: Sequence[EntryRow]) -> tuple[list[EntryRow], list[GroupRow]]:
    """The same as entries that are ready."""
    entries = [
        PreparedEntry(EntryKind(one.kind), one.key, one.recorded_at, one.entry, one.leaf) for one in rows
    ]
    return arrange(rows[0].sequence, entries)


def unpacked(rows: Sequence[EntryRow]) -> list[GroupedEntry]:
    alone, groups = arranged(rows)
    assert alone == []
    return [one for group in groups for one in unpack(group.first, group.last, group.leaves, group.content)]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=40))
def test_what_is_packed_comes_back(entries: list[bytes]) -> None:
    rows = [row(7 + place, decision_id(EARLY, place), entry) for place, entry in enumerate(entries)]
    assert unpacked(rows) == [GroupedEntry(one.sequence, one.entry, one.leaf) for one in rows]
    _, (group,) = arranged(rows)
    assert (group.first, group.last) == (7, 6 + len(entries))


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        (decisions(1), 1),
        (decisions(MOST_ENTRIES), 1),
        (decisions(MOST_ENTRIES + 1), 2),
        (decisions(2, size=MOST_BYTES // 2), 1),
        (decisions(2, size=MOST_BYTES), 2),
        (decisions(1, size=4 * MOST_BYTES), 1),
        (decisions(2, step=MOST_MILLISECONDS), 1),
        (decisions(2, step=MOST_MILLISECONDS + 1), 2),
        (decisions(5, step=-MOST_MILLISECONDS), 3),
    ],
    ids=["one", "most", "more", "large", "too large", "one too large", "a second", "longer", "backwards"],
)
def test_a_group_is_within_its_limits(rows: list[EntryRow], groups: int) -> None:
    _, made = arranged(rows)
    assert len(made) == groups
    for one in made:
        assert one.last - one.first < MOST_ENTRIES
        assert milliseconds_between(one.lowest_id, one.highest_id) <= MOST_MILLISECONDS
    assert unpacked(rows) == [GroupedEntry(one.sequence, one.entry, one.leaf) for one in rows]


@pytest.mark.parametrize(
    "key",
    [
        "d1",
        "",
        decision_id(EARLY).upper(),
        decision_id(EARLY).replace("-7", "-4"),
        decision_id(EARLY) + "\n",
        "-" + decision_id(EARLY)[1:],
        decision_id(EARLY).replace("-8000-", "-c000-"),
    ],
)
def test_a_decision_with_another_id_keeps_a_row(key: str) -> None:
    strange = row(6, key)
    alone, groups = arranged([*decisions(1), strange, *decisions(1, first=7)])
    assert (alone, len(groups)) == ([strange], 2)
    assert id_bytes(key) is None


def test_what_is_no_decision_keeps_a_row() -> None:
    other = row(6, decision_id(EARLY), kind=EntryKind.CASE_OPENED)
    assert arranged([other]) == ([other], [])


def test_ids_that_are_there_twice_are_left_to_the_index_that_refuses_them() -> None:
    twice = [row(5, decision_id(EARLY)), row(6, decision_id(EARLY))]
    assert arranged(twice) == (twice, [])


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_every_group_that_can_hold_an_id_begins_at_or_behind_the_lowest_beside_it(
    one: int, other: int
) -> None:
    wanted, beside = id_bytes(decision_id(one)), id_bytes(decision_id(other))
    assert wanted is not None
    assert beside is not None
    if other <= one and one - other <= MOST_MILLISECONDS:
        assert lowest_beside(wanted) <= beside <= wanted
    elif other < one:
        assert beside < lowest_beside(wanted)


@given(st.integers(-3, 300), st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_unpacked(last: int, leaves: bytes, content: bytes) -> None:
    entries = unpack(0, last, leaves, content)
    assert [one.sequence for one in entries] == list(range(min(max(last, 0), MOST_ENTRIES - 1) + 1))


def test_the_head_of_what_is_no_decision_is_none() -> None:
    assert read_head(b'{"kind":"decision","key":"d1","at":"1965"}\n') == ("d1", "1965")
    for other in (b"", b"\0", b"{}", b'{"kind":"started","key":"d1","at":"1965"}\n', b"\0\0\1"):
        assert read_head(other) is None
    assert decision_groups.read_head(b'{"kind":"decision","key":"\xff","at":""') == ("\ufffd", "")
