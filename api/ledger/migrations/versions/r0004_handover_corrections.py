"""A handover can be superseded by another, and a clearance it had used up be used again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNIQUE = "uq_handovers_uses_up"


def upgrade() -> None:
    """Add the table of corrections; a clearance that was freed may stand at more than one handover."""
    naming = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
    with op.batch_alter_table("handovers", naming_convention=naming) as handovers:
        handovers.drop_constraint(_name_of_unique(), type_="unique")
        handovers.create_index("handovers_by_clearance", ["uses_up"])
    op.create_table(
        "handover_corrections",
        sa.Column("superseded", sa.Text(), nullable=False),
        sa.Column("superseded_by", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("superseded"),
    )
    op.create_index("handover_corrections_by_handover", "handover_corrections", ["superseded_by"])


def _name_of_unique() -> str:
    """The name that PostgreSQL gave the constraint; SQLite gave it none, so it gets that of the naming convention."""
    (found,) = sa.inspect(op.get_bind()).get_unique_constraints("handovers")
    return found["name"] or _UNIQUE
