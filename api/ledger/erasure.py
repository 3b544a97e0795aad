"""Erasing detached texts: their bytes are overwritten, the entries and every proof of them stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.ledger.commitments import ERASABLE, commitments_of
from api.ledger.deduplication import TextRestorer
from api.ledger.detached_texts import overwrite_text, texts_of
from api.ledger.entries import Entry, EntryKind
from api.ledger.stored_entries import rows_with_key


@dataclass(frozen=True, slots=True, order=True)
class ErasableText:
    """A text that was detached from an entry: the entry, the index of its commitment, the name of the fact."""

    sequence: int
    ordinal: int
    fact: str


@dataclass(frozen=True, slots=True)
class Erasable:
    """What the log has under a key: the number of entries, the texts detached from them, those still stored.

    `first` is the place of the first entry, if there is one.
    """

    entries: int
    detached: tuple[ErasableText, ...]
    stored: tuple[ErasableText, ...]
    first: int | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An order to erase the texts of the decision, case or other thing with the key; only those of `facts`, if given.

    `ground` is the legal ground or the request behind it; like the name of `caller` it stays in the log.
    """

    key: str
    facts: Set[str] | None
    caller: str
    ground: str

    def run(
        self, connection: Connection, at: datetime, forget_hashes: Callable[[Connection, str], None]
    ) -> tuple[Sequence[Entry], tuple[ErasableText, ...]]:
        """Overwrite the texts and return the entry that records it; none if nothing was left to erase.

        `forget_hashes` is called with the key and removes the hashes computed from the texts beside the log.
        """
        texts = find_erasable(connection, self.key, self.facts).stored
        if not texts:
            return (), ()
        for text in texts:
            overwrite_text(connection, text.sequence, text.ordinal)
        forget_hashes(connection, self.key)
        members = {
            "caller": self.caller,
            "ground": self.ground,
            "texts": [[text.sequence, text.ordinal, text.fact] for text in texts],
        }
        return (Entry(EntryKind.ERASED, self.key, at, members),), texts


def has_erased(connection: Connection, entry: Entry) -> bool:
    """Whether a text of an entry, or of another one with its key, has been erased."""
    if ERASABLE not in entry.members:
        return False
    found = find_erasable(connection, entry.key, None)
    return len(found.stored) < len(found.detached)


def find_erasable(connection: Connection, key: str, facts: Set[str] | None) -> Erasable:
    """Return what the log has under `key`; of the named facts only, if given."""
    detached, stored, restorer = list[ErasableText](), list[ErasableText](), TextRestorer(connection)
    rows = rows_with_key(connection, key)
    for row in rows:
        texts = texts_of(connection, row.sequence)
        for ordinal, commitment in enumerate(commitments_of(Entry.from_bytes(restorer.restore(row.entry)))):
            if facts is None or commitment.fact in facts:
                detached.append(ErasableText(row.sequence, ordinal, commitment.fact))
                stored += detached[-1:] if ordinal in texts else []
    return Erasable(len(rows), tuple(detached), tuple(stored), rows[0].sequence if rows else None)


def erased_texts(entry: Entry) -> Iterator[ErasableText]:
    """Yield the texts that an entry records as erased; none for an entry of another kind."""
    if entry.kind is EntryKind.ERASED:
        for sequence, ordinal, fact in entry.members["texts"]:
            yield ErasableText(sequence, ordinal, fact)
