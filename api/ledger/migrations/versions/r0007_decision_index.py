"""Decisions are searched by tables derived from the log; they are empty, and the service fills them as it runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. Filling them here would keep a long log from being served for as long as it takes."""
    op.create_table(
        "decision_index",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reach", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "decision_rows",
        sa.Column("sequence", _LONG, autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("decision_rows_by_request", "decision_rows", ["request_id", "sequence"])
    op.create_table(
        "decision_terms",
        sa.Column("number", _LONG, autoincrement=False, nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("sort", "value", name="decision_terms_by_value"),
    )
    op.create_table(
        "decision_places",
        sa.Column("term", _LONG, autoincrement=False, nullable=False),
        sa.Column("block", _LONG, autoincrement=False, nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("term", "block"),
    )
    op.create_table(
        "decision_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decisions", _LONG, nullable=False),
        sa.Column("first", _LONG, nullable=False),
        sa.Column("last", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("day", "outcome"),
    )
