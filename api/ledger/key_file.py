"""The file of the signing key, held against the log that its key has signed."""

from __future__ import annotations

from pathlib import Path

from api.ledger.database import Database
from api.ledger.reader import newest_entry
from api.signing.faults import SigningFault


def check_not_empty(key_file: Path, database: Database) -> None:
    """Raise `SigningFault` for an empty key file, as is left where a disk was full or a restoring broke off."""
    if not key_file.is_file() or key_file.stat().st_size:
        return
    with database.reading() as connection:
        is_new = newest_entry(connection) is None
    if is_new:
        raise SigningFault(
            "the file is empty, and so is the log: nothing was signed by a key of it",
            "delete the file; a new key is made at the next start",
        )
    raise SigningFault(
        "the file is empty, but the log has entries, which its key has signed",
        "put its copy back, which no backup holds; without one, delete the file: a new key is made,"
        " and `channelgate log verify` then takes the old and the new verifying key",
    )
