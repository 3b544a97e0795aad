"""The log as lines of JSON that hold the exact bytes of every entry, so that anybody can build its tree anew.

Three sorts of line, in this order: one names the format; one for each signed checkpoint that is stored, the smallest
log first; one for each entry, in the order of the log. All are ASCII. docs/reference/log-export.md describes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from api.ledger.proofs import encoded
from api.ledger.reader import stored_entries, stored_notes

if TYPE_CHECKING:
    from sqlalchemy import Connection

EXPORT_FORMAT = "channelgate log export 1"


def exact_lines(connection: Connection) -> Iterator[str]:
    """Yield the lines of the export; all checkpoints and one batch of entries are held at a time.

    Nothing is checked or parsed: a log that was tampered with is exported as it is stored. The bytes are those that
    the tree is built of, so a text that was detached is null in them, whether it was erased or not.
    """
    yield _line({"format": EXPORT_FORMAT})
    for note in stored_notes(connection):
        yield _line({"checkpoint": note})
    for stored in stored_entries(connection):
        yield _line(
            {"sequence": stored.sequence, "entry": encoded(stored.entry), "leaf": encoded(stored.leaf)}
        )


def _line(members: dict[str, Any]) -> str:
    return json.dumps(members) + "\n"
