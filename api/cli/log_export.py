"""`channelgate log export`: every entry, in a form that other programs read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, assert_never

import typer

from api.cli.log import reading_log, require_whole
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too
from api.ledger.exact_export import exact_lines
from api.ledger.export import as_event, as_line
from api.ledger.reader import whole_entries


class ExportFormat(StrEnum):
    """The forms in which the log is exported."""

    JSONL = "jsonl"
    OCSF = "ocsf"
    BYTES = "bytes"


@database_by_position_too
def export(
    database: DatabaseOption = DEFAULT_DATABASE,
    format_: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="Lines of JSON, OCSF events, or the bytes of which the log's tree is built, with its checkpoints.",
        ),
    ] = ExportFormat.JSONL,
) -> None:
    """Print every entry of the log, one a line, in its order; a text that was erased is null."""
    with reading_log(database) as connection:
        lines: Iterator[str]
        match format_:
            case ExportFormat.JSONL:
                lines = (_json_line(as_line(*numbered)) for numbered in whole_entries(connection))
            case ExportFormat.OCSF:
                lines = (_json_line(as_event(entry)) for _, entry in whole_entries(connection))
            case ExportFormat.BYTES:
                require_whole(connection, "bytes of its whole tree")
                lines = exact_lines(connection)
            case _:
                assert_never(format_)
        for line in lines:
            sys.stdout.write(line)


def _json_line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
