"""Deduplication of stored entries: a text that recurs in many of them is stored once and referred to.

Answers to similar requests have the same reasons and duties, which make up most of an entry. A proof is still about
the bytes of the whole entry: deduplication changes what is written to the disk, not what the leaf hash covers, and
an altered text shows in every entry that refers to it.

A deduplicated entry begins with a null byte, which no other one does, and the number of texts it refers to (two
bytes; all numbers are big-endian). For each of them follow eight bytes: how many of the entry's own bytes come before
the text (four), and the number of the text (four). Then follow all its own bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence, Set
from functools import cache
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from api.ledger.filled_decisions import SharedPieces, StoredLayout
from api.ledger.tables import recurring_texts

MIN_TEXT_BYTES = 64
"""Shorter texts are not deduplicated."""
MAX_CACHED_TEXTS = 10_000
"""The limit of each of the two caches of a writer: numbers of stored texts, and texts seen once."""

_MARKER = b"\0"
_COUNT = struct.Struct(">H")
_LENGTH = struct.Struct(">I")
_REFERENCE = struct.Struct(">II")


class RecurringTexts:
    """One writer's cache of the numbers of stored texts. A text is stored when it is seen for the second time."""

    def __init__(self) -> None:
        self._generation = object()
        """Another one each time the numbers are forgotten."""
        self._numbers: dict[bytes, int] = {}
        self._seen: set[int] = set()
        """The hashes of texts that were seen; a collision does no harm."""

    def forget(self) -> None:
        """Clear the cache: what was stored last may have been rolled back."""
        self._generation, self._numbers, self._seen = object(), {}, set()

    def store_repeated(self, connection: Connection, texts: Iterable[bytes]) -> None:
        """Store those of the texts that were seen before and are not stored yet."""
        repeated = self.find_repeated(texts)
        self.note_numbers(repeated, self.store_all(connection, repeated))

    def find_repeated(self, texts: Iterable[bytes]) -> list[bytes]:
        """Return those of the texts that were seen before and have no number yet, each once."""
        self._bound()
        numbers, seen = self._numbers, self._seen
        repeated = dict[bytes, None]()
        for text in [text for text in texts if text not in numbers and len(text) >= MIN_TEXT_BYTES]:
            if hash(text) in seen:
                repeated[text] = None
            seen.add(hash(text))
        return [*repeated]

    def store_all(self, connection: Connection, texts: Iterable[bytes]) -> list[int]:
        """Store the texts unless they are, and return their numbers."""
        return [self._numbers.get(text) or _store_text(connection, text) for text in texts]

    def note_numbers(self, texts: Iterable[bytes], numbers: Iterable[int]) -> None:
        """Take note of the numbers under which texts are stored."""
        self._numbers.update(zip(texts, numbers, strict=True))

    def deduplicate(self, head: bytes, pieces: Sequence[bytes]) -> bytes:
        """Return an entry as it is stored: its `head`, then alternately its own pieces and texts that may recur."""
        references, own = self._refer(pieces, len(head))
        return b"".join((references, head, *own))

    def has_layout(self, shared: SharedPieces) -> bool:
        """Whether decisions with these pieces are stored by the layout that was found before."""
        return shared.layout is not None and shared.layout.generation is self._generation

    def fill_layout(self, head: bytes, opening: bytes, shared: SharedPieces, closing: bytes) -> bytes:
        """Return a decision with shared pieces as `deduplicate` stores it, and faster from the second on."""
        layout = shared.layout
        if layout is None or layout.generation is not self._generation:
            layout = shared.layout = self._find_layout(shared.pieces)
            if layout is None:
                return self.deduplicate(head, [opening, *shared.pieces, closing])
        return layout.fill(head, opening, closing)

    def _find_layout(self, pieces: Sequence[bytes]) -> StoredLayout | None:
        """The layout of decisions with these pieces; None while there are texts without a number that may get one."""
        texts = [text for text in pieces[::2] if len(text) >= MIN_TEXT_BYTES]
        if not texts or not self._numbers.keys() >= {*texts}:
            return None
        references, own = self._refer([b"", *pieces, b""], 0)
        at = len(_MARKER) + _COUNT.size
        (length,) = _LENGTH.unpack_from(references, at)
        return StoredLayout(
            self._generation, references[:at], length, references[at + _LENGTH.size :], b"".join(own)
        )

    def _refer(self, pieces: Sequence[bytes], head: int) -> tuple[bytes, Sequence[bytes]]:
        """The references to the numbered texts of an entry with a head of so many bytes, and its own pieces."""
        own, numbers = pieces[::2], [*map(self._numbers.get, pieces[1::2])]
        if None in numbers:
            own, numbers = _merge_unnumbered(pieces, numbers)
        if not numbers:
            return b"", own
        lengths = [*map(len, own)]
        lengths[0] += head
        references = [value for pair in zip(lengths, numbers) for value in pair]  # noqa: B905
        return _header_struct(len(numbers)).pack(_MARKER, len(numbers), *references), own

    def _bound(self) -> None:
        if len(self._numbers) >= MAX_CACHED_TEXTS or len(self._seen) >= MAX_CACHED_TEXTS:
            self.forget()


def _merge_unnumbered(
    pieces: Sequence[bytes], numbers: Sequence[int | None]
) -> tuple[Sequence[bytes], list[int | None]]:
    """The entry's own pieces, with the texts that have no number; the numbers of the texts between them."""
    own, parts = list[bytes](), list[bytes]()
    for position, piece in enumerate(pieces):
        if position & 1 and numbers[position >> 1] is not None:
            own.append(b"".join(parts))
            parts = []
        else:
            parts.append(piece)
    return [*own, b"".join(parts)], [number for number in numbers if number is not None]


@cache
def _header_struct(references: int) -> struct.Struct:
    return struct.Struct(f">cH{2 * references}I")


_MOST_TEXTS = 500
"""So many texts are read by one query; a database takes only so many parameters."""


class TextRestorer:
    """Restores the texts of stored entries, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts: dict[int, bytes] = {}

    def read_ahead(self, entries: Iterable[bytes]) -> None:
        """Read at once the texts of all these entries, which `restore` else reads for one entry after the other."""
        self._read({number for stored in entries for _, number in _references(stored) or ()})

    def restore(self, stored: bytes) -> bytes:
        """Return the bytes that were recorded; what cannot be restored comes back as it is, and is no entry."""
        references = _references(stored)
        if references is None:
            return stored
        self._read({number for _, number in references})
        at = len(_MARKER) + _COUNT.size + len(references) * _REFERENCE.size
        pieces = list[bytes]()
        for length, number in references:
            pieces += stored[at : at + length], self._texts[number]
            at += length
        return b"".join((*pieces, stored[at:]))

    def _read(self, numbers: Set[int]) -> None:
        """Read texts that were not read yet, at once; one that is not there is empty."""
        missing = sorted(numbers - self._texts.keys())
        for start in range(0, len(missing), _MOST_TEXTS):
            part = missing[start : start + _MOST_TEXTS]
            self._texts.update(dict.fromkeys(part, b""))
            columns = recurring_texts.c
            query = select(columns.number, columns.content).where(columns.number.in_(part))
            self._texts.update(
                (row.number, as_bytes(row.content or b"")) for row in self._connection.execute(query)
            )


def own_bytes(stored: bytes) -> bytes:
    """Return a stored entry without the texts that it refers to, and without the references."""
    references = _references(stored)
    if references is None:
        return stored
    return stored[len(_MARKER) + _COUNT.size + len(references) * _REFERENCE.size :]


def _references(stored: bytes) -> Sequence[tuple[int, int]] | None:
    """For each text that an entry is stored without, the length of the piece before it, and its number.

    None for an entry that is stored whole, and for bytes that are none.
    """
    if not stored.startswith(_MARKER):
        return None
    start = len(_MARKER) + _COUNT.size
    try:
        (count,) = _COUNT.unpack_from(stored, len(_MARKER))
        return list(_REFERENCE.iter_unpack(stored[start : start + count * _REFERENCE.size]))
    except struct.error:
        return None


def as_bytes(stored: bytes | memoryview | str) -> bytes:
    """Return the bytes of a column; SQLite may hold a text there once somebody has tampered with it."""
    return stored.encode() if isinstance(stored, str) else bytes(stored)


def _store_text(connection: Connection, text: bytes) -> int:
    """Return the number of a text, which is given one if it has none; the log is locked meanwhile."""
    digest = sha256(text).digest()
    columns = recurring_texts.c
    found: int | None = connection.execute(select(columns.number).where(columns.digest == digest)).scalar()
    if found is not None:
        return found
    last: int | None = connection.execute(select(func.max(columns.number))).scalar()
    number = (last or 0) + 1
    connection.execute(insert(recurring_texts), {"number": number, "digest": digest, "content": text})
    return number
