"""`channelgate log archive`: the log as one Parquet file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.archive_verification import reading_archive
from api.cli.exit_codes import fail
from api.cli.ledgers import ledger_files
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, ForceOption, database_by_position_too
from api.cli.output_files import require_free
from api.ledger.archive_form import ArchiveFault
from api.ledger.archives import write_archive
from api.ledger.database_url import name_of
from api.ledger.detached_texts import has_stored_texts


@database_by_position_too
def archive(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.parquet", help="The file to write.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    force: ForceOption = False,
) -> None:
    """Write every entry of the log, with what proves it, to one Parquet file, while the service may go on.

    It is read back and verified. Texts that were kept apart from the log are not in it.
    """
    require_free([("--out", out)], ledger_files(database), force=force)
    with reading_log(database) as connection:
        try:
            write_archive(connection, out)
        except ArchiveFault as fault:
            fail(f"{name_of(database)} is not archived: {fault}", fault.remedy)
        except OSError as fault:
            fail(f"{out} cannot be written ({fault})", "name another place with --out")
        detached = has_stored_texts(connection)
    with reading_archive(out) as written:
        size = written.size
    sys.stdout.write(f"{name_of(database)} is archived in {out}: {size} entries, which verify\n")
    if detached:
        sys.stdout.write(
            "not in it: the texts that were kept apart from the log; `channelgate store backup` holds them\n"
        )
    sys.stdout.write(
        f"check it with `channelgate log verify --archive {out} --key ...`, the key by `channelgate log key`\n"
    )
