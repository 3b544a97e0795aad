"""Decisions that share most of their bytes: what they share is made ready for the disk once.

They are known to be alike where they are made, so that they come as their parts: an id, a moment, a head, and what
stands around the pieces that all of them have.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from api.ledger.entries import Entry, EntryKind

_LENGTH = struct.Struct(">I")


class StoredLayout(NamedTuple):
    """How decisions with the same shared pieces are stored (`api.ledger.deduplication`).

    Between `before` and `behind` stands the length of the first own piece, which is `length` and that of what comes
    before the shared pieces; `own` are their own texts. It holds as long as the numbers of the texts do, whose
    `generation` it is.
    """

    generation: object
    before: bytes
    length: int
    behind: bytes
    own: bytes

    def fill(self, head: bytes, opening: bytes, closing: bytes) -> bytes:
        """Return what is stored of one of the decisions."""
        _, before, length, behind, own = self
        own_length = _LENGTH.pack(len(head) + len(opening) + length)
        return b"".join((before, own_length, behind, head, opening, own, closing))


class SharedPieces:
    """The pieces of alike decisions behind the first and before the last, and the same `joined`.

    They begin and end with one that may recur in other entries too. `layout` is used by the writing thread only.
    """

    __slots__ = ("__weakref__", "joined", "layout", "pieces")

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = tuple(pieces)
        self.joined = b"".join(pieces)
        self.layout: StoredLayout | None = None

    @classmethod
    def of(cls, pieces: Sequence[bytes]) -> SharedPieces:
        """Return the one object of these pieces, so that they stand in memory, and in a processor's cache, once."""
        found = _IN_USE.get(tuple(pieces))
        if found is None:
            made = cls(pieces)
            found = _IN_USE.setdefault(made.pieces, made)
        return found


_IN_USE: WeakValueDictionary[tuple[bytes, ...], SharedPieces] = WeakValueDictionary()


class FilledDecision(NamedTuple):
    """The entry of a decision, with its leaf hash and what rows follow from it (`DerivedRows`).

    `head` is all before its pieces: `opening`, those of `shared`, `closing`.
    """

    key: str
    at: str
    head: bytes
    opening: bytes
    shared: SharedPieces
    closing: bytes
    hash: bytes
    note: Any = None

    @property
    def kind(self) -> EntryKind:
        """What it records."""
        return EntryKind.DECISION

    @property
    def pieces(self) -> list[bytes]:
        """The pieces of its decision, as those of an `Entry`."""
        return [self.opening, *self.shared.pieces, self.closing]

    def is_same(self, other: FilledDecision) -> bool:
        """Whether the other is the same decision, in the same pieces."""
        return self.pieces == other.pieces and self == other._replace(shared=self.shared)

    def to_bytes(self) -> bytes:
        """Return the bytes of the entry."""
        return b"".join((self.head, *self.pieces))

    def to_entry(self) -> Entry:
        """Return the entry itself."""
        entry = Entry.from_bytes(self.to_bytes())
        entry.pieces = self.pieces
        return entry
