"""The tables of the office, beside those of the log: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from api.ledger.tables import LONG, metadata

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
    Column("sequence", LONG, nullable=False),
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
    Column("sequence", LONG, nullable=False),
    Index("case_facts_by_sequence", "sequence"),
)
"""The facts of cases, counted from 1 in each; a row is never changed. `value` is JSON, `sequence` its log entry."""


urgencies = Table(
    "urgencies",
    metadata,
    Column("sequence", LONG, primary_key=True, autoincrement=False),
    Column("decision_id", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("waiting_for", Text),
    Index("urgencies_by_request", "request_id", "department", "sequence"),
    Index("urgencies_by_decision", "decision_id"),
)
"""Whether a request is urgent, by its pre-checks: a row for each urgent decision, and for the first after it that is
not. `waiting_for` are the parties that have something to do, as JSON; null where the request is urgent no longer.
A row is never changed.
"""


answered_calls = Table(
    "answered_calls",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("version", Integer),
    Column("answer", Text, nullable=False),
)
"""The response stored under an Idempotency-Key; `call` is the hash of the address and of what the body says."""


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
    Column("sequence", LONG, nullable=False),
)
"""A list with its provenance. `legacy_list` is the word by which the directive sorts it."""


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
    Column("sequence", LONG, nullable=False),
    Index("register_items_by_list", "list_id", "place"),
    Index("register_items_by_sequence", "sequence"),
)
"""An item of a list; a row is never changed. `sequence` is the log entry it came in with."""


register_events = Table(
    "register_events",
    metadata,
    Column("sequence", LONG, primary_key=True, autoincrement=False),
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
    Column("sequence", LONG, primary_key=True, autoincrement=False),
    Column("item_no", Text, primary_key=True),
    Column("state", Text),
    Index("register_event_items_by_item", "item_no"),
)
"""The items an event is about, with the state it gave them where it gives one."""


clearances = Table(
    "clearances",
    metadata,
    Column("clearance_id", Text, primary_key=True),
    Column("decision_id", Text, nullable=False, unique=True),
    Column("department", Text),
    Column("decided_at", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("sequence", LONG, nullable=False),
)
"""A clearance, one a decision: the signed note, which states what it allows. A row is never changed."""


handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", Text, primary_key=True),
    Column("clearance_id", Text),
    Column("uses_up", Text),
    Column("department", Text),
    Column("request_id", Text),
    Column("case_id", Text),
    Column("handed_over_on", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sequence", LONG, nullable=False),
    Index("handovers_by_department", "department", "sequence"),
    Index("handovers_by_status", "status", "sequence"),
    Index("handovers_by_case", "case_id"),
    Index("handovers_by_clearance", "uses_up"),
    Index("handovers_by_sequence", "sequence"),
)
"""A handover as it was recorded and assessed; `content` is its answer, as JSON. A row is never changed.

`uses_up` is the clearance that nobody else can use after this handover, unless it is superseded by who decides.
"""


handover_corrections = Table(
    "handover_corrections",
    metadata,
    Column("superseded", Text, primary_key=True),
    Column("superseded_by", Text),
    Column("role", Text, nullable=False),
    Column("sequence", LONG, nullable=False),
    Index("handover_corrections_by_handover", "superseded_by"),
)
"""Which handover was superseded by which, each once, and in which role; both stay, and the later one counts.

A handover that was withdrawn is superseded by none: nothing counts in its place.
"""


transfers = Table(
    "transfers",
    metadata,
    Column("handover_id", Text, primary_key=True),
    Column("recorded_on", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("sequence", LONG, nullable=False),
)
"""The transfer procedure of a handover, once."""
