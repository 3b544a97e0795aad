"""Whether a log goes on from another one: its tree is the tree of that one, and what it carries stands there too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from api.ledger.beginnings import Beginning
from api.ledger.merkle import leaf_hash
from api.ledger.verifier import LogVerification, StoredEntry

if TYPE_CHECKING:
    from collections.abc import Callable


def compare_joined(
    beginning: Beginning,
    earlier: LogVerification,
    carried: Iterable[StoredEntry],
    entries: Callable[[], Iterable[StoredEntry]],
) -> Iterator[str]:
    """Yield where a log does not go on from the `earlier` one, whose entries are read anew by `entries`.

    `carried` are the entries of the log before its beginning, in their order. Both are read to their ends.
    """
    tree = beginning.tree
    if (earlier.size, earlier.root) != (tree.size, tree.root):
        yield (
            f"entry {beginning.place}: it goes on from a log of {tree.size} entries; this is another one, or"
            f" not the whole of it, with {earlier.size} entries"
        )
        return
    ahead = iter(carried)
    row = next(ahead, None)
    for stored in entries():
        if row is not None and row.sequence == stored.sequence:
            if leaf_hash(row.entry) != leaf_hash(stored.entry):
                yield f"entry {row.sequence}: it is not the one that the earlier log has at its place"
            row = next(ahead, None)
    if row is not None:
        yield f"entry {row.sequence}: the earlier log has none at its place"
