"""How entries are stored: texts that recur in many of them are kept once, and stand in each as a reference.

The answers to like requests tell the same reasons and duties, which make up most of an entry. What a proof is about
stays the bytes of the whole entry: folding changes what is written to the disk, not what the leaf is the hash of, and
an altered text shows in every entry that refers to it.

A folded entry begins with a null byte, which no whole one does. Pieces follow: one byte that says whether the piece
is the entry's own or recurs, and four bytes, big-endian, with its length or with the number of the text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from api.ledger.schema import recurring_texts

SHORTEST = 64
"""A shorter text is left where it is."""
KNOWN_TEXTS = 10_000
"""So many texts a writer knows the numbers of, and as many that it has met once."""

_FOLDED = b"\0"
_OWN, _RECURRING = 0, 1
_PIECE = struct.Struct(">BI")


class RecurringTexts:
    """The numbers of texts that are kept, as far as one writer knows them. A text is kept when it is met again."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._met: set[bytes] = set()

    def forget(self) -> None:
        """Know nothing any more: what was kept last may not have stayed."""
        self._numbers, self._met = {}, set()

    def keep(self, connection: Connection, texts: Iterable[bytes]) -> None:
        """Keep those of the texts that were met before and are not kept yet."""
        for text in texts:
            if text in self._numbers or len(text) < SHORTEST:
                continue
            if text in self._met:
                self._bound()
                self._numbers[text] = _keep(connection, text)
            self._met.add(text)

    def fold(self, content: bytes, pieces: Sequence[bytes]) -> bytes:
        """Return `content` as it is stored. It ends with the `pieces`: own ones and such that may recur, by turns."""
        numbers = [self._numbers.get(text) for text in pieces[1::2]]
        if not any(numbers):
            return content
        folded, own = [_FOLDED], [content[: len(content) - sum(map(len, pieces))]]
        for position, piece in enumerate(pieces):
            number = numbers[position >> 1] if position & 1 else None
            if number is None:
                own.append(piece)
                continue
            folded += _own(own)
            folded.append(_PIECE.pack(_RECURRING, number))
            own = []
        return b"".join([*folded, *_own(own)])

    def _bound(self) -> None:
        if len(self._numbers) >= KNOWN_TEXTS or len(self._met) >= KNOWN_TEXTS:
            self.forget()


class Unfolding:
    """Makes stored entries whole again, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts: dict[int, bytes] = {}

    def unfold(self, stored: bytes) -> bytes:
        """Return the bytes that were recorded; what cannot be made whole comes back as it is, and is no entry."""
        if not stored.startswith(_FOLDED):
            return stored
        pieces, at = [], len(_FOLDED)
        while at < len(stored):
            try:
                sort, number = _PIECE.unpack_from(stored, at)
            except struct.error:
                return stored
            at += _PIECE.size
            if sort == _RECURRING:
                pieces.append(self._text(number))
            else:
                pieces.append(stored[at : at + number])
                at += number
        return b"".join(pieces)

    def _text(self, number: int) -> bytes:
        found = self._texts.get(number)
        if found is None:
            query = select(recurring_texts.c.content).where(recurring_texts.c.number == number)
            found = as_bytes(self._connection.execute(query).scalar() or b"")
            self._texts[number] = found
        return found


def as_bytes(stored: bytes | memoryview | str) -> bytes:
    """Return the bytes of a column; SQLite may hold a text there once somebody has tampered with it."""
    return stored.encode() if isinstance(stored, str) else bytes(stored)


def _own(pieces: Sequence[bytes]) -> list[bytes]:
    return [_PIECE.pack(_OWN, sum(map(len, pieces))), *pieces]


def _keep(connection: Connection, text: bytes) -> int:
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
