"""Queries of the ledger: a decision, the entries in order, the newest checkpoint, the signing keys."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from api.ledger.commitments import ERASABLE, restore_texts
from api.ledger.deduplication import TextRestorer, as_bytes
from api.ledger.detached_texts import DetachedTexts, all_texts, texts_of
from api.ledger.entries import Entry, EntryKind
from api.ledger.key_succession import MEMBER
from api.ledger.stored_entries import (
    StoredRow,
    find_decision_row,
    moments_at,
    newest_decision_rows,
    newest_place,
    row_at,
    rows_at,
    rows_between,
)
from api.ledger.stored_entries import leaves_between as leaves_between
from api.ledger.tables import checkpoints, log_entries, log_state
from api.ledger.verifier import StoredEntry
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey

_SIGNING_KEY = b'{"kind":"signing_key"'
"""How every entry of a signing key begins."""
_ROWS = select(log_entries.c.sequence, log_entries.c.entry, log_entries.c.leaf)


def find_decision(connection: Connection, decision_id: str) -> Entry | None:
    """Return the entry of a decision; its payload `decision` is the answer, exactly as it was given.

    Detached texts of the request are restored, unless they have been erased.
    """
    stored = find_stored_decision(connection, decision_id)
    return None if stored is None else _whole(connection, stored)


def find_entry(connection: Connection, kind: EntryKind, key: str) -> Entry | None:
    """Return the first entry of a kind, but of decisions, with a key; its texts are restored unless erased."""
    query = _ROWS.where(log_entries.c.kind == kind, log_entries.c.key == key).order_by(log_entries.c.sequence)
    row = connection.execute(query).first()
    return None if row is None else _whole(connection, _of_kind(row, TextRestorer(connection)))


def find_newest(connection: Connection, kind: EntryKind, key: str) -> Entry | None:
    """Return the newest entry of a kind, but of decisions, with a key."""
    query = _ROWS.where(log_entries.c.kind == kind, log_entries.c.key == key)
    row = connection.execute(query.order_by(log_entries.c.sequence.desc()).limit(1)).first()
    return None if row is None else _whole(connection, _of_kind(row, TextRestorer(connection)))


def revision_at(connection: Connection, sequence: int) -> str | None:
    """Return the revision of the newest policies that were taken up before a place of the log; None if none were."""
    query = select(log_entries.c.key).where(
        log_entries.c.kind == EntryKind.POLICIES, log_entries.c.sequence < sequence
    )
    found: str | None = connection.execute(
        query.order_by(log_entries.c.sequence.desc()).limit(1)
    ).scalar_one_or_none()
    return found


def newest_revision(connection: Connection) -> str | None:
    """Return the revision of the policies that were taken up last; None if none were."""
    return revision_at(connection, sys.maxsize)


def revisions_taken(connection: Connection) -> list[tuple[int, str]]:
    """Return the places of the log at which policies were taken up, in order, each with their revision."""
    query = select(log_entries.c.sequence, log_entries.c.key).where(log_entries.c.kind == EntryKind.POLICIES)
    rows = connection.execute(query.order_by(log_entries.c.sequence))
    return [(row.sequence, row.key) for row in rows]


def find_stored_decision(connection: Connection, decision_id: str) -> StoredEntry | None:
    """Return the stored entry of a decision, with its place in the log; none has an id with a null character."""
    row = find_decision_row(connection, decision_id)
    return None if row is None else _stored(row, TextRestorer(connection))


def stored_entries(connection: Connection, before: int | None = None) -> Iterator[StoredEntry]:
    """Yield every entry of the log before a place, in its order, a batch at a time."""
    restorer = TextRestorer(connection)
    for row in rows_between(connection, end=before):
        yield _stored(row, restorer)


def entries_with_texts(connection: Connection) -> Iterator[tuple[StoredEntry, DetachedTexts]]:
    """Yield every row of the log in its order, each with its detached texts that are not erased."""
    with closing(all_texts(connection)) as texts:
        ahead = next(texts, None)
        for stored in stored_entries(connection):
            while ahead and ahead[0] < stored.sequence:
                ahead = next(texts, None)
            yield stored, ahead[1] if ahead and ahead[0] == stored.sequence else {}


def whole_entries(connection: Connection) -> Iterator[tuple[int, Entry]]:
    """Yield every entry with its place, its detached texts restored; an erased one is null.

    Raises ValueError for bytes that are no entry.
    """
    for stored, texts in entries_with_texts(connection):
        entry = Entry.from_bytes(stored.entry)
        yield stored.sequence, restore_texts(entry, texts) if texts else entry


def page_of_entries(connection: Connection, after: int, limit: int) -> list[tuple[StoredEntry, Entry]]:
    """Return at most `limit` rows behind the place `after`, as stored and with their texts restored."""
    page, restorer = [], TextRestorer(connection)
    for row in [*rows_between(connection, after + 1, limit=limit)]:
        stored = _stored(row, restorer)
        entry = Entry.from_bytes(stored.entry)
        whole = (
            restore_texts(entry, texts_of(connection, row.sequence)) if ERASABLE in entry.members else entry
        )
        page.append((stored, whole))
    return page


def newest_decisions(connection: Connection, limit: int) -> list[Entry]:
    """Return the entries of at most `limit` decisions, the last ones, in their order; their texts are restored."""
    restorer = TextRestorer(connection)
    rows = newest_decision_rows(connection, limit)
    return [_whole(connection, _stored(row, restorer)) for row in rows]


def entries_at(connection: Connection, places: Sequence[int]) -> list[tuple[int, Entry]]:
    """Return the entries at places of the log, in the order of the places; their detached texts are left out."""
    rows, restorer = rows_at(connection, places), TextRestorer(connection)
    found = {place: Entry.from_bytes(_stored(row, restorer).entry) for place, row in rows.items()}
    return [(place, found[place]) for place in places]


def whole_entries_at(connection: Connection, places: Sequence[int]) -> Iterator[Entry]:
    """Yield the entries at places of the log, in the order of the places; their texts are restored."""
    rows, restorer = rows_at(connection, places), TextRestorer(connection)
    for place in places:
        yield _whole(connection, _stored(rows[place], restorer))


def newest_activations(connection: Connection, limit: int) -> list[tuple[int, Entry]]:
    """Return the places and entries of at most `limit` activations of policies, the newest first."""
    query = _ROWS.where(log_entries.c.kind == EntryKind.POLICIES)
    rows = connection.execute(query.order_by(log_entries.c.sequence.desc()).limit(limit)).all()
    restorer = TextRestorer(connection)
    return [(row.sequence, Entry.from_bytes(_of_kind(row, restorer).entry)) for row in rows]


def leaf_hashes(connection: Connection) -> list[bytes]:
    """Return the hash of every entry, in order."""
    return leaves_between(connection)


def stored_at(connection: Connection, sequence: int) -> StoredEntry | None:
    """Return the entry at a place of the log; None where there is none."""
    row = row_at(connection, sequence)
    return None if row is None else _stored(row, TextRestorer(connection))


def newest_note(connection: Connection) -> str:
    """Return the newest signed checkpoint; empty before the first entry."""
    note: str = connection.execute(select(log_state.c.note)).scalar_one()
    return note


def stored_notes(connection: Connection) -> list[str]:
    """Return every checkpoint the ledger stores, the newest last."""
    notes = list(connection.execute(select(checkpoints.c.note).order_by(checkpoints.c.size)).scalars())
    newest = newest_note(connection)
    return [*notes, newest] if newest and newest not in notes else notes


def recorded_at(connection: Connection, sequence: int) -> datetime:
    """Return when an entry was recorded, by its place."""
    return datetime.fromisoformat(moments_at(connection, [sequence])[sequence][0])


def signing_since(connection: Connection, key: VerifyingKey) -> datetime | None:
    """Return when the log first named a key that signs it; None before it did."""
    chosen = (log_entries.c.kind == EntryKind.SIGNING_KEY, log_entries.c.key == key.name)
    for _, entry in _readable(connection, *chosen):
        if entry.members.get("verifying_key") == key.format():
            return entry.at
    return None


def signing_keys(connection: Connection) -> list[VerifyingKey]:
    """Return the keys that the log itself names; whoever can rewrite the log can rewrite these."""
    named = _readable(connection, log_entries.c.kind == EntryKind.SIGNING_KEY)
    keys = []
    for text in sorted({str(entry.members.get("verifying_key")) for _, entry in named}):
        with suppress(SigningFault):
            keys.append(VerifyingKey.parse(text))
    return keys


def successions(connection: Connection, first: int = 0) -> list[tuple[int, str]]:
    """Return the notes by which one signing key hands over to the next, with their places from `first` on."""
    chosen = (log_entries.c.kind == EntryKind.SIGNING_KEY, log_entries.c.sequence >= first)
    return _notes_in(_readable(connection, *chosen))


def signed_successions(connection: Connection) -> list[tuple[int, str]]:
    """Return the same notes as the bytes of the entries have them: no hash covers the column with their kind."""
    return _notes_in(
        _readable(connection, func.substr(log_entries.c.entry, 1, len(_SIGNING_KEY)) == _SIGNING_KEY)
    )


def _notes_in(entries: Iterable[tuple[int, Entry]]) -> list[tuple[int, str]]:
    members = ((sequence, entry.members.get(MEMBER)) for sequence, entry in entries)
    return [(sequence, note) for sequence, note in members if isinstance(note, str)]


def _readable(connection: Connection, *chosen: ColumnElement[bool]) -> Iterator[tuple[int, Entry]]:
    """Yield entries without texts, in order; bytes that are no entry are passed over: `verify_log` names them."""
    query = select(log_entries.c.sequence, log_entries.c.entry).where(*chosen)
    for row in connection.execute(query.order_by(log_entries.c.sequence)):
        with suppress(ValueError):
            yield row.sequence, Entry.from_bytes(as_bytes(row.entry))


def _whole(connection: Connection, stored: StoredEntry) -> Entry:
    entry = Entry.from_bytes(stored.entry)
    return restore_texts(entry, texts_of(connection, stored.sequence)) if ERASABLE in entry.members else entry


def _stored(row: StoredRow, restorer: TextRestorer) -> StoredEntry:
    return StoredEntry(row.sequence, restorer.restore(row.entry), row.leaf, row.is_grouped)


def _of_kind(row: Row[Any, Any, Any], restorer: TextRestorer) -> StoredEntry:
    return StoredEntry(row.sequence, restorer.restore(as_bytes(row.entry)), as_bytes(row.leaf))


def count_entries(connection: Connection, kind: EntryKind, key: str) -> int:
    """Return how many entries of a kind, but of decisions, the log holds under a key."""
    chosen = (log_entries.c.kind == kind.value, log_entries.c.key == key)
    return int(connection.execute(select(func.count()).select_from(log_entries).where(*chosen)).scalar_one())


def has_entries(connection: Connection, kind: EntryKind) -> bool:
    """Whether the log has an entry of a kind, but of decisions."""
    query = select(log_entries.c.sequence).where(log_entries.c.kind == kind.value).limit(1)
    return connection.execute(query).first() is not None


def newest_entry(connection: Connection) -> int | None:
    """Return the place of the newest log entry; None in an empty log."""
    return newest_place(connection)
