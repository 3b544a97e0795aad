"""Entries as far as they can be made ready without the database: all that is stored of each but its place in the log.

That is done by the process in which a call is answered, also where another one writes the log
(`api.ledger.handover`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection

from api.ledger.commitments import DetachedText
from api.ledger.deduplication import RecurringTexts
from api.ledger.detached_texts import detached
from api.ledger.entries import Entry, EntryKind
from api.ledger.filled_decisions import FilledDecision
from api.ledger.group_commit import Leaf

_DECISION = EntryKind.DECISION
"""Where members of an enumeration are looked up for each entry, that shows."""
NOTHING_DETACHED: tuple[DetachedText, ...] = ()


class DerivedRows(Protocol):
    """Rows of the tables beside the log that follow from new entries."""

    def note(self, entry: Entry) -> Any:
        """Return what the rows take of an entry, as a value of JSON; None if it has none."""
        ...

    def add(self, connection: Connection, noted: Sequence[tuple[int, str, Any]], /) -> None:
        """Add the rows of new entries, in their transaction; of each its sequence, its key and its note."""
        ...


class PreparedEntry(NamedTuple):
    """An entry as it is stored, its leaf hash, what rows follow from it (`DerivedRows`), and its detached texts."""

    kind: EntryKind
    key: str
    at: str
    stored: bytes
    hash: bytes
    note: Any = None
    texts: Sequence[DetachedText] = NOTHING_DETACHED


class WholeLeaf(NamedTuple):
    """An entry whose bytes are final and not deduplicated yet, with the rest of a `PreparedEntry`."""

    leaf: Leaf
    note: Any
    texts: Sequence[DetachedText]


WholeEntry = WholeLeaf | FilledDecision


class Preparation:
    """Prepares entries, of which the texts of the facts that `erasable` returns are detached."""

    def __init__(self, erasable: Callable[[], Set[str]], derived_rows: DerivedRows | None) -> None:
        self._erasable = erasable
        self._derived_rows = derived_rows

    def finish(self, entries: Iterable[Entry | Leaf | FilledDecision]) -> list[WholeEntry]:
        """Detach the texts, and compute bytes and hashes."""
        note = None if self._derived_rows is None else self._derived_rows.note
        erasable = self._erasable()
        leaves = list[WholeEntry]()
        for given in entries:
            if isinstance(given, FilledDecision):
                if not erasable:
                    leaves.append(given)
                    continue
                given = given.to_entry()
            entry = given.entry if isinstance(given, Leaf) else given
            noted = None if note is None else note(entry)
            if erasable:
                cut, texts = detached(entry, erasable)
                leaves.append(WholeLeaf(Leaf.of(cut if texts else given), noted, texts))
            else:
                leaves.append(WholeLeaf(Leaf.of(given), noted, NOTHING_DETACHED))
        return leaves

    def add_rows(self, connection: Connection, first: int, entries: Sequence[PreparedEntry]) -> None:
        """Add the rows that follow from entries; `first` is the sequence of the first of them."""
        noted = [
            (sequence, one.key, one.note)
            for sequence, one in enumerate(entries, first)
            if one.note is not None
        ]
        if noted and self._derived_rows is not None:
            self._derived_rows.add(connection, noted)


def recurring_in(leaves: Iterable[WholeEntry], texts: RecurringTexts) -> list[bytes]:
    """Return the texts of entries that may recur in others, but for those of which all are stored."""
    found = list[bytes]()
    for one in leaves:
        if isinstance(one, WholeLeaf):
            found += one.leaf.entry.pieces[1::2]
        elif not texts.has_layout(one.shared):
            found += one.shared.pieces[::2]
    return found


def deduplicated(leaves: Iterable[WholeEntry], texts: RecurringTexts) -> list[PreparedEntry]:
    """Return entries with references in the place of the texts that are stored."""
    return [_prepared(one, texts) for one in leaves]


def _prepared(one: WholeEntry, texts: RecurringTexts) -> PreparedEntry:
    if isinstance(one, FilledDecision):
        key, at, head, opening, shared, closing, leaf, note = one
        stored = texts.fill_layout(head, opening, shared, closing)
        return PreparedEntry(_DECISION, key, at, stored, leaf, note)
    (entry, at, head, leaf), note, detached_texts = one
    stored = texts.deduplicate(head, entry.pieces)
    return PreparedEntry(entry.kind, entry.key, at, stored, leaf, note, detached_texts)
