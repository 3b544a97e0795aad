"""The entries of the log as the audit reads them: with their texts where these are kept, and which are gone."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.identity import Caller, Role
from api.ledger.commitments import APART, Path, Piece, pieces_of, put_back, ways_of
from api.ledger.detached_texts import Texts
from api.ledger.entries import Entry
from api.ledger.reader import entries_with_texts
from api.parsing.strict_json import read_value

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NULL, _DASH = b"null", b'"-"'


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry at its place, as the log keeps it, with what was cut out of it and what of that is kept."""

    sequence: int
    stored: Entry
    pieces: tuple[Piece, ...]
    texts: Texts

    @property
    def entry(self) -> Entry:
        """The entry with its texts; one that is gone is null."""
        return put_back(self.stored, self.texts) if self.texts else self.stored

    @property
    def caller(self) -> Caller:
        """Who recorded it, by name and role; of which department, the entry does not say."""
        role = Role(self.stored.members["role"])
        department = "-" if role is Role.DEPARTMENT else None
        return Caller(str(self.stored.members["caller"]), role, department)

    def read_stated(self, payload: str) -> dict[str, Any]:
        """Return the members of a payload; a dash stands for a text that is gone. Raises ValueError."""
        content = self.stored.payloads[payload]
        for ordinal, piece in reversed(tuple(enumerate(self.pieces))):
            if piece.payload == payload:
                text = self.texts[ordinal].content if self._is_kept(ordinal) else _DASH
                content = content[: piece.at] + text + content[piece.at + len(_NULL) :]
        value = read_value(content)
        if not isinstance(value, dict):
            raise ValueError("the payload is no object")
        return value

    def gone_ways(self, payload: str) -> Set[Path]:
        """Return the ways to the texts of a payload that are gone."""
        gone = {piece.fact for ordinal, piece in enumerate(self.pieces) if not self._is_kept(ordinal)}
        return ways_of(payload, gone).keys()

    def _is_kept(self, ordinal: int) -> bool:
        return ordinal in self.texts and self.texts[ordinal].fits(self.pieces[ordinal])


def read_recorded(connection: Connection) -> Iterator[tuple[int, Recorded | None]]:
    """Yield the place of every entry in the order of the log, with the entry unless its bytes are none."""
    for stored, texts in entries_with_texts(connection):
        try:
            entry = Entry.from_bytes(stored.entry)
            pieces = pieces_of(entry) if APART in entry.members else ()
        except (ValueError, LookupError, TypeError, AttributeError):
            yield stored.sequence, None
        else:
            yield stored.sequence, Recorded(stored.sequence, entry, pieces, texts)
