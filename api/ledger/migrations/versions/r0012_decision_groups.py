"""Decisions are stored in groups, one row each; those that a log holds already keep their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table, which is empty: no entry is written anew."""
    op.create_table(
        "decision_groups",
        sa.Column("first", _LONG, autoincrement=False, nullable=False),
        sa.Column("last", _LONG, nullable=False),
        sa.Column("lowest_id", sa.LargeBinary(), nullable=False),
        sa.Column("highest_id", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("first"),
    )
    op.create_index("decision_groups_by_id", "decision_groups", ["lowest_id", "highest_id"])
