"""`channelgate registers`: import lists and items from files, export them, reconcile them with the figures."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api.cli.clock import today
from api.cli.due import load_folder, registers_or_fail
from api.cli.exit_codes import FINDINGS, fail
from api.cli.ledgers import ledger_files, read_registers, record_files
from api.cli.options import (
    DATABASE_HELP,
    DEFAULT_DATABASE,
    DatabaseOption,
    ForceOption,
    Format,
    FormatOption,
    PoliciesOption,
)
from api.cli.output_files import require_free
from api.domain.identity import MAX_NAME, Author
from api.domain.registers.figures_check import reconcile
from api.domain.registers.lists import Register
from api.domain.registers.register_view import report_answer, report_as_text
from api.files.export import write_csv_files, write_xlsx_file
from api.files.faults import RegisterFaults
from api.files.figures_file import FiguresFault, FiguresSettings, load_figures, opening_balance
from api.files.import_plan import ImportPlan, ImportRules, plan_import
from api.files.register_files import FilesUnreadable, find_files, read_tables
from api.ledger.database_url import name_of
from api.runtime.private_files import write_private
from engine import PolicySet, operator_of

MAX_SHOWN = 200


class FileFormat(StrEnum):
    """The forms in which a register is exported."""

    CSV = "csv"
    XLSX = "xlsx"


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="CSV files, XLSX workbooks, folders with them.", show_default=False
        ),
    ],
    policies: PoliciesOption,
    database: DatabaseOption = DEFAULT_DATABASE,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be recorded, and record nothing.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Who imports; left out, the user of this machine."),
    ] = None,
) -> None:
    """Record lists and items from files, all of them or, if anything is wrong, none.

    What is recorded already with the same content is passed over. Exit 1 if the files have faults.
    """
    name, system_user = _importer(by)
    active = load_folder(policies)
    rules = _rules(active, today(active))
    author = Author(name, operator_of(active.roles).name)
    try:
        found = find_files(files)
        tables = read_tables(found)
        plan = plan_import(tables, read_registers(database, missing_is_empty=True), rules)
        if not dry_run and (plan.added.lists or plan.added.items):
            plan = record_files(database, found, tables, rules, author, system_user)
    except FilesUnreadable as fault:
        fail(str(fault), fault.remedy)
    except RegisterFaults as faults:
        _show_faults(faults)
    _print_line(_import_summary(plan, "would be recorded" if dry_run else "recorded", name_of(database)))


def export_files(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER|FILE.xlsx", help="Where to.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    format_: Annotated[
        FileFormat | None,
        typer.Option(
            "--format",
            help="csv: a folder with lists.csv and items.csv; xlsx: a workbook; as --out says.",
        ),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Write the registers in the form in which they are imported; the same bytes for the same registers."""
    named = FileFormat.XLSX if out.suffix.casefold() == ".xlsx" else FileFormat.CSV
    if format_ not in (None, named):
        remedy = "name a file.xlsx" if format_ is FileFormat.XLSX else "name a folder"
        fail(f"--out {out} does not fit --format {format_}", remedy)
    if named is FileFormat.CSV and out.suffix[1:].isalpha() and not out.is_dir():
        fail(f"{out} is no workbook by its name, and looks like a file", "name a file.xlsx, or a folder")
    register = read_registers(database)
    if named is FileFormat.XLSX:
        written = {out: write_xlsx_file(register)}
    else:
        written = {out / name: content for name, content in write_csv_files(register).items()}
    require_free([("--out", file) for file in written], ledger_files(database), force=force)
    for file, content in written.items():
        _write(file, content)
    names = " and ".join(map(str, written))
    _print_line(f"written: {_counted(register)} from {name_of(database)} to {names}")


def report(
    policies: PoliciesOption,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            envvar="CHANNELGATE_DATABASE",
            help=DATABASE_HELP,
            show_default="channelgate.db if it is there, else the shipped opening balance",
        ),
    ] = None,
    figures: Annotated[
        Path,
        typer.Option(
            envvar="CHANNELGATE_FIGURES",
            help="The figures to reconcile with, as YAML.",
            default_factory=lambda: FiguresSettings().figures,
            show_default="the shipped figures",
        ),
    ] = ...,  # type: ignore[assignment]  # the default is that of the factory
    format_: FormatOption = Format.TEXT,
) -> None:
    """Reconcile the registers with their figures; exit 1 if one does not hold."""
    rules = _rules(load_folder(policies), dt.date.max)
    try:
        expected = load_figures(figures, rules.registers.list_words)
    except FiguresFault as fault:
        faults = "\n  ".join(fault.faults)
        fail(f"the figures in {figures} cannot be used:\n  {faults}", "mend the places named")
    if database is None and not Path(DEFAULT_DATABASE).exists():
        about = "the shipped opening balance, since there is no database here"
        register = _shipped(rules)
    else:
        about = name_of(database or DEFAULT_DATABASE)
        register = read_registers(database or DEFAULT_DATABASE)
    found = reconcile(register, expected)
    if format_ is Format.JSON:
        data = {"about": about, **report_answer(found).to_plain_data()}
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    else:
        _print_line(f"report on {about}: {_counted(register)}")
        for line in report_as_text(found):
            _print_line(line)
    if not found.reconciles:
        raise typer.Exit(FINDINGS)


def _importer(by: str | None) -> tuple[str, str]:
    """Who imports, and who the operating system says is at work."""
    try:
        system_user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        system_user = f"user {os.getuid()}"
    name = system_user if by is None else by.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        fail(
            f"--as does not name anybody in 1 to {MAX_NAME} characters that show",
            "give a name, such as desk-7",
        )
    return name, system_user


def _rules(policies: PolicySet, day: dt.date) -> ImportRules:
    """What registers are read by on a day; a directive without any ends the command."""
    return ImportRules.of(policies, registers_or_fail(policies), day)


def _shipped(rules: ImportRules) -> Register:
    """The opening balance as it is shipped; all of it is of the past."""
    try:
        return plan_import(read_tables(find_files([opening_balance()])), Register(), rules).added
    except FilesUnreadable as fault:
        fail(str(fault), fault.remedy)
    except RegisterFaults as faults:
        _show_faults(faults)


def _show_faults(faults: RegisterFaults) -> NoReturn:
    for fault in faults.faults[:MAX_SHOWN]:
        _print_line(f"{fault.place}: {fault.fact}; {fault.remedy}")
    number = len(faults.faults)
    hidden = f" ({number - MAX_SHOWN:,} of them not shown)" if number > MAX_SHOWN else ""
    _print_line(f"{_number(number, 'fault')}{hidden}; nothing was recorded")
    raise typer.Exit(FINDINGS)


def _import_summary(plan: ImportPlan, what: str, database: str) -> str:
    there = f"{_number(plan.lists_there, 'list')} and {_number(plan.items_there, 'item')}"
    if not (plan.added.lists or plan.added.items):
        return f"nothing is new: {there} are recorded in {database} already, with the same content"
    passed = f"; {there} are there already" if plan.lists_there or plan.items_there else ""
    return f"{what} in {database}: {_counted(plan.added)}{passed}"


def _counted(register: Register) -> str:
    return f"{_number(len(register.lists), 'list')}, {_number(len(register.items), 'item')}"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_private(file, content)
    except OSError as error:
        fail(f"{file} cannot be written ({error.strerror})", "name a folder you may write in with --out")


def _print_line(line: str) -> None:
    """Print a line without control characters, which would steer the terminal."""
    sys.stdout.write("".join(sign if sign.isprintable() else "\ufffd" for sign in line) + "\n")
