"""The form of an archive: its columns, the metadata that prove them, and the row of an entry.

pyarrow is imported once an archive is written or read: an installed service needs it for nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from api.ledger.entries import Entry
from api.ledger.verifier import StoredEntry
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey

EDITION = 1
"""The number of the form described here; another one is not read."""
NO_ENTRY = (ValueError, LookupError, TypeError, AttributeError)
"""What reading bytes that are no entry can raise."""
_METADATA = b"channelgate.archive"


class ArchiveFault(Exception):  # reported to an operator, like a fault of the policies
    """Why an archive is not made or not read, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


def row_of(stored: StoredEntry) -> dict[str, Any]:
    """The row of an entry, by its bytes. Raises ValueError and the like for bytes that are none."""
    entry = Entry.from_bytes(stored.entry)
    return {
        "sequence": stored.sequence,
        "kind": entry.kind.value,
        "key": entry.key,
        "recorded_at": entry.at,
        "entry": stored.entry,
        "leaf": stored.leaf,
    }


def stored_in(row: dict[str, Any]) -> StoredEntry:
    """Return the entry of a row."""
    return StoredEntry(row["sequence"], row["entry"], row["leaf"])


def state_metadata(checkpoints: Sequence[str], keys: Sequence[VerifyingKey]) -> bytes:
    """Return the metadata of an archive: the checkpoints over its entries, and the keys that the log names."""
    texts = [key.format() for key in keys]
    return json.dumps({"edition": EDITION, "checkpoints": checkpoints, "verifying_keys": texts}).encode()


def read_metadata(opened: Any) -> tuple[tuple[str, ...], tuple[VerifyingKey, ...]]:
    """The checkpoints and keys of an archive. Raises `ArchiveFault` for a file of another form."""
    metadata = opened.schema_arrow.metadata or {}
    try:
        stated = json.loads(metadata[_METADATA])
        if stated["edition"] != EDITION or not opened.schema_arrow.equals(schema_of(b"")):
            raise ValueError(f"edition {stated['edition']}")
        keys = tuple(VerifyingKey.parse(text) for text in stated["verifying_keys"])
        return tuple(map(str, stated["checkpoints"])), keys
    except (KeyError, TypeError, ValueError, SigningFault) as fault:
        raise ArchiveFault(
            f"it is no archive of a log that this version reads ({fault})",
            "name a file that `channelgate log archive` has made",
        ) from fault


def schema_of(metadata: bytes) -> Any:
    """Return the columns of an archive as pyarrow has them, with its metadata."""
    arrow = import_pyarrow()
    types = {
        "sequence": arrow.int64(),
        "kind": arrow.string(),
        "key": arrow.string(),
        "recorded_at": arrow.timestamp("us", "UTC"),
        "entry": arrow.binary(),
        "leaf": arrow.binary(),
    }
    fields = [arrow.field(name, type_, nullable=False) for name, type_ in types.items()]
    return arrow.schema(fields, {_METADATA: metadata})


def import_pyarrow() -> Any:
    """Return pyarrow. Raises `ArchiveFault` if it is not installed."""
    try:
        import pyarrow
    except ImportError as error:
        raise ArchiveFault(
            "the libraries for tables are not installed",
            "install them where channelgate is installed from, in a checkout: pip install -e '.[tables]'",
        ) from error
    return pyarrow


def import_parquet() -> Any:
    """Return the module of pyarrow that reads and writes Parquet. Raises `ArchiveFault` if it is not installed."""
    import_pyarrow()
    import pyarrow.parquet

    return pyarrow.parquet
