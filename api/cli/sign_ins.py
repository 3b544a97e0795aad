"""`channelgate sign-ins`: who is signed in to the console, and ending that, at the database."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.cli.clock import now
from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption
from api.domain.identity import Credential
from api.domain.sign_ins import SignIn
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.database_url import name_of
from api.storage.sign_ins import end_sign_ins_named, list_sign_ins


def show_sign_ins(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Show who is signed in to the console, since when, and when each sign-in was last used. Reads only."""
    at = now()
    with reading_log(database) as connection:
        found = [one for one in list_sign_ins(connection) if one.ends_at > at]
    sys.stdout.writelines(f"{_line(one)}\n" for one in found)
    if not found:
        sys.stdout.write("Nobody is signed in.\n")


def end_sign_ins(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whose sign-ins, by the name that `list` shows.")
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """End every sign-in of somebody, in whatever browser; it holds at the next page. The service may be running."""
    try:
        opened = Database(database)
        try:
            if not opened.exists:
                raise StoreUnavailable("there is no such file")
            opened.prepare()
            with translated(), opened.writing() as connection:
                ended = end_sign_ins_named(connection, name)
        finally:
            opened.dispose()
    except StoreUnavailable as error:
        fail(
            f"the ledger {name_of(database)} cannot be used ({error})", "name its file or URL with --database"
        )
    if not ended:
        fail(f"nobody is signed in as {name}", "copy the name from `channelgate sign-ins list`")
    sys.stdout.write(f"{ended} {'sign-in' if ended == 1 else 'sign-ins'} of {name} ended\n")
    sys.stdout.write(
        "Whoever may still sign in can do so again: close the account, or take the key out, first.\n"
    )


def _line(one: SignIn) -> str:
    department = f" ({one.department})" if one.department else ""
    how = "by API key" if one.credential is Credential.API_KEY else "at the provider"
    times = f"since {one.started_at:%Y-%m-%d %H:%M}, last used {one.used_at:%Y-%m-%d %H:%M} UTC"
    return f"{one.name}  {one.role}{department}, {how}, {times}"
