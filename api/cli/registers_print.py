"""`channelgate registers print`: the pages for who confirms, the session and the record, as HTML to print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.clock import now
from api.cli.due import load_folder, registers_or_fail
from api.cli.exit_codes import fail
from api.cli.ledgers import ledger_files
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, ForceOption, PoliciesOption
from api.cli.output_files import require_free
from api.files.pages.drafts import NothingToPrint
from api.files.pages.printing import Origin, PageKind, PageRequest, print_page
from api.ledger.reader import newest_entry
from api.runtime.private_files import write_private
from api.storage.due_records import load_due_records


def print_register_page(
    page: Annotated[PageKind, typer.Argument(help="The page to print.", show_default=False)],
    policies: PoliciesOption,
    session: Annotated[
        int | None, typer.Option(min=1, max=9999, help="The session, for the agenda and the memorandum.")
    ] = None,
    list_id: Annotated[str | None, typer.Option("--list", help="One pending list alone.")] = None,
    country: Annotated[
        str | None,
        typer.Option(help="The country, such as KP, where the policies are about lists of several."),
    ] = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write; left out, it is printed here.")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Make a page from the registers, as HTML for a browser and its printer. Reads only; every page is a draft.

    confirmation-list: the pending items, for the office that confirms them. agenda: what must be put to a session.
    memorandum: what a closed session left out.
    """
    if out:
        require_free([("--out", out)], [policies, *ledger_files(database)], force=force)
    active = load_folder(policies)
    registers_or_fail(active)
    with reading_log(database) as connection:
        origin = Origin(load_due_records(connection), newest_entry(connection), active, now())
    try:
        printed = print_page(PageRequest(page, session, list_id, country), origin)
    except NothingToPrint as reason:
        fail(f"no {page} is printed", str(reason))
    if out is None:
        sys.stdout.write(printed)
        return
    try:
        write_private(out, printed.encode())
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror})", "name a file in a folder that exists")
    sys.stdout.write(f"written: {page} to {out}; open it in a browser and print it\n")
