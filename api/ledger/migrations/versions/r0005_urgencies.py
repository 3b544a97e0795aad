"""The urgent pre-checks are found without reading the log; those that it holds already are found in it once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from api.ledger.deduplication import TextRestorer
from api.ledger.entries import DECISION, Entry

revision = "0005"
down_revision = "0004"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 1000


def upgrade() -> None:
    """Add the table, with the rows that the decisions would have added when they were recorded."""
    table = op.create_table(
        "urgencies",
        sa.Column("sequence", _LONG, autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("waiting_for", sa.Text()),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("urgencies_by_request", "urgencies", ["request_id", "department", "sequence"])
    op.create_index("urgencies_by_decision", "urgencies", ["decision_id"])
    op.bulk_insert(table, list(_rows(op.get_bind())))


def _rows(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    entries = sa.table("log_entries", sa.column("sequence"), sa.column("kind"), sa.column("entry"))
    query = sa.select(entries.c.sequence, entries.c.entry).where(entries.c.kind == "decision")
    restorer = TextRestorer(connection)
    urgent: set[tuple[str, str]] = set()
    rows = connection.execute(query.order_by(entries.c.sequence), execution_options={"yield_per": _BATCH})
    for row in rows:
        entry = Entry.from_bytes(restorer.restore(bytes(row.entry)))
        department, request_id = entry.members["department"], entry.members["request_id"]
        key = (department, request_id)
        if not department or "\0" in department + request_id:
            continue
        lines = json.loads(entry.payloads[DECISION])["lines"]
        is_urgent = any(line["outcome"] == "escalate_urgent" for line in lines)
        if is_urgent or key in urgent:
            urgent ^= {key} if is_urgent != (key in urgent) else set()
            yield {
                "sequence": row.sequence,
                "decision_id": entry.key,
                "department": department,
                "request_id": request_id,
                "waiting_for": json.dumps(_waiting_for(lines)) if is_urgent else None,
            }


def _waiting_for(lines: list[Any]) -> list[str]:
    """Who has something to do: an open duty, or a fact to state without which nothing can be decided."""
    duties = [
        duty for line in lines for duty in line.get("duties", ()) if duty.get("done_by") != "refraining"
    ]
    undecided = [line for line in lines if line["outcome"] == "needs_information"]
    questions = [missing for line in undecided for missing in line.get("missing", ())]
    return sorted({duty["who"] for duty in duties} | {missing["answered_by"] for missing in questions})
