"""Entries are stored with references to the texts that recur, and come back byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from api.ledger import deduplication
from api.ledger.deduplication import MIN_TEXT_BYTES, RecurringTexts, TextRestorer
from api.ledger.tables import recurring_texts

LONG = [
    bytes([letter]) * length for letter in b"ab\0" for length in (MIN_TEXT_BYTES, MIN_TEXT_BYTES + 1, 5000)
]
SHORT = [b"", b"x", b"y" * (MIN_TEXT_BYTES - 1)]


def count(connection: Connection) -> int:
    found: int = connection.execute(select(func.count()).select_from(recurring_texts)).scalar_one()
    return found


entries = st.lists(
    st.tuples(
        st.binary(min_size=1, max_size=20).map(lambda head: b"{" + head),
        st.lists(st.tuples(st.binary(max_size=5), st.sampled_from([*LONG, *SHORT])), max_size=4),
    ),
    max_size=12,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries, st.integers(0, 12))
def test_every_entry_comes_back_as_it_was(
    connection: Connection, written: list[tuple[bytes, list[tuple[bytes, bytes]]]], restart: int
) -> None:
    texts, stored = RecurringTexts(), []
    for number, (head, pairs) in enumerate(written):
        if number == restart:
            texts = RecurringTexts()
        pieces = [piece for pair in pairs for piece in pair]
        texts.store_repeated(connection, pieces[1::2])
        stored.append((texts.deduplicate(head, pieces), head + b"".join(pieces)))
    reader = TextRestorer(connection)
    assert [reader.restore(stored_bytes) for stored_bytes, _ in stored] == [whole for _, whole in stored]


def test_a_text_is_stored_once_when_it_is_met_again(connection: Connection) -> None:
    first, second = RecurringTexts(), RecurringTexts()
    for texts in (first, second):
        assert texts.deduplicate(b"{", [b"", LONG[2]]) == b"{" + LONG[2]
        for _ in range(3):
            texts.store_repeated(connection, [LONG[2], SHORT[2]])
        assert len(texts.deduplicate(b"{", [b"", LONG[2]])) < 20
    assert count(connection) == 1


def test_texts_that_never_come_again_are_not_stored(connection: Connection) -> None:
    texts = RecurringTexts()
    texts.store_repeated(connection, [bytes([number]) * 100 for number in range(200)])
    assert count(connection) == 0


def test_what_a_writer_remembers_is_bounded(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deduplication, "MAX_CACHED_TEXTS", 5)
    texts = RecurringTexts()
    for number in range(50):
        for _ in range(2):
            texts.store_repeated(connection, [bytes([number]) * 100])
    assert len(texts._seen) <= 6
    assert len(texts._numbers) <= 6


@pytest.mark.parametrize("cut", range(1, 12))
def test_what_was_cut_short_is_not_taken_for_an_entry(connection: Connection, cut: int) -> None:
    texts = RecurringTexts()
    for _ in range(2):
        texts.store_repeated(connection, [LONG[0]])
    stored_bytes = texts.deduplicate(b"{}", [b"mine", LONG[0], b"mine too"])
    assert TextRestorer(connection).restore(stored_bytes[:-cut]) != TextRestorer(connection).restore(
        stored_bytes
    )
