"""Where a log begins and ends: one that was continued goes on from the tree of an earlier log, which was closed.

Of the earlier entries some are carried over, each at its place; the first entry of its own names the tree before it
and a digest of them. It stands under the checkpoints that follow, so naming another beginning takes the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from api.ledger.checkpoints import parse_checkpoint
from api.ledger.database import Database, StoreUnavailable
from api.ledger.deduplication import as_bytes
from api.ledger.entries import Entry, EntryKind
from api.ledger.key_succession import TrustedKeys
from api.ledger.merkle import CompactTree, leaf_hash
from api.ledger.sql import fetch_all
from api.ledger.stored_entries import newest_place
from api.ledger.tables import log_entries
from api.signing.faults import SigningFault

if TYPE_CHECKING:
    from api.ledger.verifier import StoredEntry

INTO = "into"
"""The member of the last entry of a closed log: where the log goes on."""
_TREE, _NOTE, _CARRIED, _DIGEST = "tree", "checkpoint", "carried", "digest"
_PLACE_BYTES = 8
_CLOSING = f"SELECT entry FROM {log_entries.name} WHERE sequence = ? AND kind = ?"


@dataclass(frozen=True, slots=True)
class Beginning:
    """The tree of the earlier log, its signed checkpoint, and of the entries carried over their number and digest."""

    tree: CompactTree
    note: str
    carried: int
    digest: str

    @property
    def place(self) -> int:
        """The place of the first entry of this log itself; the earlier log had so many."""
        return self.tree.size

    def members(self) -> dict[str, Any]:
        """Return what the first entry says."""
        tree = self.tree.to_bytes().decode()
        return {_TREE: tree, _NOTE: self.note, _CARRIED: self.carried, _DIGEST: self.digest}

    def faults(self, keys: TrustedKeys) -> Iterator[str]:
        """Yield why the checkpoint of the earlier log does not vouch for the tree, if it does not."""
        try:
            signed = parse_checkpoint(self.note)
            keys.verify(signed.note, signed.checkpoint.size)
        except SigningFault as fault:
            yield (
                f"entry {self.place}: the checkpoint of the earlier log proves nothing: {fault.fact}; {fault.remedy}"
            )
            return
        if (signed.checkpoint.size, signed.checkpoint.root) != (self.tree.size, self.tree.root):
            yield f"entry {self.place}: the tree that it goes on from is not that of the earlier log's checkpoint"


def read_beginning(entry: bytes, sequence: int) -> Beginning:
    """Return what the first entry of a log that was continued says. Raises ValueError for bytes that say nothing."""
    try:
        members = Entry.from_bytes(entry).members
        tree = CompactTree.from_bytes(members[_TREE].encode())
        beginning = Beginning(tree, str(members[_NOTE]), int(members[_CARRIED]), str(members[_DIGEST]))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"entry {sequence} does not say what the log goes on from") from error
    if beginning.place != sequence:
        raise ValueError(f"entry {sequence} says that it is entry {beginning.place}")
    return beginning


def find_beginning(connection: Connection) -> Beginning | None:
    """Return what the log goes on from; None for one that begins with its first entry. Raises ValueError."""
    query = select(log_entries.c.sequence, log_entries.c.entry).where(
        log_entries.c.kind == EntryKind.CONTINUED
    )
    row = connection.execute(query.order_by(log_entries.c.sequence.desc()).limit(1)).first()
    return None if row is None else read_beginning(as_bytes(row.entry), row.sequence)


def first_place(connection: Connection) -> int:
    """Return the place of the first entry of the log itself: 0, or where it goes on from an earlier one."""
    query = select(func.max(log_entries.c.sequence)).where(log_entries.c.kind == EntryKind.CONTINUED)
    found: int | None = connection.execute(query).scalar()
    return found or 0


def require_open(connection: Connection, size: int) -> None:
    """Raise StoreUnavailable if the last of `size` entries closed the log."""
    for (stored,) in fetch_all(connection, _CLOSING, size - 1, EntryKind.CLOSED.value):
        into = Entry.from_bytes(as_bytes(stored)).members.get(INTO)
        raise StoreUnavailable(f"it was closed with its entry {size - 1}; the log goes on in {into}")


def closed_into(connection: Connection) -> str | None:
    """Return where a closed log goes on; None for one that is open. Raises ValueError."""
    columns = log_entries.c
    query = select(columns.sequence, columns.kind, columns.entry).order_by(columns.sequence.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None or row.kind != EntryKind.CLOSED or row.sequence != newest_place(connection):
        return None
    return str(Entry.from_bytes(as_bytes(row.entry)).members.get(INTO))


def check_open(database: Database) -> None:
    """Raise StoreUnavailable if the log in a database was closed."""
    with database.reading() as connection:
        if (last := newest_place(connection)) is not None:
            require_open(connection, last + 1)


@dataclass(slots=True)
class CarriedEntries:
    """The entries before the beginning, as they pass by: counted, and digested by place and hash."""

    count: int = 0
    findings: list[str] = field(default_factory=list)
    _digest: Any = field(default_factory=sha256)

    def add(self, sequence: int, leaf: bytes) -> None:
        """Take the next entry; they come in their order."""
        self.count += 1
        self._digest.update(sequence.to_bytes(_PLACE_BYTES, "big", signed=True) + leaf)

    @property
    def digest(self) -> str:
        """SHA-256 over place (eight bytes, big-endian) and hash of each entry, in hexadecimal."""
        return str(self._digest.hexdigest())

    def pass_by(self, rows: Iterable[StoredEntry], beginning: Beginning) -> Iterator[StoredEntry]:
        """Yield the rows from the beginning on; check those before, which come first."""
        before = True
        for row in rows:
            if before and row.sequence < beginning.place:
                leaf = leaf_hash(row.entry)
                self.add(row.sequence, leaf)
                if leaf != row.leaf:
                    self.findings.append(
                        f"entry {row.sequence}: its bytes do not fit the leaf stored beside them"
                    )
                continue
            if before:
                before = False
                self._compare(beginning)
            yield row
        if before:
            self._compare(beginning)

    def _compare(self, beginning: Beginning) -> None:
        if (self.count, self.digest) != (beginning.carried, beginning.digest):
            self.findings.append(
                f"entries before {beginning.place}: they are not those that were carried over from the earlier log;"
                " one was altered, added or removed"
            )
