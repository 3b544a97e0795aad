"""The check of the detached texts: each fits its commitment, or an entry records that it was erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, not_, select

from api.ledger.commitments import ERASABLE, commitments_of
from api.ledger.detached_texts import DetachedTexts, has_texts, texts_of
from api.ledger.entries import Entry, EntryKind
from api.ledger.erasure import ErasableText, erased_texts
from api.ledger.reader import entries_with_texts
from api.ledger.stored_entries import has_groups, holds
from api.ledger.tables import log_entries, personal_data
from api.ledger.verifier import MAX_ROW_FINDINGS, StoredEntry

_MARKS = (f'"{ERASABLE}"'.encode(), f'"{EntryKind.ERASED}"'.encode())


@dataclass(frozen=True, slots=True)
class TextVerification:
    """The findings of the check, and how many texts are stored and erased."""

    findings: tuple[str, ...]
    stored: int
    erased: int


def verify_texts(connection: Connection) -> TextVerification:
    """Check every detached text. At most 100 findings are spelled out."""
    walk = _TextWalk()
    for stored, texts in entries_with_texts(connection):
        walk.read(stored, texts)
    findings = [
        *walk.findings,
        *(_removed(text) for text in sorted(walk.missing - walk.recorded_erasures.keys())),
        *_reappeared(connection, walk.recorded_erasures),
        *_strays(connection),
    ]
    left_out = len(findings) - MAX_ROW_FINDINGS
    if left_out > 0:
        findings[MAX_ROW_FINDINGS:] = [f"texts kept apart: {left_out} more findings are left out"]
    return TextVerification(tuple(findings), walk.stored, len(walk.missing))


@dataclass(slots=True)
class _TextWalk:
    """One pass over the log: the texts that are missing, and those that an entry records as erased."""

    findings: list[str] = field(default_factory=list)
    stored: int = 0
    missing: set[ErasableText] = field(default_factory=set)
    recorded_erasures: dict[ErasableText, int] = field(default_factory=dict)

    def read(self, stored: StoredEntry, texts: DetachedTexts) -> None:
        """Check an entry and its stored texts; bytes that are no entry are reported by the check of its leaf."""
        line = stored.entry.partition(b"\n")[0]
        if not texts and not any(mark in line for mark in _MARKS):
            return
        try:
            entry = Entry.from_bytes(stored.entry)
            commitments = commitments_of(entry)
            self.recorded_erasures |= dict.fromkeys(erased_texts(entry), stored.sequence)
        except (ValueError, KeyError, TypeError):
            self.findings.append(f"entry {stored.sequence}: what it says of texts kept apart cannot be read")
            return
        for ordinal, commitment in enumerate(commitments):
            if ordinal not in texts:
                self.missing.add(ErasableText(stored.sequence, ordinal, commitment.fact))
            elif texts[ordinal].fits(commitment):
                self.stored += 1
            else:
                self.findings.append(
                    f"entry {stored.sequence}: the text kept for {commitment.fact} is not the one it was recorded "
                    "with; the text or its salt was altered"
                )
        if texts.keys() - set(range(len(commitments))):
            self.findings.append(_added(stored.sequence))


def _removed(text: ErasableText) -> str:
    return (
        f"entry {text.sequence}: its text of {text.fact} is gone, and no entry says that it was erased; "
        "it was removed"
    )


def _added(sequence: int) -> str:
    return f"entry {sequence}: a text is kept for it that it does not announce; it was added"


def _reappeared(connection: Connection, recorded_erasures: Mapping[ErasableText, int]) -> Iterator[str]:
    """Report texts that are stored although an entry records them as erased, as after restoring an old backup."""
    for text, erased in sorted(recorded_erasures.items()):
        if text.ordinal in texts_of(connection, text.sequence):
            yield (
                f"entry {text.sequence}: its text of {text.fact} is here, although entry {erased} says that it was "
                "erased; erase it again, and see whether a backup was restored"
            )


def _strays(connection: Connection) -> Iterator[str]:
    """Report texts that are stored for entries that do not exist."""
    if not has_texts(connection):
        return
    sequence = personal_data.c.sequence
    query = select(sequence).distinct().where(sequence.not_in(select(log_entries.c.sequence)))
    query = query.where(not_(holds(sequence))) if has_groups(connection) else query
    for place in connection.execute(query.order_by(sequence)).scalars():
        yield _added(place)
