"""Decisions that share their pieces are stored as other entries are, whatever is known of their texts.

Covers: api.ledger.filled_decisions
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from api.ledger.deduplication import MIN_TEXT_BYTES, RecurringTexts, TextRestorer
from api.ledger.entries import Entry, EntryKind
from api.ledger.filled_decisions import FilledDecision, SharedPieces
from api.ledger.group_commit import Leaf
from api.ledger.prepared_entries import Preparation, deduplicated, recurring_in
from api.services.shape_templates import filled_decision
from tests.support.shaped import NOON

TEXTS = [
    b"short",
    b"",
    *(bytes([letter]) * length for letter in b"ab" for length in (MIN_TEXT_BYTES, 3000)),
]


shared_pieces = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5).flatmap(
    lambda texts: st.lists(st.binary(max_size=4), min_size=len(texts) - 1, max_size=len(texts) - 1).map(
        lambda own: [piece for pair in zip(texts, [*own, b""], strict=True) for piece in pair][:-1]
    )
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shared_pieces,
    st.lists(st.sampled_from(["store", "fill", "forget"]), max_size=8),
    st.binary(max_size=300),
    st.binary(max_size=300),
)
def test_they_are_stored_as_entries_of_the_same_pieces(
    connection: Connection, pieces: list[bytes], steps: list[str], opening: bytes, closing: bytes
) -> None:
    texts, shared = RecurringTexts(), SharedPieces(pieces)
    for step in [*steps, "fill"]:
        if step == "store":
            texts.store_repeated(connection, pieces[::2])
        elif step == "forget":
            texts.forget()
        else:
            stored = texts.fill_layout(b"{head", opening, shared, closing)
            assert stored == texts.deduplicate(b"{head", [opening, *pieces, closing])
            whole = b"".join((b"{head", opening, *pieces, closing))
            assert TextRestorer(connection).restore(stored) == whole


def test_a_layout_holds_until_the_numbers_are_forgotten(connection: Connection) -> None:
    texts, shared = RecurringTexts(), SharedPieces([TEXTS[-1], b"own", TEXTS[-2]])
    texts.fill_layout(b"{", b"", shared, b"")
    assert not texts.has_layout(shared)
    for _ in range(2):
        texts.store_repeated(connection, shared.pieces[::2])
    texts.fill_layout(b"{", b"", shared, b"")
    assert texts.has_layout(shared)
    assert not RecurringTexts().has_layout(shared)
    texts.forget()
    assert not texts.has_layout(shared)
    assert texts.fill_layout(b"{", b"a", shared, b"c") == b"".join((b"{a", *shared.pieces, b"c"))


def decision(number: int, shared: SharedPieces) -> FilledDecision:
    pieces = [b'{"decision_id":"d%d"' % number, *shared.pieces, b"}"]
    request = b'{"request_id":"r%d","mission":{"purpose":"to see"}}' % number
    members = {"request_id": f"r{number}", "outcome": "hold", "revision": "x", "department": "metallurgy"}
    payloads = {"request": request, "decision": b"".join(pieces)}
    entry = Entry(EntryKind.DECISION, f"d{number}", NOON, members, payloads, pieces)
    return filled_decision(entry)._replace(shared=shared)


@pytest.mark.parametrize(
    "erasable", [frozenset[str](), frozenset({"mission.purpose"})], ids=["none", "a fact"]
)
def test_their_texts_are_detached_as_those_of_others(
    connection: Connection, erasable: frozenset[str]
) -> None:
    """Facts may become erasable after a decision was filled in and before it is recorded."""
    shared = SharedPieces([TEXTS[-1], b"own", TEXTS[-2]])
    given_entries = [decision(number, shared) for number in range(3)]
    preparation, texts = Preparation(lambda: erasable, None), RecurringTexts()
    whole = preparation.finish(given_entries)
    texts.store_repeated(connection, recurring_in(whole, texts))
    prepared = deduplicated(whole, texts)
    restored = [TextRestorer(connection).restore(one.stored) for one in prepared]
    assert [b"to see" in one for one in restored] == [not erasable] * 3
    assert [len(one.texts) for one in prepared] == [len(erasable)] * 3
    if not erasable:
        assert restored == [one.to_bytes() for one in given_entries]
        assert [one.hash for one in prepared] == [Leaf.of(one.to_entry()).hash for one in given_entries]
