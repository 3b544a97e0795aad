"""`channelgate due`: who owes what, by when, under which clause."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.clock import today
from api.cli.completion import complete_party
from api.cli.exit_codes import FINDINGS, fail
from api.cli.log import reading_log
from api.cli.options import (
    DEFAULT_DATABASE,
    DatabaseOption,
    Format,
    FormatOption,
    PoliciesOption,
    day_option,
)
from api.domain.dues.due import Due
from api.ledger.database_url import name_of
from api.ledger.reader import newest_entry
from api.policies.folder import read_folder
from api.services.dues import dues_on
from api.services.register_event_queries import dues_answer
from api.services.required_registers import without_registers
from engine import PolicyFaults, PolicySet, Registers


def show_due(
    policies: PoliciesOption,
    database: DatabaseOption = DEFAULT_DATABASE,
    as_of: Annotated[
        dt.date | None,
        typer.Option(
            "--as-of",
            parser=day_option,
            metavar="YYYY-MM-DD",
            help="The day to look from; today if left out.",
        ),
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option("--owner", autocompletion=complete_party, help="One party alone."),
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show who owes what, by when, under which clause; exit 1 if something is overdue. Reads only.

    For the lists, for what was agreed to enter a resolution, and for handovers.
    """
    active = load_folder(policies)
    if owner is not None and owner not in active.parties:
        fail(f"there is no party `{owner}`", f"name one of {', '.join(sorted(active.parties))}")
    day = as_of or today(active)
    with reading_log(database) as connection:
        all_dues, entry = dues_on(connection, active, day), newest_entry(connection)
    dues = [due for due in all_dues if owner in (None, due.who)]
    if format_ is Format.JSON:
        answer = dues_answer(dues, active, day, entry).to_plain_data()
        sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(dues, active, day, database))
    if any(due.overdue for due in dues):
        raise typer.Exit(FINDINGS)


def load_folder(folder: Path) -> PolicySet:
    """Return the policies of a folder; their faults end the command with exit code 2."""
    try:
        return read_folder(folder).load()
    except PolicyFaults as faults:
        fail(f"the policies in {folder} have faults:\n{faults}", "mend the places named")


def registers_or_fail(policies: PolicySet) -> Registers:
    """Return what the policies say of registers; a directive without any ends the command with exit code 2."""
    if policies.registers is None:
        fail(without_registers(policies), "name a folder that has them with --policies")
    return policies.registers


def _lines(dues: Sequence[Due], policies: PolicySet, day: dt.date, database: str) -> Iterator[str]:
    status = (
        "in force" if policies.status_on(day) == "in_force" else "only proposed, so no list owes anything yet"
    )
    revision = policies.revision[:12]
    yield f"As of {day}, from {name_of(database)}, under {policies.name} ({status}, revision {revision})"
    if not dues:
        yield "Nothing is owed."
        return
    overdue = sum(due.overdue for due in dues)
    yield f"{len(dues)} owed, {overdue} of them overdue"
    for due in dues:
        yield ""
        yield f"{_term(due)}  [{due.clause}] {due.what}"
        shown = f"; shown by {due.evidence}" if due.evidence else ""
        yield f"  {policies.parties.get(due.who, due.who)}: {due.must}{shown}"
        about = _about(due)
        if about:
            yield f"  {about}"


def _term(due: Due) -> str:
    if due.due is None:
        return "open"
    return f"OVERDUE since {due.due}" if due.overdue else f"due by {due.due}"


def _about(due: Due) -> str:
    subject = due.subject
    parts = [f"{name} {subject[key]}" for name, key in _NAMED.items() if subject.get(key) is not None]
    if subject.get("item_nos"):
        parts.append(f"items {', '.join(subject['item_nos'])}")
    return ", ".join(parts) + (f"; since {due.since}" if due.since else "")


_NAMED = {
    "list": "list_id",
    "case": "case_id",
    "line": "line",
    "session": "session",
    "department": "department",
}
