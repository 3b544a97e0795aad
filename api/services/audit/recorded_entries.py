"""The entries of the log as the audit reads them: with their detached texts, and which of these are erased."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.identity import Author
from api.ledger.commitments import (
    ERASABLE,
    JsonPath,
    TextCommitment,
    commitments_of,
    member_paths,
    restore_texts,
)
from api.ledger.detached_texts import DetachedTexts
from api.ledger.entries import Entry
from api.ledger.reader import entries_with_texts
from api.parsing.stated_texts import as_taken
from api.parsing.strict_json import read_value

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NULL, _DASH = b"null", b'"-"'


@dataclass(frozen=True, slots=True)
class AuditedEntry:
    """An entry at its place, as the log stores it, with its text commitments and the texts stored for them.

    `is_grouped` says whether it is stored in a group of decisions, rather than in a row of its own.
    """

    sequence: int
    stored: Entry
    commitments: tuple[TextCommitment, ...]
    texts: DetachedTexts
    is_grouped: bool = False

    @property
    def entry(self) -> Entry:
        """The entry with its texts; an erased one is null."""
        return restore_texts(self.stored, self.texts) if self.texts else self.stored

    @property
    def author(self) -> Author:
        """Who recorded it."""
        return Author(str(self.stored.members["caller"]), str(self.stored.members["role"]))

    def read_stated(self, payload: str) -> dict[str, Any]:
        """Return the members of a payload, texts as they were taken; a dash is an erased one. Raises ValueError."""
        content = self.stored.payloads[payload]
        for ordinal, commitment in reversed(tuple(enumerate(self.commitments))):
            if commitment.payload == payload:
                text = self.texts[ordinal].content if self._is_stored(ordinal) else _DASH
                content = content[: commitment.at] + text + content[commitment.at + len(_NULL) :]
        value = as_taken(read_value(content), self.stored.members)
        if not isinstance(value, dict):
            raise ValueError("the payload is no object")
        return value

    def erased_paths(self, payload: str) -> Set[JsonPath]:
        """Return the member paths of the texts of a payload that are erased."""
        erased = {
            commitment.fact
            for ordinal, commitment in enumerate(self.commitments)
            if not self._is_stored(ordinal)
        }
        return member_paths(payload, erased).keys()

    def _is_stored(self, ordinal: int) -> bool:
        return ordinal in self.texts and self.texts[ordinal].fits(self.commitments[ordinal])


def read_audited_entries(connection: Connection) -> Iterator[tuple[int, AuditedEntry | None]]:
    """Yield the place of every entry in the order of the log, with the entry unless its bytes are none."""
    for stored, texts in entries_with_texts(connection):
        try:
            entry = Entry.from_bytes(stored.entry)
            commitments = commitments_of(entry) if ERASABLE in entry.members else ()
        except (ValueError, LookupError, TypeError, AttributeError):
            yield stored.sequence, None
        else:
            yield stored.sequence, AuditedEntry(stored.sequence, entry, commitments, texts, stored.is_grouped)
