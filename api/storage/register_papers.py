"""Final papers, read from the log itself: no table holds anything of them besides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from api.ledger.entries import PAGE, EntryKind
from api.ledger.reader import find_entry
from api.ledger.tables import log_entries

_HEAD_BYTES = 4096
"""The line before the page is shorter than this; the page itself is not read for a list."""
_OF_PAPERS = log_entries.c.kind == EntryKind.REGISTER_PAPER.value


def paper_key(number: int) -> str:
    """Return the key of the entry of a final paper; keys are in the order of the numbers."""
    return f"paper-{number:09d}"


def count_papers(connection: Connection) -> int:
    """Return how many final papers there are, which is the number of the newest."""
    newest = select(func.max(log_entries.c.key)).where(_OF_PAPERS)
    key = connection.execute(newest).scalar()
    return 0 if key is None else int(key.rpartition("-")[2])


def load_papers(connection: Connection, *, before: int | None = None, limit: int) -> list[dict[str, Any]]:
    """Return what is stated of final papers, the newest first; `before` leaves out those from that number on."""
    head = func.substr(log_entries.c.entry, 1, _HEAD_BYTES).label("head")
    query = select(log_entries.c.sequence, head).where(_OF_PAPERS)
    if before is not None:
        query = query.where(log_entries.c.key < paper_key(before))
    rows = connection.execute(query.order_by(log_entries.c.key.desc()).limit(limit))
    return [_stated(row.sequence, json.loads(bytes(row.head).partition(b"\n")[0])) for row in rows]


def find_paper(connection: Connection, number: int) -> tuple[Mapping[str, Any], bytes] | None:
    """Return what is stated of a final paper, and its page byte for byte."""
    entry = find_entry(connection, EntryKind.REGISTER_PAPER, paper_key(number))
    if entry is None:
        return None
    of_key = select(log_entries.c.sequence).where(_OF_PAPERS, log_entries.c.key == paper_key(number))
    sequence = connection.execute(of_key).scalar_one()
    return _stated(sequence, {**entry.members, "at": entry.at.isoformat()}), entry.payloads[PAGE]


def _stated(sequence: int, line: Mapping[str, Any]) -> dict[str, Any]:
    return {"sequence": sequence, "session": None, "list_id": None, **line}
