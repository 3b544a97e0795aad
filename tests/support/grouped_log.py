"""The groups of decisions in a log of SQLite: read, altered as who can write the file could, or made single rows."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from api.ledger.database import Database
from api.ledger.decision_groups import EntryRow, GroupedEntry, read_head, unpack
from api.ledger.stored_entries import newest_place, ungrouped_rows

Change = Callable[[list[GroupedEntry]], list[GroupedEntry]]


def entry_rows(file: Path) -> list[EntryRow]:
    """Every entry of a log, as the row of its own that it has or could have."""
    database = Database(str(file), read_only=True)
    with database.reading() as connection:
        newest = newest_place(connection)
        rows = ungrouped_rows(connection, range(0 if newest is None else newest + 1))
    database.dispose()
    return rows


def decisions_in(file: Path) -> list[EntryRow]:
    """The decisions of a log, in their order."""
    return [row for row in entry_rows(file) if row.kind == "decision"]


def ungroup(file: Path) -> None:
    """Give every decision a row of its own, as a log of an earlier version has it."""
    rows = entry_rows(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM decision_groups")
        connection.executemany("INSERT OR REPLACE INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", rows)


def change_group(file: Path, place: int, change: Change) -> None:
    """Write the group that has an entry at a place anew, with the entries that `change` makes of its own."""
    with closing(sqlite3.connect(file)) as connection, connection:
        first, last, *_, leaves, content = connection.execute(
            "SELECT * FROM decision_groups WHERE ? BETWEEN first AND last", (place,)
        ).fetchone()
        connection.execute("DELETE FROM decision_groups WHERE first = ?", (first,))
        if entries := change(unpack(first, last, leaves, content)):
            connection.execute("INSERT INTO decision_groups VALUES (?, ?, ?, ?, ?, ?)", _row_of(entries))


def change_entries(file: Path, change: Callable[[bytes], bytes], *places: int) -> None:
    """Change the stored bytes of the entries of one group at some places."""

    def changed(entries: list[GroupedEntry]) -> list[GroupedEntry]:
        return [one._replace(entry=change(one.entry)) if one.sequence in places else one for one in entries]

    change_group(file, places[0], changed)


def _row_of(entries: Sequence[GroupedEntry]) -> tuple[int, int, bytes, bytes, bytes, bytes]:
    heads = [head for one in entries if (head := read_head(one.entry))]
    ids = [bytes.fromhex(head[0].replace("-", "")) for head in heads] or [b""]
    lengths = [len(one.entry) for one in entries[:-1]]
    content = zlib.compress(
        b"".join((struct.pack(f">{len(lengths)}I", *lengths), *(one.entry for one in entries))), 1, -15
    )
    leaves = b"".join(one.leaf for one in entries)
    return entries[0].sequence, entries[-1].sequence, min(ids), max(ids), leaves, content
