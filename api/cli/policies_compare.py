"""`channelgate policies compare`: what a change of the policies changes, over all requests and over recorded ones."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer

from api.cli.clock import now
from api.cli.exit_codes import FINDINGS, fail
from api.cli.log import reading_log
from api.cli.options import FloorOption
from api.cli.stored_revisions import REVISION, read_stored_revision
from api.domain.backtest_result import BacktestResult
from api.domain.present_words import UnknownRecordedWord
from api.files.comparison.page import Page, write_markdown, write_text
from api.files.comparison.page_json import write_json
from api.policies.floor import load_floor
from api.policies.folder import read_folder
from api.runtime.shipped import default_policies, floor_of
from api.services.backtest import requests_in_lines, requests_in_log, run_backtest
from api.services.words_in_use import unknown_words
from engine import (
    PolicyFaults,
    PolicySet,
    ProverMissing,
    Verdict,
    compare,
    hold_to,
    load_recorded_policies,
    prove_floor,
)


class CompareFormat(StrEnum):
    """How the comparison is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def compare_policies(
    old: Annotated[str, typer.Argument(help="The policies as they are: a folder, or a kept revision.")],
    new: Annotated[str, typer.Argument(help="The policies as they would be: a folder, or a kept revision.")],
    floor: FloorOption = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            envvar="CHANNELGATE_DATABASE",
            help="The ledger that keeps the revisions named: a file, or a PostgreSQL URL.",
        ),
    ] = None,
    log: Annotated[
        str | None, typer.Option(help="Decide again what a decision log holds: a file, or a PostgreSQL URL.")
    ] = None,
    requests: Annotated[
        Path | None, typer.Option(help="Decide again the requests of a file, one a line as JSON.")
    ] = None,
    format_: Annotated[
        CompareFormat, typer.Option("--format", help="Text to read, JSON, or Markdown for a review.")
    ] = CompareFormat.TEXT,
    accept: Annotated[
        bool, typer.Option("--accept", help="Exit 0 even if something becomes more permissive.")
    ] = False,
) -> None:
    """Show every class of requests that is answered otherwise; exit 1 if a handover is no longer forbidden.

    It exits 1 as well if something guards the policies less, if they do not meet the floor, or if it cannot be proved
    that the classes are all there are.
    """
    before, after = _load(old, database), _load(new, database)
    folder = Path(new) if Path(new).is_dir() else default_policies()
    try:
        held = hold_to(after, load_floor(floor or floor_of(folder)))
    except PolicyFaults as faults:
        fail(f"the policies {new} cannot be held to the floor:\n{faults}", "mend the places named")
    try:
        comparison = compare(before, after)
        below = tuple(one for one in prove_floor(held) if one.verdict is not Verdict.PROVED)
    except ProverMissing as missing:
        fail(str(missing), "install it: pip install z3-solver")
    history, unknown_words = _history(before, after, log, requests), _unknown(after, log or database)
    page = Page(before, after, comparison, below, history, unknown_words)
    sys.stdout.write(_written(page, format_))
    permissive = page.more_permissive and not accept
    unknown = page.unknown_words and not accept
    if permissive or unknown or below or not comparison.complete:
        raise typer.Exit(FINDINGS)


def _unknown(new: PolicySet, ledger: str | None) -> tuple[UnknownRecordedWord, ...]:
    """What cases and registers are recorded in that the newer set does not have."""
    if ledger is None:
        return ()
    with reading_log(ledger) as connection:
        return unknown_words(connection, new)


def _written(page: Page, format_: CompareFormat) -> str:
    match format_:
        case CompareFormat.TEXT:
            return write_text(page)
        case CompareFormat.JSON:
            return write_json(page)
        case CompareFormat.MARKDOWN:
            return write_markdown(page)
        case _:
            assert_never(format_)


def _load(named: str, database: str | None) -> PolicySet:
    try:
        if Path(named).is_dir() or database is None or not REVISION.fullmatch(named):
            return read_folder(Path(named)).load()
        return load_recorded_policies(read_stored_revision(named, database).read())
    except PolicyFaults as faults:
        fail(f"the policies {named} cannot be compared:\n{faults}", "mend the places named")


def _history(old: PolicySet, new: PolicySet, log: str | None, requests: Path | None) -> BacktestResult | None:
    if log and requests:
        fail("--log and --requests were both given", "give one of them")
    if requests:
        try:
            content = requests.read_bytes().removeprefix(BOM_UTF8)
            return run_backtest(requests_in_lines(content, now(), old.vocabulary), old, new)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            fail(f"{requests} cannot be read: {reason}", "name a file with one request as JSON in each line")
    if log:
        with reading_log(log, "--log") as connection:
            return run_backtest(requests_in_log(connection, old), old, new)
    return None
