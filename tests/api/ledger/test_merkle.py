"""The Merkle tree: the published answers of RFC 6962, and every proof up to 70 leaves against a plain oracle."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.merkle import (
    CompactTree,
    consistency_path,
    consistency_proof,
    inclusion_path,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

MOST = 70
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]

# The test data of certificate-transparency: entries, and the root of the tree over the first n of them.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = """
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()
PATH_OF_5_IN_8 = """
bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
""".split()
FROM_6_TO_8 = """
0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a
ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
""".split()
FROM_2_TO_5 = """
5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
""".split()

sizes = st.integers(1, MOST)
pairs = st.tuples(sizes, sizes).map(sorted)
bits = st.integers(0, 255)


@st.composite
def places(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


def split(size: int) -> int:
    return max(1 << exponent for exponent in range(size.bit_length()) if 1 << exponent < size)


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word, over leaves hashed already."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2, word for word."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def shape(index: int, size: int) -> list[str]:
    """On which side of each node of its path a leaf is, from the leaf up."""
    if size == 1:
        return []
    k = split(size)
    return [*shape(index, k), "left"] if index < k else [*shape(index - k, size - k), "right"]


def flip(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def each_flipped(proof: Sequence[bytes], bit: int) -> list[tuple[bytes, ...]]:
    return [(*proof[:at], flip(node, bit), *proof[at + 1 :]) for at, node in enumerate(proof)]


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert root_of(map(leaf_hash, ENTRIES[:size])).hex() == ROOTS[size]


def test_the_proofs_are_the_published_ones() -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert [node.hex() for node in inclusion_proof(leaves, 5)] == PATH_OF_5_IN_8
    assert [node.hex() for node in consistency_proof(leaves, 6, 8)] == FROM_6_TO_8
    assert [node.hex() for node in consistency_proof(leaves, 2, 5)] == FROM_2_TO_5


@pytest.mark.parametrize("size", range(MOST + 1))
def test_roots_and_proofs_are_those_of_the_recursive_definition(size: int) -> None:
    leaves = LEAVES[:size]
    assert root_of(leaves) == mth(leaves)
    for number in range(size):
        assert list(inclusion_proof(leaves, number)) == path(number, leaves)
        assert list(consistency_proof(leaves, number + 1, size)) == subproof(number + 1, leaves, True)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_proof_of_a_tree_verifies(size: int) -> None:
    leaves, root = LEAVES[:size], mth(LEAVES[:size])
    for number in range(size):
        assert verify_inclusion(leaves[number], number, size, inclusion_proof(leaves, number), root)
        first = number + 1
        proof = consistency_proof(leaves, first, size)
        assert verify_consistency(first, size, mth(leaves[:first]), root, proof)


@given(places(), bits)
def test_an_inclusion_proof_with_a_flipped_bit_fails(place: tuple[int, int], bit: int) -> None:
    index, size = place
    leaf, root, proof = LEAVES[index], mth(LEAVES[:size]), inclusion_proof(LEAVES[:size], index)
    assert not verify_inclusion(flip(leaf, bit), index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, proof, flip(root, bit))
    assert not any(verify_inclusion(leaf, index, size, other, root) for other in each_flipped(proof, bit))
    assert not any(verify_inclusion(leaf, index ^ 1 << at, size, proof, root) for at in range(70))


@given(places(), st.integers(0, 70))
def test_an_inclusion_proof_fails_for_another_size_unless_its_path_has_the_same_shape(
    place: tuple[int, int], bit: int
) -> None:
    index, size = place
    other = size ^ 1 << bit
    alike = index < other and shape(index, other) == shape(index, size)
    proof, root = inclusion_proof(LEAVES[:size], index), mth(LEAVES[:size])
    assert verify_inclusion(LEAVES[index], index, other, proof, root) is alike


@given(places(), sizes)
def test_an_inclusion_proof_fails_for_the_root_of_another_size(place: tuple[int, int], other: int) -> None:
    index, size = place
    proof = inclusion_proof(LEAVES[:size], index)
    assert verify_inclusion(LEAVES[index], index, other, proof, mth(LEAVES[:other])) is (other == size)


@given(pairs, bits)
def test_a_consistency_proof_with_a_flipped_bit_fails(pair: list[int], bit: int) -> None:
    first, second = pair
    roots = mth(LEAVES[:first]), mth(LEAVES[:second])
    proof = consistency_proof(LEAVES, first, second)
    assert not verify_consistency(first, second, flip(roots[0], bit), roots[1], proof)
    assert not verify_consistency(first, second, roots[0], flip(roots[1], bit), proof)
    assert not any(verify_consistency(first, second, *roots, other) for other in each_flipped(proof, bit))


@given(pairs, pairs)
def test_a_consistency_proof_fails_between_other_trees(pair: list[int], others: list[int]) -> None:
    proof = consistency_proof(LEAVES, *pair)
    roots = mth(LEAVES[: others[0]]), mth(LEAVES[: others[1]])
    expected = others == pair or (not proof and others[0] == others[1])
    assert verify_consistency(others[0], others[1], *roots, proof) is expected


def test_a_proof_for_the_wrong_height_fails_even_if_its_hashes_fit() -> None:
    roots = {size: mth(LEAVES[:size]) for size in (2, 3, 4, 7, 8)}
    assert not verify_inclusion(LEAVES[1], 0, 1, LEAVES[:1], roots[2])
    assert not verify_consistency(3, 4, roots[7], roots[8], consistency_proof(LEAVES, 7, 8))
    assert not verify_consistency(7, 8, roots[3], roots[4], consistency_proof(LEAVES, 3, 4))


@given(pairs, bits)
def test_a_proof_that_is_longer_or_shorter_fails(pair: list[int], bit: int) -> None:
    first, second = pair
    root, leaf = mth(LEAVES[:second]), LEAVES[first - 1]
    inclusion, consistency = inclusion_proof(LEAVES[:second], first - 1), consistency_proof(LEAVES, *pair)
    for odd in (
        (*inclusion, LEAVES[0]),
        (LEAVES[0], *inclusion),
        inclusion[:-1] or None,
        inclusion[1:] or None,
    ):
        assert odd is None or not verify_inclusion(leaf, first - 1, second, odd, root)
    for odd in ((*consistency, LEAVES[0]), (LEAVES[0], *consistency), consistency[:-1] or None):
        assert odd is None or not verify_consistency(first, second, mth(LEAVES[:first]), root, odd)


@given(st.lists(st.integers(0, 20), max_size=8))
def test_a_tree_that_grows_by_steps_is_the_tree_over_all(steps: list[int]) -> None:
    tree, size = CompactTree(), 0
    for step in steps:
        leaves = (leaf_hash(bytes([0, number])) for number in range(size, size + step))
        tree = CompactTree.from_bytes(tree.extended(leaves).to_bytes())
        size += step
    assert tree == CompactTree().extended(leaf_hash(bytes([0, number])) for number in range(size))
    assert tree.size == size


def test_extending_leaves_the_tree_itself_as_it_was() -> None:
    tree = CompactTree().extended(LEAVES[:5])
    assert tree.extended(LEAVES[5:]).root == mth(LEAVES)
    assert tree.root == mth(LEAVES[:5])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"1",
        b"0 ",
        b"-1",
        b"+0",
        b"00",
        b"2 " + b"ab" * 31,
        b"2 " + b"AB" * 32,
        b"3 " + b"ab" * 32,
        b"\xff",
    ],
)
def test_a_damaged_state_of_the_tree_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of the readers refuses it does not matter
        CompactTree.from_bytes(content)


def test_what_is_no_hash_is_no_leaf() -> None:
    with pytest.raises(ValueError, match="leaf 1 has 31 bytes"):
        CompactTree().extended([LEAVES[0], LEAVES[1][:-1]])


def test_proofs_of_what_the_tree_does_not_have_are_refused() -> None:
    for index in (-1, 5):
        with pytest.raises(ValueError, match=f"no leaf {index}"):
            inclusion_proof(LEAVES[:5], index)
    for first, second in ((0, 5), (4, 3), (3, 6), (-1, 5)):
        with pytest.raises(ValueError, match="do not lead"):
            consistency_proof(LEAVES[:5], first, second)
        assert not verify_consistency(first, second, mth([]), mth(LEAVES[:5]), ())


@pytest.mark.parametrize("known", [0, 1, 2, 3, 6, 7, 8, 13, 21, 32, 37])
def test_from_its_peaks_on_a_tree_proves_what_comes_without_the_leaves_before(known: int) -> None:
    size = 45
    tree = CompactTree().extended(LEAVES[:known])
    starts = set[int]()

    def later(start: int, end: int) -> bytes:
        starts.add(start)
        return root_of(LEAVES[start:end])

    def root(start: int, end: int) -> bytes:
        return tree.root_of(start, end, later)

    for last in range(known + 1, size + 1):
        for index in range(known, last):
            assert inclusion_path(root, index, last) == inclusion_proof(LEAVES[:last], index)
        for first in range(max(1, known), last + 1):
            assert consistency_path(root, first, last, size) == consistency_proof(LEAVES[:size], first, last)
    assert min(starts) >= known


@pytest.mark.parametrize(("start", "end"), [(0, 1), (2, 4), (3, 6)])
def test_what_lies_within_a_peak_is_not_known(start: int, end: int) -> None:
    tree = CompactTree().extended(LEAVES[:8])
    with pytest.raises(ValueError, match="known only as a part of a larger tree"):
        tree.root_of(start, end, lambda first, last: b"")
