"""The tables behind the console: who has signed in, who is notified, what officers draft, how decisions are found."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from api.ledger.tables import LONG, metadata

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("department", Text),
    Column("credential", Text, nullable=False),
    Column("rests_on", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("used_at", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
    Index("sign_ins_by_name", "name"),
)
"""Who has signed in to the console in which browser. `token_hash` is the SHA-256 of the secret in its cookie."""


webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("place", LONG, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("given_up", Integer, nullable=False),
    Column("tried_at", Text),
    Column("next_at", Text),
    Column("answer", Text),
    Column("disabled_at", Text),
)
"""How far other systems have been notified. `place` is that of the log up to which nothing is left to send.

`failures` are those since the last delivery, `given_up` counts the news that no try delivered within its time.
"""


leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
)
"""Which process does what exactly one may do, and until when it is taken to be alive."""


single_uses = Table(
    "single_uses",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("ends_at", Text, nullable=False),
    Index("single_uses_by_end", "ends_at"),
)
"""What has been used and is not taken again, by the SHA-256 of it, until `ends_at`: by then it is too old anyway."""


policy_drafts = Table(
    "policy_drafts",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("credential", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("base_revision", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Index("policy_drafts_by_change", "updated_at", "draft_id"),
    Index("policy_drafts_by_owner", "owner"),
)
"""Policy changes that officers work on, before anything is proposed. `changes` is JSON: file name -> new text."""
decision_index = Table(
    "decision_index",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("reach", LONG, nullable=False),
)
"""How far the tables below hold the decisions of the log: every entry before `reach`. They are derived from it, by
`api.services.decision_index`; no row yet means that nothing is in them.
"""


decision_rows = Table(
    "decision_rows",
    metadata,
    Column("sequence", LONG, primary_key=True, autoincrement=False),
    Column("day", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Index("decision_rows_by_request", "request_id", "sequence"),
)
"""A decision by its log entry: its day, by the calendar of its policies, and what it was asked about."""


decision_terms = Table(
    "decision_terms",
    metadata,
    Column("number", LONG, primary_key=True, autoincrement=False),
    Column("sort", Text, nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("sort", "value", name="decision_terms_by_value"),
)
"""What decisions are searched by: a country, clause, rule, outcome, revision or department, each with a number."""


decision_places = Table(
    "decision_places",
    metadata,
    Column("term", LONG, primary_key=True, autoincrement=False),
    Column("block", LONG, primary_key=True, autoincrement=False),
    Column("places", LargeBinary, nullable=False),
)
"""Which entries of a block of the log are decisions with a term: a bit for each, the first is the lowest."""


decision_days = Table(
    "decision_days",
    metadata,
    Column("day", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("decisions", LONG, nullable=False),
    Column("first", LONG, nullable=False),
    Column("last", LONG, nullable=False),
)
"""How many decisions of a day had an outcome, and the first and last of their log entries."""
