"""The Merkle tree over the decision log (RFC 6962, section 2.1, SHA-256): its root and the proofs about it.

A tree is given by the hashes of its leaves, in order. Nothing here reads entries, files or the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256

HASH_SIZE = 32
_LEAF, _NODE = b"\x00", b"\x01"

RangeRoot = Callable[[int, int], bytes]
"""Returns the root of the leaves from a first one up to before another, such as make a subtree."""


def leaf_hash(*entry: bytes) -> bytes:
    """Return the hash under which an entry stands in the tree; its bytes may be given in parts."""
    return sha256(b"".join((_LEAF, *entry))).digest()


@dataclass(frozen=True, slots=True)
class CompactTree:
    """All that is needed of a tree to append to it: the roots of its full subtrees, from left to right.

    There is one peak for each bit set in `size`, the largest subtree first. Raises `ValueError` otherwise.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count() or not _are_hashes(self.peaks):
            raise ValueError(f"these are not the peaks of a tree of {self.size} leaves")

    def extended(self, leaf_hashes: Iterable[bytes]) -> CompactTree:
        """Return the tree with further leaves; takes constant memory. Raises `ValueError` for what is no hash."""
        size, peaks = self.size, list(self.peaks)
        for node in leaf_hashes:
            if len(node) != HASH_SIZE:
                raise ValueError(f"the hash of leaf {size} has {len(node)} bytes instead of {HASH_SIZE}")
            carry = size
            while carry & 1:  # written out: appending is little else
                node = sha256(_NODE + peaks.pop() + node).digest()
                carry >>= 1
            peaks.append(node)
            size += 1
        return CompactTree(size, tuple(peaks))

    def root_of(self, start: int, end: int, later: RangeRoot) -> bytes:
        """Return the root of leaves from `start` up to before `end`, as far as it can be known from the peaks.

        Leaves after those of this tree are given by `later`. Raises `ValueError` for a part that lies within a peak.
        """
        if start >= self.size:
            return later(start, end)
        at = 0
        for peak in self.peaks:
            width = 1 << ((self.size - at).bit_length() - 1)
            if (at, at + width) == (start, end):
                return peak
            at += width
        if end - start < 2:
            raise ValueError(f"leaf {start} is known only as a part of a larger tree")
        middle = start + _left_size(end - start)
        return _node_hash(self.root_of(start, middle, later), self.root_of(middle, end, later))

    @property
    def root(self) -> bytes:
        """The hash that commits to every leaf and its place; of an empty tree, the hash of nothing."""
        if not self.peaks:
            return sha256().digest()
        return reduce(lambda right, left: _node_hash(left, right), reversed(self.peaks))

    def to_bytes(self) -> bytes:
        """Return the size in decimal and the peaks in hexadecimal, separated by spaces."""
        return " ".join([str(self.size), *(peak.hex() for peak in self.peaks)]).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> CompactTree:
        """Return the tree that `to_bytes` wrote. Raises `ValueError` for anything else."""
        size, *peaks = content.decode("ascii").split(" ")
        tree = cls(int(size), tuple(map(bytes.fromhex, peaks)))
        if tree.to_bytes() != content:
            raise ValueError("the state of the tree was not written by this program")
        return tree


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over these leaves."""
    return CompactTree().extended(leaf_hashes).root


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of a leaf, counted from 0, from the leaf up (RFC 6962, 2.1.1).

    Raises `ValueError` for a leaf that the tree does not have.
    """
    return inclusion_path(_roots_in(leaf_hashes), index, len(leaf_hashes))


def inclusion_path(root: RangeRoot, index: int, size: int) -> tuple[bytes, ...]:
    """Return what `inclusion_proof` does, of a tree of `size` leaves that is given by the roots of its parts."""
    start, end = 0, size
    if not start <= index < end:
        raise ValueError(f"a tree of {end} leaves has no leaf {index}")
    path = []
    while end - start > 1:
        middle = start + _left_size(end - start)
        if index < middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(start, middle))
            start = middle
    return tuple(reversed(path))


def verify_inclusion(entry_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether the proof shows the leaf at `index` in the tree of `size` leaves (RFC 9162, 2.1.3.2).

    Take `size` and `root` from one signed checkpoint: a root alone does not determine its size, and the paths of
    trees of several sizes can have one shape.
    """
    if not 0 <= index < size or not _are_hashes((entry_hash, *proof)):
        return False
    node, place, last = entry_hash, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = _node_hash(sibling, node)
            place, last = _climb_to_right_child(place, last)
        else:
            node = _node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaf_hashes: Sequence[bytes], first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of `second` leaves continues that of `first` (RFC 6962, 2.1.2).

    Raises `ValueError` unless 0 < first <= second <= the number of leaves: an empty tree proves nothing.
    """
    return consistency_path(_roots_in(leaf_hashes), first, second, len(leaf_hashes))


def consistency_path(root: RangeRoot, first: int, second: int, size: int) -> tuple[bytes, ...]:
    """Return what `consistency_proof` does, of a tree of `size` leaves that is given by the roots of its parts."""
    if not 0 < first <= second <= size:
        raise ValueError(f"{size} leaves do not lead from a tree of {first} to one of {second}")
    start, end = 0, second
    path = []
    while end != first:
        middle = start + _left_size(end - start)
        if first <= middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(start, middle))
            start = middle
    if start:  # otherwise the subtree is the first tree itself, whose root the verifier has
        path.append(root(start, end))
    return tuple(reversed(path))


def _roots_in(leaf_hashes: Sequence[bytes]) -> RangeRoot:
    return lambda start, end: root_of(leaf_hashes[start:end])


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether the proof shows that the second tree continues the first (RFC 9162, 2.1.4.2).

    Take each size with its root from one signed checkpoint, as for `verify_inclusion`.
    """
    if not 0 < first <= second or not _are_hashes((first_root, second_root, *proof)):
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof:
        return False
    seed, *path = (first_root, *proof) if first.bit_count() == 1 else proof
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = seed
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _node_hash(sibling, old), _node_hash(sibling, new)
            place, last = _climb_to_right_child(place, last)
        else:
            new = _node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _climb_to_right_child(place: int, last: int) -> tuple[int, int]:
    """Skip the levels where the last node of an uneven tree has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _left_size(size: int) -> int:
    """Return the largest power of two below `size`: the leaves of the left subtree."""
    return 1 << ((size - 1).bit_length() - 1)


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
