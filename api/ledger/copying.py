"""Every row of a ledger from one database to another, the same on SQLite and PostgreSQL, and a digest of them all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    collate,
    delete,
    insert,
    inspect,
    select,
)

from api.ledger.migrations.schema import metadata
from api.ledger.upgrade import NEWEST, find_revision

BATCH = 500


def copy_rows(source: Connection, target: Connection, leave: Collection[str] = ()) -> None:
    """Copy the rows of every table that both hold; those of the target are replaced, but for tables to `leave`."""
    held = tables_of(source)
    for name, table in tables_of(target).items():
        if name not in held or name in leave:
            continue
        target.execute(delete(table))
        for row in _rows(source, held[name]):
            target.execute(insert(table), row)


def copy_rows_at(source: Connection, target: Connection, table: Table, places: Sequence[int]) -> None:
    """Copy the rows of a table that belong to entries at places of the log, which come in their order."""
    for at in range(0, len(places), BATCH):
        query = select(table).where(table.c.sequence.in_(places[at : at + BATCH]))
        rows = [dict(row) for row in source.execute(query.order_by(*table.primary_key.columns)).mappings()]
        if rows:
            target.execute(insert(table), rows)


def digest_of(connection: Connection) -> str:
    """Return the SHA-256 of every row of the ledger, in hexadecimal; the same rows have the same on any database."""
    digest = sha256()
    for name, table in sorted(tables_of(connection).items()):
        names = sorted(table.columns.keys())
        count = 0
        for batch in _rows(connection, table):
            for row in batch:
                digest.update(json.dumps([row[column] for column in names], default=bytes.hex).encode())
                count += 1
        if count:
            digest.update(json.dumps([name, names, count]).encode())
    return digest.hexdigest()


def tables_of(connection: Connection) -> dict[str, Table]:
    """Return the tables of the ledger as they are in this database, whatever its revision."""
    held = sorted(metadata.tables.keys() & set(inspect(connection).get_table_names()))
    if find_revision(connection) == NEWEST:
        return {name: metadata.tables[name] for name in held}
    reflected = MetaData()
    reflected.reflect(connection, only=held)
    return dict(reflected.tables)


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    """Yield the rows in the order of their key, a batch at a time; columns by name."""
    query = select(table).order_by(*(_by_bytes(connection, key) for key in table.primary_key.columns))
    result = connection.execute(query, execution_options={"yield_per": BATCH})
    for batch in result.mappings().partitions():
        yield [dict(row) for row in batch]


def _by_bytes(connection: Connection, key: Column[Any]) -> ColumnElement[Any]:
    """The key in the order of its bytes, which is that of SQLite; PostgreSQL would order a text by its language."""
    if connection.dialect.name == "postgresql" and isinstance(key.type, Text):
        return collate(key, "C")
    return key
