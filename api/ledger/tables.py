"""The tables of the ledger, the same on SQLite and PostgreSQL.

`log_entries` and `decision_groups` are the log itself: rows are only ever added, an entry stands in one of them, and
what a proof is about is its bytes there, with the texts of `recurring_texts` put in.
Every other table can be derived from it, or stands beside it by its own hash (`policy_revisions`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

LONG = BigInteger().with_variant(Integer, "sqlite")

log_entries = Table(
    "log_entries",
    metadata,
    Column("sequence", LONG, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("log_entries_by_key", "kind", "key"),
)

_OF_DECISIONS = text("kind = 'decision'")
_decisions_once = Index("log_entries_decision", log_entries.c.key, unique=True, sqlite_where=_OF_DECISIONS)


def state_for_postgresql() -> None:
    """Add to the tables the options for PostgreSQL alone, before they are made or compared there.

    An option of a dialect imports it, and on SQLite nothing else imports that of PostgreSQL.
    """
    _decisions_once.dialect_kwargs["postgresql_where"] = _OF_DECISIONS


decision_groups = Table(
    "decision_groups",
    metadata,
    Column("first", LONG, primary_key=True, autoincrement=False),
    Column("last", LONG, nullable=False),
    Column("lowest_id", LargeBinary, nullable=False),
    Column("highest_id", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("decision_groups_by_id", "lowest_id", "highest_id"),
)
"""Decisions of the log with the sequences `first` to `last`, in the form of `api.ledger.decision_groups`."""

recurring_texts = Table(
    "recurring_texts",
    metadata,
    Column("number", LONG, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
)
"""Texts that recur in entries, which refer to them (`api.ledger.deduplication`); `digest` is the SHA-256 of one."""

log_state = Table(
    "log_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tree", Text, nullable=False),
    Column("note", Text, nullable=False),
)

EMPTY_LOG = {"id": 1, "tree": "0", "note": ""}
"""The row of `log_state` before there are entries."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", LONG, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

policy_revisions = Table(
    "policy_revisions",
    metadata,
    Column("revision", Text, primary_key=True),
    Column("files", Text, nullable=False),
)

personal_data = Table(
    "personal_data",
    metadata,
    Column("sequence", LONG, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""The texts detached from entries, by entry and index of their commitment. An erased one holds zeros."""
