"""`channelgate log continue`: the log is closed, and goes on in another database."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.cli.ledgers import ledger_files
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too
from api.cli.output_files import require_free
from api.ledger.continuation import ContinuationFault, Taken, continue_log, signing_key_of
from api.ledger.database import Database, StoreUnavailable
from api.ledger.database_url import name_of
from api.runtime.private_files import create_private
from api.settings import Settings
from api.signing.faults import SigningFault
from api.storage.carried_decisions import REBUILT, decisions_in_use

KEEP_DAYS = 92


@database_by_position_too
def continue_in(
    into: Annotated[
        str, typer.Option("--into", metavar="NEW", help="An empty database: a new file, or a PostgreSQL URL.")
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
    keep_days: Annotated[
        int, typer.Option("--keep-days", min=0, help="Decisions of so many days are carried over whole.")
    ] = KEEP_DAYS,
    anchor_out: Annotated[
        Path | None, typer.Option(help="Write the last checkpoint of the closed log here.")
    ] = None,
) -> None:
    """Close the log, and let it go on in a new database with all that is worked with, and few old decisions.

    Stop the service first, and start it with the new database. The closed one still holds the old decisions.
    """
    old, new = Settings(database=database), Settings(database=into)
    if name_of(into) == name_of(database):
        fail("the log cannot go on where it is", "name another database with --into")
    if anchor_out is not None:
        require_free(
            [("--anchor-out", anchor_out)], [*ledger_files(database), *ledger_files(into)], force=False
        )
    with reading_log(database):
        pass  # a database that cannot be read ends the command here
    if not old.key_file.is_file():
        fail(
            f"the signing key {old.key_file} is not there, and it has to sign that the log goes on",
            "run the command where the service runs, or name the key with CHANNELGATE_SIGNING_KEY",
        )
    opened, target = Database(database), Database(into)
    now = datetime.now(UTC)
    taken = Taken(decisions_in_use, now - timedelta(days=keep_days), REBUILT)
    try:
        key = signing_key_of(opened, old.key_file, old.log_origin)
        _copy_key(old.key_file, new.key_file)
        made = continue_log(opened, target, _short(into), key, old.log_origin, taken, now)
        if anchor_out is not None:
            anchor_out.write_text(made.note, encoding="utf-8")
    except ContinuationFault as fault:
        fail(f"{name_of(database)} is not continued: {fault}", fault.remedy)
    except SigningFault as fault:
        fail(f"the signing key {old.key_file}: {fault.fact}", fault.remedy)
    except (StoreUnavailable, OSError, ValueError) as fault:
        fail(
            f"{name_of(database)} is not continued in {name_of(into)} ({fault})",
            "mend that, and run it again",
        )
    finally:
        opened.dispose()
        target.dispose()
    _print_line(
        f"{name_of(database)} is closed with its entry {made.place - 1}; serve {name_of(into)} from now on"
    )
    _print_line(
        f"{made.carried} of its entries are carried over; the others are in the closed log alone, so keep it"
    )
    _print_line(
        f"check both: channelgate log verify --database {name_of(into)} --earlier {name_of(database)}"
    )


def _short(database: str) -> str:
    """The name by which the closed log says where it goes on: of a file no folder, which may be moved."""
    return name_of(database) if "://" in database else Path(database).name


def _copy_key(old: Path, new: Path) -> None:
    """Put the key beside the new database, unless both have one file. Raises OSError, `SigningFault`."""
    if new.is_file():
        if new.read_bytes() != old.read_bytes():
            raise SigningFault(
                f"another key lies where the new database has its own, {new}",
                "name a database without a key, or set CHANNELGATE_SIGNING_KEY",
            )
        return
    create_private(new, old.read_bytes())


def _print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
