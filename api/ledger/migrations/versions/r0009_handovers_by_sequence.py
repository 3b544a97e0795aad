"""The newest handover is found by an index: pages that rest on handovers look for it each time they are opened."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index."""
    op.create_index("handovers_by_sequence", "handovers", ["sequence"])
