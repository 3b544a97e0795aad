"""Tiles of the tree: their paths, which there are of a size, and that roots of any size follow from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.database import Database
from api.ledger.merkle import root_of
from api.ledger.proofs import ProofBlocks
from api.ledger.tiles import Tile, index_path, parse_tile_path, read_tile, tiles_of

SIZE = 70_000
"""More than 256 * 256, so that there is a third level."""
LEAVES = [sha256(str(number).encode()).digest() for number in range(SIZE)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A log of which only the hashes are needed."""
    file = tmp_path_factory.mktemp("tiles") / "log.db"
    opened = Database(str(file))
    opened.prepare()
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = ((place, "stopped", "k", "", b"", leaf) for place, leaf in enumerate(LEAVES))
        connection.executemany("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", rows)
    yield opened
    opened.dispose()


@pytest.mark.parametrize(
    ("index", "path"),
    [(0, "000"), (5, "005"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")],
)
def test_an_index_is_written_in_groups_of_three_digits(index: int, path: str) -> None:
    assert index_path(index) == path


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("0/000", Tile(0, 0, 256)),
        ("1/000.p/1", Tile(1, 0, 1)),
        ("63/x001/x234/067.p/255", Tile(63, 1234067, 255)),
    ],
)
def test_a_path_names_a_tile(path: str, tile: Tile) -> None:
    assert parse_tile_path(path) == tile
    assert tile.path == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "64/000",
        "-1/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/x000/001",
        "0/001/000",
        "0/x001",
        "0/000/",
        "0/000.p/",
        "0/000.p/1/",
        "0/\u0660\u0660\u0660",
        "0/000\n",
        "entries/000",
        "0/000.P/1",
        "0/..",
        "0/" + "x999/" * 400 + "999",
    ],
)
def test_what_is_no_path_in_its_one_spelling_names_none(path: str) -> None:
    found = parse_tile_path(path)
    assert found is None or (found.path == path and found.index > 2**63)


@given(st.integers(0, 2**62), st.integers(0, 63), st.integers(1, 256))
def test_every_tile_is_found_by_its_path(index: int, level: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_tile_path(tile.path) == tile


@pytest.mark.parametrize(
    ("size", "paths"),
    [
        (0, []),
        (1, ["0/000.p/1"]),
        (255, ["0/000.p/255"]),
        (256, ["0/000", "1/000.p/1"]),
        (600, ["0/000", "0/001", "0/002.p/88", "1/000.p/2"]),
    ],
)
def test_of_a_size_there_are_the_full_tiles_and_the_partial_one_of_each_level(
    size: int, paths: list[str]
) -> None:
    assert [tile.path for tile in tiles_of(size)] == paths


def root_by_tiles(tiles: dict[str, bytes], size: int) -> bytes:
    """The root of a size from the tiles of that size alone: each level above replaces full tiles by their roots."""
    hashes = [
        content[at : at + 32]
        for path, content in tiles.items()
        if path.startswith("0/")
        for at in range(0, len(content), 32)
    ]
    assert len(hashes) == size
    return root_of(hashes)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 65_536, 65_537, SIZE])
def test_the_tiles_of_a_size_lead_to_its_root(database: Database, size: int) -> None:
    blocks = ProofBlocks()
    with database.reading() as connection:
        found = {tile: read_tile(connection, blocks, tile, size) for tile in tiles_of(size)}
    tiles = {tile.path: content for tile, content in found.items() if content is not None}
    assert len(tiles) == len(found)
    assert root_by_tiles(tiles, size) == root_of(LEAVES[:size])
    for tile, content in found.items():
        assert content is not None
        assert len(content) == 32 * tile.width
        if tile.level:
            below = Tile(tile.level - 1, tile.index * 256 + tile.width - 1, 256)
            full = tiles[below.path]
            assert content[-32:] == root_of(full[at : at + 32] for at in range(0, len(full), 32))


def test_what_the_log_does_not_fill_yet_is_no_tile(database: Database) -> None:
    with database.reading() as connection:
        for tile in (Tile(0, 273, 113), Tile(0, 274, 1), Tile(1, 1, 18), Tile(2, 0, 2), Tile(63, 0, 1)):
            assert read_tile(connection, ProofBlocks(), tile, SIZE) is None
