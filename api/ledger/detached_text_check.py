"""The check of the texts kept apart: each fits its commitment, or is gone because an entry says it was erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from api.ledger.commitments import APART, pieces_of
from api.ledger.detached_texts import Texts, has_texts, texts_of
from api.ledger.entries import Entry, EntryKind
from api.ledger.erasure import ApartText, erased_texts
from api.ledger.reader import entries_with_texts
from api.ledger.tables import log_entries, personal_data
from api.ledger.verifier import MAX_ROW_FINDINGS, StoredEntry

_MARKS = (f'"{APART}"'.encode(), f'"{EntryKind.ERASED}"'.encode())


@dataclass(frozen=True, slots=True)
class TextVerdict:
    """What the check found, and how many texts are kept and erased."""

    findings: tuple[str, ...]
    kept: int
    erased: int


def verify_texts(connection: Connection) -> TextVerdict:
    """Check every text that was cut out of an entry. At most 100 findings are spelled out."""
    check = _Check()
    for stored, texts in entries_with_texts(connection):
        check.read(stored, texts)
    findings = [
        *check.findings,
        *(_removed(text) for text in sorted(check.gone - check.said.keys())),
        *_back_again(connection, check.said),
        *_strays(connection),
    ]
    left_out = len(findings) - MAX_ROW_FINDINGS
    if left_out > 0:
        findings[MAX_ROW_FINDINGS:] = [f"texts kept apart: {left_out} more findings are left out"]
    return TextVerdict(tuple(findings), check.kept, len(check.gone))


@dataclass(slots=True)
class _Check:
    """One pass over the log: the texts that are gone, and those that an entry says were erased."""

    findings: list[str] = field(default_factory=list)
    kept: int = 0
    gone: set[ApartText] = field(default_factory=set)
    said: dict[ApartText, int] = field(default_factory=dict)

    def read(self, stored: StoredEntry, texts: Texts) -> None:
        """Take an entry and what is kept beside it; one whose bytes are no entry is told by its leaf."""
        line = stored.entry.partition(b"\n")[0]
        if not texts and not any(mark in line for mark in _MARKS):
            return
        try:
            entry = Entry.from_bytes(stored.entry)
            pieces = pieces_of(entry)
            self.said |= dict.fromkeys(erased_texts(entry), stored.sequence)
        except (ValueError, KeyError, TypeError):
            self.findings.append(f"entry {stored.sequence}: what it says of texts kept apart cannot be read")
            return
        for ordinal, piece in enumerate(pieces):
            if ordinal not in texts:
                self.gone.add(ApartText(stored.sequence, ordinal, piece.fact))
            elif texts[ordinal].fits(piece):
                self.kept += 1
            else:
                self.findings.append(
                    f"entry {stored.sequence}: the text kept for {piece.fact} is not the one it was recorded with; "
                    "the text or its salt was altered"
                )
        if texts.keys() - set(range(len(pieces))):
            self.findings.append(_added(stored.sequence))


def _removed(text: ApartText) -> str:
    return (
        f"entry {text.sequence}: its text of {text.fact} is gone, and no entry says that it was erased; "
        "it was removed"
    )


def _added(sequence: int) -> str:
    return f"entry {sequence}: a text is kept for it that it does not announce; it was added"


def _back_again(connection: Connection, said: Mapping[ApartText, int]) -> Iterator[str]:
    """Report texts that are kept although an entry says that they were erased, as in a backup of before."""
    for text, erased in sorted(said.items()):
        if text.ordinal in texts_of(connection, text.sequence):
            yield (
                f"entry {text.sequence}: its text of {text.fact} is here, although entry {erased} says that it was "
                "erased; erase it again, and see whether a backup was restored"
            )


def _strays(connection: Connection) -> Iterator[str]:
    """Report texts that are kept for entries that there are not."""
    if not has_texts(connection):
        return
    known = select(log_entries.c.sequence)
    query = select(personal_data.c.sequence).distinct().where(personal_data.c.sequence.not_in(known))
    for sequence in connection.execute(query.order_by(personal_data.c.sequence)).scalars():
        yield _added(sequence)
