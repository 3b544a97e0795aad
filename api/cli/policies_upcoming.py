"""`channelgate policies upcoming`: what changes on which day without anybody doing anything."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer

from api.cli.clock import now, today
from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.cli.options import DirectoryArgument, PoliciesOption, day_option
from api.cli.policy_loading import read_shown, refuse_policies
from api.cli.rendering.upcoming import write_upcoming_as_markdown, write_upcoming_as_text
from api.domain.approvals.proposal_view import ViewMoment
from api.domain.upcoming import (
    ListedRecords,
    UpcomingAnswer,
    make_upcoming,
)
from api.ledger.reader import newest_revision
from api.policies.folder import PolicyFolder
from api.runtime.engine_fingerprint import fingerprint_engine
from api.services.dated_records import DatedQuery, list_records
from api.services.upcoming import USUAL_DAYS, last_day_after
from api.services.upcoming_runs import UpcomingFailed, compute_days
from api.services.upcoming_tasks import LIMIT_SECONDS
from engine import PolicyFaults, PolicySet, list_upcoming

SHORT = 12
"""So many signs of a revision are shown."""


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
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds", min=0, help="For how long requests that change are looked for, on all days."
        ),
    ] = LIMIT_SECONDS,
    format_: Annotated[
        UpcomingFormat, typer.Option("--format", help="Text to read, JSON, or Markdown for a review.")
    ] = UpcomingFormat.TEXT,
) -> None:
    """Show what changes on which day without anybody doing anything, and which requests are answered otherwise.

    Each day is compared with the day before over all requests; that needs z3. Without it the changes alone are
    listed, and so of a day that takes longer than its share of the time. Reads only.
    """
    if until is not None and days is not None:
        fail("--until and --days were both given", "give one of them")
    content, active = _load(folder or policies)
    start = first or today(active)
    end = until or last_day_after(start, USUAL_DAYS if days is None else days)
    if end < start:
        fail(f"the last day, {end}, is before the first, {start}", "name a later one with --until")
    answer = _upcoming(content, active, (start, end), _records(database, active), seconds)
    sys.stdout.write(_written(answer, format_))


def _load(folder: Path) -> tuple[PolicyFolder, PolicySet]:
    content = read_shown(folder)
    try:
        return content, content.load()
    except PolicyFaults as faults:
        refuse_policies(folder, content, faults, None)


def _records(database: str | None, policies: PolicySet) -> ListedRecords:
    if database is None:
        return ListedRecords()
    at = now()
    moment = ViewMoment(at, policies.day_at(at), fingerprint_engine())
    with reading_log(database) as connection:
        in_force = newest_revision(connection)
        if in_force is not None and in_force != policies.revision:
            fact = (
                f"in force is the revision {in_force[:SHORT]}, and the folder is {policies.revision[:SHORT]}"
            )
            sys.stderr.write(f"channelgate: {fact}; what is shown of the policies is that of the folder\n")
        return list_records(connection, DatedQuery(moment, policies.day_at))


def _upcoming(
    content: PolicyFolder,
    policies: PolicySet,
    span: tuple[dt.date, dt.date],
    records: ListedRecords,
    seconds: float,
) -> UpcomingAnswer:
    changes = list_upcoming(policies, *span)
    try:
        found = asyncio.run(compute_days(content.files, [one.day for one in changes], seconds))
    except UpcomingFailed as failed:
        fail(failed.fact, failed.remedy)
    return make_upcoming(policies, span, changes, records, found.__getitem__)


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
