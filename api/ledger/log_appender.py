"""Appending to the log within a transaction: its tree is locked, extended by the new entries, and signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

from sqlalchemy import Connection, insert, select

from api.ledger.beginnings import require_open
from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.decision_groups import arrange
from api.ledger.deduplication import RecurringTexts
from api.ledger.detached_texts import store_detached
from api.ledger.group_commit import GivenEntry
from api.ledger.merkle import CompactTree
from api.ledger.prepared_entries import DerivedRows, Preparation, PreparedEntry, deduplicated, recurring_in
from api.ledger.sql import fetch_one, insert_rows, run_text
from api.ledger.tables import checkpoints, decision_groups, log_entries, log_state
from api.signing.keys import SigningKey

CHECKPOINT_EVERY = 1000
"""One checkpoint is stored for this many entries; the newest is always stored, in `log_state`."""


class LogAppender:
    """Appends entries to the log for one writer, with the texts of the facts that `erasable` returns
    detached.

    The key that `key` returns signs. `count_bytes` is called with the size of the rows of each transaction;
    `derived_rows` follow from its entries.
    """

    def __init__(
        self,
        origin: str,
        key: Callable[[], SigningKey],
        erasable: Callable[[], Set[str]],
        count_bytes: Callable[[int], None],
        derived_rows: DerivedRows | None = None,
    ) -> None:
        self._origin = origin
        self._key = key
        self._count_bytes = count_bytes
        self._preparation = Preparation(erasable, derived_rows)
        self._texts = RecurringTexts()

    def append(self, connection: Connection, tree: CompactTree, entries: Sequence[GivenEntry]) -> CompactTree:
        """Add entries to the log, whose tree this transaction has locked; return the tree they make, signed."""
        leaves = self._prepared(connection, entries)
        self._preparation.add_rows(connection, tree.size, leaves)
        store_detached(connection, tree.size, [leaf.texts for leaf in leaves])
        alone, groups = arrange(tree.size, leaves)
        insert_rows(connection, log_entries, alone)
        insert_rows(connection, decision_groups, groups)
        self._count_bytes(sum([len(row.entry) for row in alone]) + sum([len(row.content) for row in groups]))
        extended = tree.extended([leaf.hash for leaf in leaves])
        note = sign_checkpoint(Checkpoint(self._origin, extended.size, extended.root), self._key())
        run_text(connection, _STORE_STATE, extended.to_bytes().decode(), note)
        if extended.size // CHECKPOINT_EVERY > tree.size // CHECKPOINT_EVERY:
            connection.execute(insert(checkpoints), {"size": extended.size, "note": note})
        return extended

    def store_texts(self, connection: Connection, texts: Sequence[bytes]) -> list[int]:
        """Store texts that recur in the entries of another process, and return their numbers."""
        return self._texts.store_all(connection, texts)

    def roll_back(self) -> None:
        """Drop what was cached about a transaction that was rolled back."""
        self._texts.forget()

    def _prepared(self, connection: Connection, entries: Sequence[GivenEntry]) -> list[PreparedEntry]:
        """The entries in their order, those that no other process has prepared as well."""
        whole = self._preparation.finish([one for one in entries if not isinstance(one, PreparedEntry)])
        self._texts.store_repeated(connection, recurring_in(whole, self._texts))
        prepared = deduplicated(whole, self._texts)
        if len(prepared) == len(entries):
            return prepared
        left = iter(prepared)
        return [one if isinstance(one, PreparedEntry) else next(left) for one in entries]


def lock_tree(connection: Connection, known: CompactTree | None = None) -> CompactTree:
    """Return the tree as the last writer left it, locked until this transaction ends.

    It is the one that is `known`, if that is still so. Raises StoreUnavailable if the last writer closed the log.
    """
    (state,) = fetch_one(connection, _LOCKED_TREE)
    stored = str(state).encode()
    tree = known if known is not None and known.to_bytes() == stored else CompactTree.from_bytes(stored)
    require_open(connection, tree.size)
    return tree


_LOCKED_TREE = select(log_state.c.tree).with_for_update()
_STORE_STATE = f"UPDATE {log_state.name} SET tree = ?, note = ?"
