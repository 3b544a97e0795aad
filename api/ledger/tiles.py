"""The tree of the log as tiles that other programs read (C2SP tlog-tiles): 256 hashes each, of one level.

A tile of level 0 holds hashes of leaves, one of level L the roots of 256**L leaves each. Entry bundles are not made:
an entry of the log may be larger than the 65,535 bytes that they take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from api.ledger.beginnings import first_place
from api.ledger.merkle import HASH_SIZE, root_of
from api.ledger.proofs import ProofBlocks
from api.ledger.reader import leaves_between

if TYPE_CHECKING:
    from sqlalchemy import Connection

TILE_WIDTH = 256
MAX_LEVEL = 63
_PATH = re.compile(r"([0-9]|[1-9][0-9])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_READ_LEVELS = 2
"""Tiles of these levels are made of the leaves, in one query of at most 65,536; higher ones of known roots."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The place of a tile: its level, its index in the level, and how many hashes it holds, 1 to 256."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """The path behind `tile/`."""
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"{self.level}/{index_path(self.index)}{partial}"

    @property
    def leaves(self) -> range:
        """The leaves below it, in steps of those that one of its hashes covers."""
        covered = TILE_WIDTH**self.level
        start = self.index * TILE_WIDTH * covered
        return range(start, start + self.width * covered, covered)


def index_path(index: int) -> str:
    """Return an index as a path: in groups of three digits, all but the last with an x before them."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def parse_tile_path(path: str) -> Tile | None:
    """Return the tile that a path behind `tile/` names; None for what is no path of one, in its one spelling."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    index = int(found[2].replace("x", "").replace("/", ""))
    tile = Tile(int(found[1]), index, int(found[3] or TILE_WIDTH))
    return tile if tile.level <= MAX_LEVEL and tile.path == path else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile of a log of a size: of each level the full ones, then the partial one if there is any."""
    level, hashes = 0, size
    while hashes:
        for index in range(hashes // TILE_WIDTH):
            yield Tile(level, index, TILE_WIDTH)
        if rest := hashes % TILE_WIDTH:
            yield Tile(level, hashes // TILE_WIDTH, rest)
        level, hashes = level + 1, hashes // TILE_WIDTH


def read_tile(connection: Connection, blocks: ProofBlocks, tile: Tile, size: int) -> bytes | None:
    """Return the hashes of a tile, 32 bytes each; None where a log of `size` entries does not fill it so far.

    Of a log that goes on from an earlier one there are only tiles of its own entries. Raises ValueError where entries
    are missing.
    """
    leaves = tile.leaves
    if leaves.stop > size or leaves.start < first_place(connection):
        return None
    if tile.level >= _READ_LEVELS:
        return b"".join(blocks.root(connection, start, start + leaves.step) for start in leaves)
    found = leaves_between(connection, leaves.start, leaves.stop)
    if len(found) != leaves.stop - leaves.start or any(len(leaf) != HASH_SIZE for leaf in found):
        raise ValueError("entries of the log are missing; `channelgate log verify` says which")
    bounds = range(0, len(found) + 1, leaves.step)
    return b"".join(root_of(found[start:end]) for start, end in pairwise(bounds))
