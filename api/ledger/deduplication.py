"""How entries are stored: texts that recur in many of them are kept once, and stand in each as a reference.

The answers to like requests tell the same reasons and duties, which make up most of an entry. What a proof is about
stays the bytes of the whole entry: folding changes what is written to the disk, not what the leaf is the hash of, and
an altered text shows in every entry that refers to it.

A folded entry begins with a null byte, which no whole one does, and the number of texts it refers to (two bytes; all
numbers are big-endian). For each of them follow eight bytes: how many bytes of the entry's own come before the text
(four), and the number of the text (four). All its own bytes stand behind, one after the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select

from api.ledger.tables import recurring_texts

SHORTEST = 64
"""A shorter text is left where it is."""
KNOWN_TEXTS = 10_000
"""So many texts a writer knows the numbers of, and as many that it has met once."""

_FOLDED = b"\0"
_COUNT = struct.Struct(">H")
_REFERENCE = struct.Struct(">II")


class RecurringTexts:
    """The numbers of texts that are kept, as far as one writer knows them. A text is kept when it is met again."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._met: set[int] = set()
        """The hashes of texts that were met; that two texts have one does no harm."""

    def forget(self) -> None:
        """Know nothing any more: what was kept last may not have stayed."""
        self._numbers, self._met = {}, set()

    def keep(self, connection: Connection, texts: Iterable[bytes]) -> None:
        """Keep those of the texts that were met before and are not kept yet."""
        self._bound()
        numbers, met = self._numbers, self._met
        for text in [text for text in texts if text not in numbers and len(text) >= SHORTEST]:
            if hash(text) in met and text not in numbers:
                numbers[text] = _keep(connection, text)
            met.add(hash(text))

    def fold(self, head: bytes, pieces: Sequence[bytes]) -> bytes:
        """Return an entry as it is stored: its `head`, then own pieces and such as may recur, by turns."""
        own, numbers = pieces[::2], [*map(self._numbers.get, pieces[1::2])]
        if None in numbers:
            own, numbers = _own_of(pieces, numbers)
        if not numbers:
            return b"".join((head, *own))
        lengths = [*map(len, own)]
        lengths[0] += len(head)
        references = [value for pair in zip(lengths, numbers) for value in pair]  # noqa: B905
        return b"".join((_beginning(len(numbers)).pack(_FOLDED, len(numbers), *references), head, *own))

    def _bound(self) -> None:
        if len(self._numbers) >= KNOWN_TEXTS or len(self._met) >= KNOWN_TEXTS:
            self.forget()


def _own_of(
    pieces: Sequence[bytes], numbers: Sequence[int | None]
) -> tuple[Sequence[bytes], list[int | None]]:
    """The entry's own pieces, of which texts without a number are a part; the numbers of the texts between them."""
    own, parts = list[bytes](), list[bytes]()
    for position, piece in enumerate(pieces):
        if position & 1 and numbers[position >> 1] is not None:
            own.append(b"".join(parts))
            parts = []
        else:
            parts.append(piece)
    return [*own, b"".join(parts)], [number for number in numbers if number is not None]


@cache
def _beginning(references: int) -> struct.Struct:
    return struct.Struct(f">cH{2 * references}I")


class Unfolding:
    """Makes stored entries whole again, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts: dict[int, bytes] = {}

    def unfold(self, stored: bytes) -> bytes:
        """Return the bytes that were recorded; what cannot be made whole comes back as it is, and is no entry."""
        if not stored.startswith(_FOLDED):
            return stored
        start = len(_FOLDED) + _COUNT.size
        try:
            (count,) = _COUNT.unpack_from(stored, len(_FOLDED))
            at = start + count * _REFERENCE.size
            references = list(_REFERENCE.iter_unpack(stored[start:at]))
        except struct.error:
            return stored
        pieces = list[bytes]()
        for length, number in references:
            pieces += stored[at : at + length], self._text(number)
            at += length
        return b"".join((*pieces, stored[at:]))

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
