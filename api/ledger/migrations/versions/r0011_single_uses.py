"""What may be used once at a sign-in is stored when it is used, so that no process of a service takes it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table, which is empty."""
    op.create_table(
        "single_uses",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("single_uses_by_end", "single_uses", ["ends_at"])
