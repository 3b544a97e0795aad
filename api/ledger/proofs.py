"""Proofs about the log while it is served: of inclusion and of consistency, without reading every leaf each time.

The roots of full blocks of leaves never change, so they are computed once in a process. A proof then reads the leaves
of one or two blocks, and hashes as many nodes as there are blocks.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.ledger.beginnings import find_beginning, first_place
from api.ledger.checkpoints import Checkpoint, parse_checkpoint
from api.ledger.merkle import CompactTree, consistency_path, inclusion_path, root_of
from api.ledger.reader import find_stored_decision, leaves_between, newest_entry, newest_note
from api.ledger.tables import checkpoints

if TYPE_CHECKING:
    from sqlalchemy import Connection

BLOCK = 512
READ_BLOCKS = 64
"""So many blocks are read at once where their roots are not known yet."""


class EarlierEntry(Exception):  # reported to callers, like a fault of the policies
    """What was looked for is an entry that an earlier log proves: that which ended at `place`."""

    def __init__(self, sequence: int, place: int) -> None:
        super().__init__(
            f"Entry {sequence} was carried over; its proof is in the log that ended at {place} entries."
        )


@dataclass(frozen=True, slots=True)
class ProofBlocks:
    """The roots of the full blocks of one log, as far as they were needed; threads may share it.

    Of a log that was continued they are those of its own entries.
    """

    _roots: dict[int, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _earlier: list[CompactTree] = field(default_factory=list)

    def root(self, connection: Connection, start: int, end: int) -> bytes:
        """Return the root of the leaves from `start` up to before `end`, which make a subtree. Raises ValueError."""
        return self._tree_before(connection).root_of(start, end, partial(self._root, connection))

    def _root(self, connection: Connection, start: int, end: int) -> bytes:
        if end - start < BLOCK:
            return root_of(leaves_between(connection, start, end))
        first, last = start // BLOCK, end // BLOCK
        self._reach(connection, last)
        rest = leaves_between(connection, last * BLOCK, end)
        known = [self._roots[block] for block in range(first, last)]
        return root_of([*known, *([root_of(rest)] if rest else [])])

    def _tree_before(self, connection: Connection) -> CompactTree:
        """The tree that the log goes on from; the empty one, but for a log that was continued."""
        if not self._earlier:
            beginning = find_beginning(connection)
            self._earlier.append(beginning.tree if beginning else CompactTree())
        return self._earlier[0]

    def _next_block(self, connection: Connection) -> int:
        """The first block whose root is not known yet, of those that have no entry of an earlier log."""
        first = -(-self._tree_before(connection).size // BLOCK)
        return first + len(self._roots)

    def learn(self, connection: Connection) -> bool:
        """Learn the root of the next block; False where the log has no further full one. Raises ValueError."""
        following = self._next_block(connection) + 1
        newest = newest_entry(connection)
        if newest is None or newest + 1 < following * BLOCK:
            return False
        self._reach(connection, following)
        return True

    def _reach(self, connection: Connection, blocks: int) -> None:
        """Learn the roots of the first blocks."""
        with self._lock:
            while (known := self._next_block(connection)) < blocks:
                until = min(blocks, known + READ_BLOCKS)
                leaves = leaves_between(connection, known * BLOCK, until * BLOCK)
                if len(leaves) != (until - known) * BLOCK:
                    raise ValueError("entries of the log are missing; `channelgate log verify` says which")
                for block in range(known, until):
                    at = (block - known) * BLOCK
                    self._roots[block] = root_of(leaves[at : at + BLOCK])


def prove_decision(connection: Connection, blocks: ProofBlocks, decision_id: str) -> dict[str, Any] | None:
    """Return the proof that a decision is under the newest checkpoint, as plain data; None if there is none.

    Raises `EarlierEntry`, and ValueError, `SigningFault` if the log is not as it was written.
    """
    stored = find_stored_decision(connection, decision_id)
    if stored is None:
        return None
    if stored.sequence < (place := first_place(connection)):
        raise EarlierEntry(stored.sequence, place)
    note = newest_note(connection)
    checkpoint = parse_checkpoint(note).checkpoint

    def root(start: int, end: int) -> bytes:
        return blocks.root(connection, start, end)

    return {
        "sequence": stored.sequence,
        "size": checkpoint.size,
        "root": encoded(checkpoint.root),
        "inclusion_proof": [*map(encoded, inclusion_path(root, stored.sequence, checkpoint.size))],
        "entry": encoded(stored.entry),
        "checkpoint": note,
    }


def prove_consistency(connection: Connection, blocks: ProofBlocks, first: str, second: str) -> dict[str, Any]:
    """Return the proof that the note `second` of the log continues its note `first`, as plain data.

    Raises ValueError, `SigningFault`.
    """
    older, newer = parse_checkpoint(first).checkpoint, parse_checkpoint(second).checkpoint

    def root(start: int, end: int) -> bytes:
        return blocks.root(connection, start, end)

    size = parse_checkpoint(newest_note(connection)).checkpoint.size
    path = consistency_path(root, older.size, newer.size, size)
    return {"first": first, "second": second, "consistency_proof": [*map(encoded, path)]}


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed checkpoint that the ledger stores."""

    note: str
    checkpoint: Checkpoint


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """Return the newest checkpoint; None before the first entry. Raises `SigningFault`."""
    note = newest_note(connection)
    return StoredCheckpoint(note, parse_checkpoint(note).checkpoint) if note else None


def page_of_checkpoints(connection: Connection, before: int, limit: int) -> list[StoredCheckpoint]:
    """Return at most `limit` stored checkpoints of smaller logs than `before`, the newest first.

    Raises `SigningFault`.
    """
    query = select(checkpoints.c.note).where(checkpoints.c.size < before)
    notes = connection.execute(query.order_by(checkpoints.c.size.desc()).limit(limit)).scalars()
    return [StoredCheckpoint(note, parse_checkpoint(note).checkpoint) for note in notes]


def find_checkpoint(connection: Connection, size: int) -> StoredCheckpoint | None:
    """Return the stored checkpoint of a log of this size, or the newest one if it is that. Raises `SigningFault`."""
    newest = newest_checkpoint(connection)
    if newest is not None and newest.checkpoint.size == size:
        return newest
    note = connection.execute(select(checkpoints.c.note).where(checkpoints.c.size == size)).scalar()
    return None if note is None else StoredCheckpoint(note, parse_checkpoint(note).checkpoint)


def encoded(content: bytes) -> str:
    """Return bytes in base64."""
    return b64encode(content).decode()
