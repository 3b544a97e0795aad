"""Registers, clearances and handovers, personal data separately; a case says with which entry it was opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the tables there are, then add the new ones."""
    _number_cases()
    op.create_index("case_facts_by_sequence", "case_facts", ["sequence"])
    with op.batch_alter_table("answered_calls") as calls:
        calls.alter_column("version", existing_type=sa.Integer(), nullable=True)
    _create_registers()
    _create_handovers()
    _create_personal_data()


def _number_cases() -> None:
    """Give each case the number of its entry in the log; one without an entry keeps the upgrade from being done."""
    op.add_column("cases", sa.Column("sequence", _LONG))
    op.execute(
        "UPDATE cases SET sequence = (SELECT log_entries.sequence FROM log_entries"
        " WHERE log_entries.kind = 'case_opened' AND log_entries.key = cases.case_id)"
    )
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("sequence", existing_type=_LONG, nullable=False)
        cases.create_index("cases_by_request", ["request_id"])
        cases.create_index("cases_by_sequence", ["sequence"])


def _create_registers() -> None:
    op.create_table(
        "register_lists",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("legacy_list", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("transfer_procedure", sa.Text(), nullable=False),
        sa.Column("put_to_session", sa.Integer()),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("list_id"),
    )
    op.create_table(
        "register_items",
        sa.Column("item_no", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text()),
        sa.Column("unit", sa.Text()),
        sa.Column("provided_on", sa.Text()),
        sa.Column("provided_to", sa.Text()),
        sa.Column("remarks", sa.Text()),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("item_no"),
    )
    op.create_index("register_items_by_list", "register_items", ["list_id", "place"])
    op.create_index("register_items_by_sequence", "register_items", ["sequence"])
    op.create_table(
        "register_events",
        sa.Column("sequence", _LONG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Text()),
        sa.Column("session", sa.Integer()),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("register_events_by_session", "register_events", ["session"])
    op.create_table(
        "register_event_items",
        sa.Column("sequence", _LONG, autoincrement=False, nullable=False),
        sa.Column("item_no", sa.Text(), nullable=False),
        sa.Column("state", sa.Text()),
        sa.PrimaryKeyConstraint("sequence", "item_no"),
    )
    op.create_index("register_event_items_by_item", "register_event_items", ["item_no"])


def _create_handovers() -> None:
    op.create_table(
        "clearances",
        sa.Column("clearance_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("decided_at", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("clearance_id"),
        sa.UniqueConstraint("decision_id"),
    )
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.Text(), nullable=False),
        sa.Column("clearance_id", sa.Text()),
        sa.Column("uses_up", sa.Text()),
        sa.Column("department", sa.Text()),
        sa.Column("request_id", sa.Text()),
        sa.Column("case_id", sa.Text()),
        sa.Column("handed_over_on", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("handover_id"),
        sa.UniqueConstraint("uses_up"),
    )
    op.create_index("handovers_by_case", "handovers", ["case_id"])
    op.create_index("handovers_by_department", "handovers", ["department", "sequence"])
    op.create_index("handovers_by_status", "handovers", ["status", "sequence"])
    op.create_table(
        "transfers",
        sa.Column("handover_id", sa.Text(), nullable=False),
        sa.Column("recorded_on", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("sequence", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("handover_id"),
    )


def _create_personal_data() -> None:
    op.create_table(
        "personal_data",
        sa.Column("sequence", _LONG, autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", "ordinal"),
    )
