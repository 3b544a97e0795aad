"""Drafts of policy changes are stored, so that an officer goes on with one in any browser, and others see it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table, which is empty."""
    op.create_table(
        "policy_drafts",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("base_revision", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id"),
    )
    op.create_index("policy_drafts_by_change", "policy_drafts", ["updated_at", "draft_id"])
    op.create_index("policy_drafts_by_owner", "policy_drafts", ["owner"])
