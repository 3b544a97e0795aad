"""`channelgate log tiles`: the tree of the log as files that any web server publishes and other programs read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.atomic_write import exchange
from api.cli.exit_codes import FINDINGS, fail
from api.cli.log import reading_log, require_whole
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too
from api.ledger.checkpoints import Checkpoint, parse_checkpoint
from api.ledger.proofs import ProofBlocks
from api.ledger.reader import newest_note, stored_entries
from api.ledger.tiles import index_path, read_tile, tiles_of
from api.signing.faults import SigningFault

if TYPE_CHECKING:
    from sqlalchemy import Connection

CHECKPOINT = "checkpoint"


@database_by_position_too
def write_tiles(
    folder: Annotated[Path, typer.Argument(help="The folder to write to; one written before is continued.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    entries: Annotated[
        bool,
        typer.Option("--entries", help="Write the bytes of every entry too: requests and answers in full."),
    ] = False,
) -> None:
    """Write the tree of the log as tiles (C2SP tlog-tiles), and the newest checkpoint over them.

    Only what is not there yet is written, the checkpoint last.

    A folder whose checkpoint the log does not continue is left as it is, and then it exits 1.
    """
    with reading_log(database) as connection:
        require_whole(connection, "tiles")
        note = newest_note(connection) or fail("the log is empty", "record something first")
        newest, blocks = parse_checkpoint(note).checkpoint, ProofBlocks()
        before = _published(folder)
        if before is not None and not _continues(connection, blocks, before, newest):
            sys.stdout.write(
                f"NOT CONTINUED: {folder / CHECKPOINT} is of {before.size} entries of {before.origin}, and the log,"
                f" which has {newest.size}, does not continue it; nothing was written\n"
            )
            raise typer.Exit(FINDINGS)
        written = _write_tiles(connection, blocks, newest.size, folder)
        if entries:
            written += _write_entries(connection, folder)
        _write(folder / CHECKPOINT, note.encode())
    sys.stdout.write(f"{newest.size} entries under the checkpoint in {folder}, {written} files are new\n")


def _published(folder: Path) -> Checkpoint | None:
    """The checkpoint that the folder has; None for a new folder."""
    file = folder / CHECKPOINT
    try:
        return parse_checkpoint(file.read_bytes().decode()).checkpoint if file.exists() else None
    except (OSError, ValueError, SigningFault) as error:
        fail(f"{file} cannot be read ({error})", "put it back, or name a new folder")


def _continues(connection: Connection, blocks: ProofBlocks, before: Checkpoint, newest: Checkpoint) -> bool:
    if before.origin != newest.origin or before.size > newest.size:
        return False
    return blocks.root(connection, 0, before.size) == before.root


def _write_tiles(connection: Connection, blocks: ProofBlocks, size: int, folder: Path) -> int:
    written = 0
    for tile in tiles_of(size):
        file = folder / "tile" / tile.path
        if not file.exists():
            content = read_tile(connection, blocks, tile, size)
            assert content is not None, "the tiles of a size are filled by a log of that size"
            _write(file, content)
            written += 1
    return written


def _write_entries(connection: Connection, folder: Path) -> int:
    written = 0
    for stored in stored_entries(connection):
        file = folder / "entry" / index_path(stored.sequence)
        if not file.exists():
            _write(file, stored.entry)
            written += 1
    return written


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{file.parent} cannot be made ({error.strerror})", "name a folder that you may write to")
    exchange(file, content)
