"""`channelgate reconcile`: what was handed over, compared with requests, clearances and dues."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.clock import today
from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import (
    DEFAULT_DATABASE,
    DatabaseOption,
    Format,
    FormatOption,
    database_by_position_too,
    day_option,
)
from api.domain.dues.due import Due
from api.domain.handovers.clearance import Clearance
from api.domain.handovers.handover import RecordedHandover
from api.domain.reconciliation import Reconciliation
from api.domain.reconciliation_view import reconciliation_answer
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.database_url import name_of
from api.policies.folder import read_folder
from api.runtime.shipped import default_policies
from api.services.reconciliation import reconcile_all
from api.signing.faults import SigningFault
from engine import PolicyFaults, PolicySet


@database_by_position_too
def reconcile(
    policies: Annotated[
        Path,
        typer.Option(
            envvar="CHANNELGATE_POLICIES",
            help="The policy folder, for what is owed for lists.",
            default_factory=default_policies,
            show_default="policies here, else the shipped ones",
        ),
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
    as_of: Annotated[
        dt.date | None,
        typer.Option(
            "--as-of",
            parser=day_option,
            metavar="YYYY-MM-DD",
            help="The day to reconcile for; today if left out.",
        ),
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show breaches, handovers nobody had asked about, clearances not used, what is overdue; exit 1 if there is any.

    It reads the database only.
    """
    active = _load(policies)
    found = _reconcile(database, active, as_of or today(active))
    if format_ is Format.JSON:
        sys.stdout.write(
            json.dumps(reconciliation_answer(found).to_plain_data(), indent=2, ensure_ascii=False) + "\n"
        )
    else:
        _print(found)
    if found.findings:
        raise typer.Exit(FINDINGS)


def _reconcile(database: str, policies: PolicySet, day: dt.date) -> Reconciliation:
    try:
        opened = Database(database, read_only=True)
        try:
            with translated(), opened.reading() as connection:
                return reconcile_all(connection, policies, day)
        finally:
            opened.dispose()
    except (StoreUnavailable, ValueError, SigningFault) as error:
        remedy = (
            "name the file or URL of a decision log with --database;"
            " `channelgate store upgrade` brings an older one up to date"
        )
        fail(f"the database {name_of(database)} cannot be read ({error})", remedy)


def _load(folder: Path) -> PolicySet:
    try:
        return read_folder(folder).load()
    except PolicyFaults as faults:
        fail(f"the policies in {folder} have faults:\n{faults}", "mend the places named")


def _print(found: Reconciliation) -> None:
    _section("Breaches", [text for handover in found.breaches for text in _handover(handover)])
    _section("Handed over without a pre-check", [_named(handover) for handover in found.without_pre_check])
    _section("Clearances expired without use", [_clearance(clearance) for clearance in found.expired])
    _section("Overdue", [_due(due) for due in found.overdue])
    before = [_named(handover) for handover in found.to_be_listed]
    _section("Handed over before the instruction, to be listed (no finding)", before)
    _section("Clearances not used and still valid (no finding)", [_clearance(c) for c in found.still_valid])
    things = "1 thing does" if found.findings == 1 else f"{found.findings} things do"
    _print_line(
        f"{things} not agree as of {found.day}" if found.findings else f"everything agrees as of {found.day}"
    )


def _section(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    _print_line(title)
    for line in lines:
        _print_line(f"  {line}")


def _handover(handover: RecordedHandover) -> list[str]:
    grounds = handover.content["grounds"]
    return [_named(handover), *(f"  {g['code']} [{g['clause']}]: {g['detail']}" for g in grounds)]


def _named(handover: RecordedHandover) -> str:
    request = f", request {_one_line(handover.request_id)}" if handover.request_id else ""
    department = _one_line(handover.department or "no department named")
    return f"{handover.handover_id}: {handover.handed_over_on}, {department}{request}"


def _clearance(clearance: Clearance) -> str:
    department = _one_line(clearance.department or "no department named")
    return f"{clearance.clearance_id}: until {clearance.valid_until}, {department}, decision {clearance.decision_id}"


def _due(due: Due) -> str:
    return f"{due.who}: {_one_line(due.must)} [{due.clause}], due {due.due}; {_one_line(due.what)}"


def _one_line(text: str) -> str:
    """A recorded text on one line, so that it cannot pass for a line of the report."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
