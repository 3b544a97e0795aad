"""The tables of the ledger, the same on SQLite and PostgreSQL.

`log_entries` is the log itself: its rows are only ever added, and what a proof is about is the bytes in `entry`, with
the texts of `recurring_texts` put in.
Every other table can be derived from it, or stands beside it by its own hash (`policy_revisions`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

_LONG = BigInteger().with_variant(Integer, "sqlite")

log_entries = Table(
    "log_entries",
    metadata,
    Column("sequence", _LONG, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("log_entries_by_key", "kind", "key"),
    Index(
        "log_entries_decision",
        "key",
        unique=True,
        sqlite_where=text("kind = 'decision'"),
        postgresql_where=text("kind = 'decision'"),
    ),
)

recurring_texts = Table(
    "recurring_texts",
    metadata,
    Column("number", _LONG, primary_key=True, autoincrement=False),
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

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", _LONG, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

policy_revisions = Table(
    "policy_revisions",
    metadata,
    Column("revision", Text, primary_key=True),
    Column("files", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("request_id", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("lines", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sequence", _LONG, nullable=False),
    Index("cases_by_department", "department"),
    Index("cases_by_request", "request_id"),
    Index("cases_by_sequence", "sequence"),
)
"""A case: the marks of its lines and what its department claimed when it was opened, as JSON; `version` is the number
of facts recorded of it, `sequence` the log entry it was opened with.
"""

case_facts = Table(
    "case_facts",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("line", Text),
    Column("fact", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("happened_on", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("evidence", Text),
    Column("supersedes", Integer),
    Column("sequence", _LONG, nullable=False),
    Index("case_facts_by_sequence", "sequence"),
)
"""The facts of cases, counted from 1 in each; a row is never changed. `value` is JSON, `sequence` its log entry."""

answered_calls = Table(
    "answered_calls",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("version", Integer),
    Column("answer", Text, nullable=False),
)
"""What was answered under an Idempotency-Key; `call` is the hash of address and body."""

# Registers: the lists of items, and what became of them.

register_lists = Table(
    "register_lists",
    metadata,
    Column("list_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("legacy_list", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("transfer_procedure", Text, nullable=False),
    Column("put_to_session", Integer),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("sequence", _LONG, nullable=False),
)
"""A list with its provenance. `legacy_list` is the word of the contract: pending, provided or channel_72."""

register_items = Table(
    "register_items",
    metadata,
    Column("item_no", Text, primary_key=True),
    Column("list_id", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("quantity", Text),
    Column("unit", Text),
    Column("provided_on", Text),
    Column("provided_to", Text),
    Column("remarks", Text),
    Column("sequence", _LONG, nullable=False),
    Index("register_items_by_list", "list_id", "place"),
    Index("register_items_by_sequence", "sequence"),
)
"""An item of a list; a row is never changed. `sequence` is the log entry it came in with."""

register_events = Table(
    "register_events",
    metadata,
    Column("sequence", _LONG, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("list_id", Text),
    Column("session", Integer),
    Column("happened_on", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index("register_events_by_session", "session"),
)
"""What happened to lists, items and sessions, each with its written reference; numbered by its log entry."""

register_event_items = Table(
    "register_event_items",
    metadata,
    Column("sequence", _LONG, primary_key=True, autoincrement=False),
    Column("item_no", Text, primary_key=True),
    Column("state", Text),
    Index("register_event_items_by_item", "item_no"),
)
"""The items an event is about, with the state it gave them where it gives one."""

# Clearances and handovers.

clearances = Table(
    "clearances",
    metadata,
    Column("clearance_id", Text, primary_key=True),
    Column("decision_id", Text, nullable=False, unique=True),
    Column("department", Text),
    Column("decided_at", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("sequence", _LONG, nullable=False),
)
"""A clearance, one a decision: the signed note, which says what it allows. A row is never changed."""

handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", Text, primary_key=True),
    Column("clearance_id", Text),
    Column("uses_up", Text, unique=True),
    Column("department", Text),
    Column("request_id", Text),
    Column("case_id", Text),
    Column("handed_over_on", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sequence", _LONG, nullable=False),
    Index("handovers_by_department", "department", "sequence"),
    Index("handovers_by_status", "status", "sequence"),
    Index("handovers_by_case", "case_id"),
)
"""A handover as it was recorded and judged; `content` is what is told of it, as JSON. A row is never changed.

`uses_up` is the clearance that this handover was the first to use, so each clearance stands there once.
"""

transfers = Table(
    "transfers",
    metadata,
    Column("handover_id", Text, primary_key=True),
    Column("recorded_on", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("sequence", _LONG, nullable=False),
)
"""The transfer procedure of a handover, once."""

# Personal data kept apart.

personal_data = Table(
    "personal_data",
    metadata,
    Column("sequence", _LONG, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""The texts that were cut out of entries, by entry and place in what it announces. An erased one holds zeros."""
