"""The table of detached texts: filled together with their entries, read, and overwritten."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable, Mapping, Sequence, Set
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, inspect, select, update

from api.ledger.commitments import SALT_BYTES, DetachedText, detach_texts
from api.ledger.deduplication import as_bytes
from api.ledger.entries import Entry
from api.ledger.tables import personal_data

BATCH = 1000

DetachedTexts = Mapping[int, DetachedText]
"""The texts of one entry that are not erased, by the index of their commitments."""


def detached(entry: Entry, names: Set[str]) -> tuple[Entry, tuple[DetachedText, ...]]:
    """Return the entry without the texts of the facts in `names`, and these texts."""
    return detach_texts(entry, names, lambda: secrets.token_bytes(SALT_BYTES))


def store_detached(connection: Connection, first: int, texts: Iterable[Sequence[DetachedText]]) -> None:
    """Store the texts of new entries, those of each in the order of its commitments; `first` is the first place."""
    rows = [
        {"sequence": sequence, "ordinal": ordinal, "salt": text.salt, "content": text.content}
        for sequence, of_entry in enumerate(texts, first)
        for ordinal, text in enumerate(of_entry)
    ]
    if rows:
        connection.execute(insert(personal_data), rows)


def has_texts(connection: Connection) -> bool:
    """Whether there is a table of texts; a log of a version without detached texts has none."""
    return inspect(connection).has_table(personal_data.name)


def has_stored_texts(connection: Connection) -> bool:
    """Whether the log has detached texts, or had some before they were erased."""
    return (
        has_texts(connection)
        and connection.execute(select(personal_data.c.sequence).limit(1)).first() is not None
    )


def texts_of(connection: Connection, sequence: int) -> DetachedTexts:
    """Return the texts of one entry that are not erased."""
    query = select(personal_data).where(personal_data.c.sequence == sequence)
    return _texts(connection.execute(query).all())


def all_texts(connection: Connection) -> Generator[tuple[int, DetachedTexts], None, None]:
    """Yield the texts of every entry that has some left, in the order of the log."""
    if not has_texts(connection):
        return
    query = select(personal_data).order_by(personal_data.c.sequence, personal_data.c.ordinal)
    with connection.execute(query.execution_options(yield_per=BATCH)) as rows:
        for sequence, group in groupby(rows, key=lambda row: int(row.sequence)):
            if texts := _texts(group):
                yield sequence, texts


def overwrite_text(connection: Connection, sequence: int, ordinal: int) -> None:
    """Put zeros in the place of a text and its salt.

    The row stays and keeps its length: SQLite then writes over the very bytes, while a row that is removed, or that
    shrinks, can leave a copy in the free part of a page.
    """
    place = and_(personal_data.c.sequence == sequence, personal_data.c.ordinal == ordinal)
    content = connection.execute(select(personal_data.c.content).where(place)).scalar_one()
    zeros = {"salt": bytes(SALT_BYTES), "content": bytes(len(content))}
    connection.execute(update(personal_data).where(place).values(zeros))


def _texts(rows: Iterable[Row[Any]]) -> DetachedTexts:
    """The texts of rows; those that were overwritten are left out."""
    found = {row.ordinal: DetachedText(as_bytes(row.salt), as_bytes(row.content)) for row in rows}
    return {ordinal: text for ordinal, text in found.items() if text.content.strip(b"\0")}
