"""`channelgate policies upcoming`: what changes on which day without anybody doing anything."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, assert_never

import typer

from api.cli.clock import today
from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.cli.options import DirectoryArgument, PoliciesOption, day_option
from api.cli.policy_loading import load_shown
from api.cli.rendering.upcoming import write_upcoming_as_markdown, write_upcoming_as_text
from api.domain.upcoming import (
    DatedRecord,
    DayClasses,
    UpcomingAnswer,
    classes_of,
    make_upcoming,
    not_worked_out,
)
from api.services.upcoming import USUAL_DAYS, dated_records, last_day_after
from engine import ChangeDay, PolicySet, ProverMissing, compare_with_day_before, list_upcoming


class UpcomingFormat(StrEnum):
    """How the days are printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def show_upcoming_changes(
    policies: PoliciesOption,
    folder: DirectoryArgument = None,
    first: Annotated[
        dt.date | None,
        typer.Option(
            "--from", parser=day_option, metavar="YYYY-MM-DD", help="The first day; today if left out."
        ),
    ] = None,
    until: Annotated[
        dt.date | None,
        typer.Option("--until", parser=day_option, metavar="YYYY-MM-DD", help="The last day."),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            min=0, help="How many days after the first the last one is.", show_default=str(USUAL_DAYS)
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            envvar="CHANNELGATE_DATABASE",
            help="List what a ledger has recorded with days, too: a file, or a PostgreSQL URL.",
        ),
    ] = None,
    format_: Annotated[
        UpcomingFormat, typer.Option("--format", help="Text to read, JSON, or Markdown for a review.")
    ] = UpcomingFormat.TEXT,
) -> None:
    """Show what changes on which day without anybody doing anything, and which requests are answered otherwise.

    Each day is compared with the day before over all requests; that needs z3. Without it the changes alone are
    listed. Reads only.
    """
    if until is not None and days is not None:
        fail("--until and --days were both given", "give one of them")
    active = load_shown(folder or policies)
    start = first or today(active)
    end = until or last_day_after(start, USUAL_DAYS if days is None else days)
    if end < start:
        fail(f"the last day, {end}, is before the first, {start}", "name a later one with --until")
    answer = _upcoming(active, (start, end), _records(database))
    sys.stdout.write(_written(answer, format_))


def _records(database: str | None) -> Iterable[DatedRecord] | None:
    if database is None:
        return None
    with reading_log(database) as connection:
        return dated_records(connection)


def _upcoming(
    policies: PolicySet, span: tuple[dt.date, dt.date], records: Iterable[DatedRecord] | None
) -> UpcomingAnswer:
    def compared(day: ChangeDay) -> DayClasses:
        try:
            return classes_of(compare_with_day_before(policies, day))
        except ProverMissing as missing:
            return not_worked_out(f"{missing}; install it: pip install z3-solver")

    return make_upcoming(policies, span, list_upcoming(policies, *span), records, compared)


def _written(answer: UpcomingAnswer, format_: UpcomingFormat) -> str:
    match format_:
        case UpcomingFormat.TEXT:
            return write_upcoming_as_text(answer)
        case UpcomingFormat.JSON:
            return json.dumps(answer.to_plain_data(), indent=2, ensure_ascii=False) + "\n"
        case UpcomingFormat.MARKDOWN:
            return write_upcoming_as_markdown(answer)
        case _:
            assert_never(format_)
