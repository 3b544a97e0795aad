"""The check of a log where it is stored: from its first entry, or from what it was continued with."""

from __future__ import annotations

from sqlalchemy import Connection

from api.ledger.beginnings import find_beginning
from api.ledger.key_succession import TrustedKeys
from api.ledger.reader import stored_entries, stored_notes
from api.ledger.verifier import LogVerification, verify_log


def verify_stored_log(connection: Connection, keys: TrustedKeys, anchor: str | None) -> LogVerification:
    """Check every entry of the log in a database, as `verify_log` does.

    A log whose beginning cannot be read is checked from entry 0, so that what is missing is named.
    """
    try:
        beginning = find_beginning(connection)
    except ValueError:
        beginning = None
    return verify_log(stored_entries(connection), stored_notes(connection), keys, anchor, beginning)
