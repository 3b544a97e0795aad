"""`channelgate store`: the database itself: its tables brought up to date, backed up, restored."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.anchors import read_anchor
from api.cli.exit_codes import FINDINGS, fail
from api.cli.ledgers import ledger_files
from api.cli.log import KeyOption
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, ForceOption, database_by_position_too
from api.cli.output_files import require_free
from api.cli.signing_key import read_verifying_keys
from api.ledger.backup import Backup, BackupFault, DamagedBackup, back_up, restore
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.database_url import name_of
from api.ledger.entries import EntryKind
from api.ledger.reader import has_entries
from api.ledger.upgrade import NEWEST, find_differences, find_revision, upgrade
from api.settings import Settings
from api.signing.faults import SigningFault


@database_by_position_too
def upgrade_tables(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Bring the tables to the newest revision; `serve` does the same when it starts."""
    with _opened(database) as opened, translated(), opened.upgrading() as connection:
        before = find_revision(connection)
        upgrade(connection)
    if before == NEWEST:
        _print_line(f"{name_of(database)} is of revision {NEWEST}, the newest; nothing was to be done")
    else:
        _print_line(f"{name_of(database)}: from {_named(before)} to {NEWEST}")


@database_by_position_too
def check(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Compare the tables with those this version works with; exit 1 if they differ. Reads only."""
    with _opened(database, read_only=True) as opened, translated(), opened.reading() as connection:
        revision = find_revision(connection)
        differences = find_differences(connection) if revision == NEWEST else []
    if revision != NEWEST:
        _print_line(
            f"{name_of(database)} is of {_named(revision)}; `channelgate store upgrade` brings it to {NEWEST}"
        )
    for difference in differences:
        _print_line(f"{name_of(database)} differs from revision {NEWEST}: {difference}")
    if differences or revision != NEWEST:
        raise typer.Exit(FINDINGS)
    _print_line(
        f"{name_of(database)} is of revision {NEWEST}, the newest, and its tables are as they should be"
    )
    _print_line("what is in the log is checked by `channelgate log verify`")


@database_by_position_too
def backup(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    force: ForceOption = False,
) -> None:
    """Write everything to one file, as of one moment, while the service may go on; it is read back and verified.

    The signing key is not in it: keep a copy of the key apart.
    """
    require_free([("--out", out)], ledger_files(database), force=force)
    with _opened(database, read_only=True) as opened:
        made = back_up(opened, out, datetime.now(UTC), replace=force)
    _print_line(f"{name_of(database)} is backed up to {out}: {_backup_summary(made)}")
    _print_line(
        f"not in it: the signing key, {Settings(database=database).key_file}; keep a copy of it apart"
    )


def restore_backup(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    database: Annotated[
        str, typer.Option("--database", help="An empty database: a new file, or a PostgreSQL URL.")
    ],
    anchor: Annotated[Path | None, typer.Option(help="A checkpoint that was kept elsewhere.")] = None,
    key: KeyOption = None,
) -> None:
    """Make the database of a backup anew, in an empty one, once the backup has been verified."""
    note = read_anchor(anchor)
    keys = read_verifying_keys(key or ())
    if not file.is_file():
        fail(f"there is no file {file}", "name a file made by `channelgate store backup`")
    with _opened(database) as opened:
        made = restore(file, opened, keys, note)
        with opened.reading() as connection:
            needs_approvals = has_entries(connection, EntryKind.APPROVALS_FOUNDED)
    _print_line(f"{name_of(database)} is restored from {file}: {_backup_summary(made)}")
    key_file = Settings(database=database).key_file
    if not key_file.exists():
        _print_line(
            f"put the signing key at {key_file} before the service starts, or it makes a new one there"
        )
    if needs_approvals:
        _print_line(
            "nothing is permitted by it until an officer who decides confirms it: `channelgate policies confirm`"
        )


@contextmanager
def _opened(database: str, *, read_only: bool = False) -> Iterator[Database]:
    """The database; whatever keeps it from being used ends the command, with 1 for findings and 2 for the rest."""
    try:
        opened = Database(database, read_only=read_only)
        try:
            yield opened
        finally:
            opened.dispose()
    except DamagedBackup as damage:
        for finding in damage.findings:
            _print_line(finding)
        count = len(damage.findings)
        _print_line(f"NOTHING WAS DONE: {count} finding{'s' if count > 1 else ''}")
        raise typer.Exit(FINDINGS) from damage
    except BackupFault as fault:
        fail(str(fault), fault.remedy)
    except (StoreUnavailable, ValueError, SigningFault) as error:
        remedy = "name a file or a PostgreSQL URL with --database"
        fail(f"the database {name_of(database)} cannot be used ({error})", remedy)


def _named(revision: str | None) -> str:
    return f"revision {revision}" if revision else "no revision"


def _backup_summary(made: Backup) -> str:
    return (
        f"revision {made.revision}, {made.entries} entries of the log, which verifies; digest {made.digest}"
    )


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
