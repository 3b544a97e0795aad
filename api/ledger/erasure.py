"""Erasing texts that were kept apart from the log: the bytes go, the entries and every proof of them stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from api.ledger.commitments import pieces_of
from api.ledger.deduplication import Unfolding
from api.ledger.detached_texts import overwrite_text, texts_of
from api.ledger.entries import Entry, EntryKind
from api.ledger.tables import log_entries


@dataclass(frozen=True, slots=True, order=True)
class ApartText:
    """A text that was cut out of an entry: the entry, its place in what that announces, the name of the fact."""

    sequence: int
    ordinal: int
    fact: str


@dataclass(frozen=True, slots=True)
class Erasable:
    """What the log has under a key: how many entries, the texts cut out of them, those of them that are kept yet."""

    entries: int
    apart: tuple[ApartText, ...]
    kept: tuple[ApartText, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased: the texts of a decision, a case or whatever else has the key; of `facts`, if not all.

    `ground` says by what right or on whose wish; like the name of `caller` it stays in the log.
    """

    key: str
    facts: Set[str] | None
    caller: str
    ground: str

    def run(
        self, connection: Connection, at: datetime, forget_hashes: Callable[[Connection, str], None]
    ) -> tuple[Sequence[Entry], tuple[ApartText, ...]]:
        """Overwrite the texts; returns the entry that says so. Without anything left to erase there is none.

        `forget_hashes` is called with the key and blanks what was computed from the texts beside the log.
        """
        texts = find_erasable(connection, self.key, self.facts).kept
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


def find_erasable(connection: Connection, key: str, facts: Set[str] | None) -> Erasable:
    """Return what the log has under `key`, of the facts named if some are."""
    query = select(log_entries.c.sequence, log_entries.c.entry)
    rows = connection.execute(
        query.where(log_entries.c.kind.in_(list(EntryKind)), log_entries.c.key == key).order_by(
            log_entries.c.sequence
        )
    ).all()
    apart, kept, unfolding = list[ApartText](), list[ApartText](), Unfolding(connection)
    for sequence, content in rows:
        texts = texts_of(connection, sequence)
        for ordinal, piece in enumerate(pieces_of(Entry.from_bytes(unfolding.unfold(bytes(content))))):
            if facts is None or piece.fact in facts:
                apart.append(ApartText(sequence, ordinal, piece.fact))
                kept += apart[-1:] if ordinal in texts else []
    return Erasable(len(rows), tuple(apart), tuple(kept))


def erased_texts(entry: Entry) -> Iterator[ApartText]:
    """Yield the texts that an entry says were erased; none for an entry of another kind."""
    if entry.kind is EntryKind.ERASED:
        for sequence, ordinal, fact in entry.members["texts"]:
            yield ApartText(sequence, ordinal, fact)
