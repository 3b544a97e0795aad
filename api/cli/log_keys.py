"""`channelgate log key` and `log rotate-key`: the keys that sign the decision log."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too
from api.cli.signing_key import read_signing_key
from api.ledger.database import Database, StoreUnavailable
from api.ledger.database_url import name_of
from api.ledger.key_rotation import rotate_signing_key, trusted_keys
from api.ledger.reader import signing_keys
from api.settings import Settings
from api.signing.faults import SigningFault


@database_by_position_too
def show_key(
    database: DatabaseOption = DEFAULT_DATABASE,
    all_: Annotated[
        bool, typer.Option("--all", help="Print the keys that signed it before too, each with its end.")
    ] = False,
) -> None:
    """Print the verifying key of the log as one line (C2SP signed-note), for whoever checks the log elsewhere.

    It is read from the key file of the log, and shown only if the log names it too.
    """
    settings = Settings(database=database)
    key = read_signing_key(settings).verifying
    with reading_log(database) as connection:
        named = signing_keys(connection)
        trusted = trusted_keys(connection, [key])
    if key not in named:
        fail(
            f"the key file {settings.key_file} holds no key that the log {name_of(database)} names"
            f" as that of {settings.log_origin}",
            "set CHANNELGATE_SIGNING_KEY and CHANNELGATE_LOG_ORIGIN as they are set for the service",
        )
    _print_line(key.format())
    for other in named if all_ else ():
        if other in trusted.succeeded:
            _print_line(f"{other.format()}  succeeded at entry {trusted.succeeded[other]}")
        elif other != key:
            _print_line(f"{other.format()}  named by the log, tied to the others by no succession")


@database_by_position_too
def rotate(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Make a new signing key, let the old one sign that it follows, and put it into the place of the old one.

    The log may be in use meanwhile: every process that writes it takes the new key from its key file.

    One at another machine records nothing until the new file is there.
    """
    settings = Settings(database=database)
    file = settings.key_file
    with reading_log(database):
        pass  # a database that cannot be read ends the command here
    if not file.is_file():
        fail(
            f"the signing key {file} is not there, and it has to sign that another one follows",
            "run the command where the service runs, or name the key with CHANNELGATE_SIGNING_KEY",
        )
    try:
        succession = rotate_signing_key(
            Database(database), file, settings.log_origin, lambda: datetime.now(UTC)
        )
    except StoreUnavailable as error:
        fail(
            f"nothing was rotated, the log {name_of(database)} cannot be written ({error})",
            "try again in a minute",
        )
    except (SigningFault, OSError) as fault:
        fail(
            f"nothing was rotated; the signing key {file}: {fault}",
            getattr(fault, "remedy", "look at the folder"),
        )
    _print_line(f"since entry {succession.size} the log is signed by")
    _print_line(succession.new.format())
    _print_line(f"before, by {succession.old.format()}")
    sys.stderr.write(
        f"{file} holds the new key; keep a copy of it apart from the backups, and give both lines above to whoever"
        " checks the log. The old private key is of no more use: delete its copies.\n"
    )


def _print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
