"""The tables of the log, of cases and of answered calls.

A database that was made before revisions were stored has them already, or some of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create what is not there yet."""
    _create_log()
    _create_cases()
    _create_calls()
    _begin_log()


def _create_log() -> None:
    op.create_table(
        "log_entries",
        sa.Column("sequence", _LONG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        if_not_exists=True,
    )
    op.create_index("log_entries_by_key", "log_entries", ["kind", "key"], if_not_exists=True)
    op.create_index(
        "log_entries_decision",
        "log_entries",
        ["key"],
        unique=True,
        sqlite_where=sa.text("kind = 'decision'"),
        postgresql_where=sa.text("kind = 'decision'"),
        if_not_exists=True,
    )
    op.create_table(
        "log_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", _LONG, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
        if_not_exists=True,
    )
    op.create_table(
        "policy_revisions",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision"),
        if_not_exists=True,
    )


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        if_not_exists=True,
    )
    op.create_index("cases_by_department", "cases", ["department"], if_not_exists=True)
    op.create_table(
        "case_facts",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text()),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.Column("supersedes", sa.Integer()),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "position"),
        if_not_exists=True,
    )


def _create_calls() -> None:
    op.create_table(
        "answered_calls",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key"),
        if_not_exists=True,
    )


def _begin_log() -> None:
    """Give a new log the tree of no entries."""
    state = sa.table("log_state", sa.column("id"), sa.column("tree"), sa.column("note"))
    if op.get_bind().execute(sa.select(state.c.id)).first() is None:
        op.bulk_insert(state, [{"id": 1, "tree": "0", "note": ""}])
