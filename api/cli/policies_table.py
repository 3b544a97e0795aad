"""`channelgate policies table`: a table of rules as a sheet for officers, and back into its policy file."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api.cli.atomic_write import exchange
from api.cli.completion import complete_table
from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import FloorOption, ForceOption, PoliciesOption
from api.cli.output_files import require_free
from api.cli.policy_loading import read_shown, refuse_policies
from api.cli.rendering.differences import show_difference
from api.files.faults import Fault, RegisterFaults
from api.files.register_files import FilesUnreadable
from api.files.rule_sheets import RuleSheet, faults_in_sheet, read_sheet, write_sheet
from api.policies.floor import hold_to_floor
from api.policies.folder import PolicyFolder
from api.runtime.shipped import floor_of
from engine import (
    Diagnostic,
    LayoutLost,
    PolicyFaults,
    RuleValues,
    exchange_rows,
    load_document,
    suggestion,
    tables_in,
)

_SUFFIXES = (".csv", ".xlsx")


def exchange_table(
    table: Annotated[
        str,
        typer.Argument(
            metavar="NAME", autocompletion=complete_table, help="The table of rules.", show_default=False
        ),
    ],
    policies: PoliciesOption,
    floor: FloorOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.csv|FILE.xlsx",
            help="Where to write the sheet.",
            show_default="CSV, to standard output",
        ),
    ] = None,
    force: ForceOption = False,
    read_from: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE.csv|FILE.xlsx", help="The sheet to read back into the policy file."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from: say what would change, and write nothing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="With --from: show the lines that would change, and write nothing.")
    ] = False,
) -> None:
    """Write a table of rules as a sheet, or read one back; nothing is written unless the folder passes the check.

    Read back, its rows stand in the order of the sheet; comments stay. Exit 1 if the sheet or the folder has faults.
    """
    if read_from and (out or force):
        fail("--from reads a sheet, and --out and --force are about writing one", "name one of the two")
    if (dry_run or diff) and not read_from:
        fail("--dry-run and --diff are about a sheet that is read", "name it with --from")
    content = read_shown(policies)
    try:
        content.load()
    except PolicyFaults as faults:
        refuse_policies(policies, content, faults)
    name, rows = _find_table(content, table)
    if read_from is None:
        if out:
            require_free([("--out", out)], [policies], force=force)
        _write_sheet(rows, out)
        return
    sheet = _read_sheet(read_from, rows)
    written = _exchanged(content, name, table, sheet, floor or floor_of(policies))
    if diff:
        sys.stdout.write(show_difference(name, content.files[name], written))
    else:
        _print_changes(rows, sheet.rows)
        _print_end(policies / name, table, changed=written != content.files[name], would=dry_run)
    if not (dry_run or diff) and written != content.files[name]:
        exchange(policies / name, written)


def _find_table(content: PolicyFolder, table: str) -> tuple[str, Sequence[RuleValues]]:
    """The file of a table and its rows. Ends the command for a name that no table has."""
    known = {
        name: (file, rows)
        for file, written in content.files.items()
        for name, rows in tables_in(file, written).items()
    }
    if table not in known:
        listed = f"name one of {', '.join(sorted(known))}" if known else "write one under `tables`"
        fail(f"the policies have no table `{table}`", suggestion(table, known) or listed)
    return known[table]


def _write_sheet(rows: Sequence[RuleValues], out: Path | None) -> None:
    if out is None:
        typer.echo(write_sheet(rows, "rows.csv"), nl=False)
        return
    if out.suffix.casefold() not in _SUFFIXES:
        fail(
            f"{out} is neither a CSV file nor an XLSX workbook by its name", "name a file.csv or a file.xlsx"
        )
    try:
        exchange(out, write_sheet(rows, out.name))
    except RegisterFaults as faults:
        _show_faults(faults.faults)
    sys.stdout.write(f"written: {len(rows)} rows to {out}\n")


def _read_sheet(file: Path, rows: Sequence[RuleValues]) -> RuleSheet:
    try:
        return read_sheet(file, rows)
    except FilesUnreadable as fault:
        fail(str(fault), fault.remedy)
    except RegisterFaults as faults:
        _show_faults(faults.faults)


def _exchanged(content: PolicyFolder, name: str, table: str, sheet: RuleSheet, floor: Path) -> bytes:
    """The policy file with the rows of the sheet; ends the command if the folder would have faults with it."""
    try:
        written = exchange_rows(name, content.files[name], table, sheet.rows)
    except PolicyFaults as faults:
        _show_findings(faults.diagnostics)
        _show_faults(())
    except LayoutLost as lost:
        fail(f"{name} stays as it is, as {lost}", "change the table in the file itself")
    changed = replace(content, files={**content.files, name: written})
    try:
        hold_to_floor(changed.load(), floor)
    except PolicyFaults as faults:
        document = load_document(name, written)
        in_sheet, others = faults_in_sheet(sheet, table, document, faults.diagnostics)
        _show_findings(others)
        _show_faults(in_sheet)
    return written


def _show_findings(findings: Sequence[Diagnostic]) -> None:
    for finding in findings:
        sys.stderr.write(f"{finding}\n")


def _show_faults(faults: Sequence[Fault]) -> NoReturn:
    for fault in sorted(faults):
        sys.stderr.write(f"{fault.place}: {fault.fact}; {fault.remedy}\n")
    sys.stderr.write("channelgate: nothing is written; mend the places named above\n")
    raise typer.Exit(FINDINGS)


def _print_changes(before: Sequence[RuleValues], after: Sequence[RuleValues]) -> None:
    """Say which rows are new, changed, moved or gone."""
    old, new = _by_rule(before), _by_rule(after)
    for name, row in new.items():
        if name not in old:
            sys.stdout.write(f"new: {name}\n")
        elif changed := [key for key in {**old[name], **row} if old[name].get(key) != row.get(key)]:
            sys.stdout.write(f"changed: {name} ({', '.join(changed)})\n")
    for name in old:
        if name not in new:
            sys.stdout.write(f"taken out: {name}\n")
    if [name for name in old if name in new] != [name for name in new if name in old]:
        sys.stdout.write("the order of the rows changes\n")


def _by_rule(rows: Sequence[RuleValues]) -> Mapping[str, RuleValues]:
    return {row["rule"]: row for row in rows}


def _print_end(file: Path, table: str, *, changed: bool, would: bool) -> None:
    if not changed:
        sys.stdout.write(f"nothing to write: {file} says of `{table}` what the sheet says\n")
    else:
        sys.stdout.write(f"{'would be written' if would else 'written'}: `{table}` in {file}\n")
