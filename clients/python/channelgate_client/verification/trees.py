"""The Merkle tree of the log (RFC 6962, SHA-256): whether an entry stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from channelgate_client.verification.notes import HASH_SIZE


def includes(entry: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether the path shows the entry at `index` in the tree of `size` entries (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(node) != HASH_SIZE for node in path):
        return False
    node = sha256(b"\x00" + entry).digest()
    place, last = index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = _parent(sibling, node)
            while (
                place and not place & 1
            ):  # the last node of an uneven level stands alone, up to where it has a sibling
                place, last = place >> 1, last >> 1
        else:
            node = _parent(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def _parent(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
