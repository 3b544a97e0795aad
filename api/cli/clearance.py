"""`channelgate clearance`: the offline check of a clearance, and what it allows to be handed over."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api.cli.clock import now
from api.cli.exit_codes import FINDINGS, fail
from api.cli.inputs import InputUnreadable, read_input
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too, day_option
from api.cli.signing_key import read_signing_key, read_verifying_keys
from api.domain.handovers.clearance import FORMAT, Clearance, as_printed, clearance_key, verify_clearance
from api.parsing.characters import in_normal_form
from api.settings import Settings
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey


def verify(
    file: Annotated[str, typer.Argument(help="The file with the clearance, or - for standard input.")],
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="A verifying key of the log, as name+id+base64; may be repeated."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="A file with verifying keys, one a line.")
    ] = None,
    on: Annotated[
        dt.date | None,
        typer.Option(
            "--on",
            parser=day_option,
            metavar="YYYY-MM-DD",
            help="The day of the handover; today in the clearance's time zone if left out.",
        ),
    ] = None,
    line: Annotated[
        list[str] | None, typer.Option("--line", help="A line that is to be handed over; may be repeated.")
    ] = None,
) -> None:
    """Say whether a clearance holds and what it allows: exit 0 if it holds, 1 if not, 2 if it could not be checked.

    It needs neither the database nor a network. Whether a clearance was used before only the service knows.
    """
    try:
        content, keys = read_input(file, "a clearance"), _keys(key, key_file)
    except InputUnreadable as fault:
        fail(str(fault), fault.remedy)
    try:
        clearance = verify_clearance(as_printed(content.decode()), keys)
    except UnicodeDecodeError:
        _refuse(["the file holds bytes that are no text: it was altered, or is no clearance"])
    except SigningFault as fault:
        _refuse([f"{fault.fact}; {fault.remedy}"])
    faults = list(_faults(clearance, on or clearance.day_at(now()), line or ()))
    _print(clearance)
    if faults:
        _refuse(faults)
    _print_line(
        "VALID, if it was not used before: it allows one handover, and only the service knows whether there was one."
    )


@database_by_position_too
def show_key(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Print the verifying key of clearances, to be given to the desks; read from the key file of the log."""
    key = read_signing_key(Settings(database=database))
    _print_line(clearance_key(key.verifying).format())


def _keys(given: Sequence[str] | None, file: Path | None) -> list[VerifyingKey]:
    texts = list(given or ())
    try:
        texts += file.read_text(encoding="utf-8-sig").split() if file else []
    except (OSError, ValueError) as error:
        fail(f"the key file {file} cannot be read ({error})", "name a file with verifying keys, one a line")
    if not texts:
        fail("there is no key to check by", "give --key; `channelgate clearance key` prints it")
    return read_verifying_keys(texts)


def _faults(clearance: Clearance, day: dt.date, lines: Sequence[str]) -> Iterator[str]:
    if day < clearance.valid_from:
        yield f"on {day} it does not hold yet; it holds from {clearance.valid_from}"
    if day > clearance.valid_until:
        yield f"on {day} it has expired; it held until {clearance.valid_until}"
    cleared = [item.line for item in clearance.items]
    marks = {in_normal_form(mark) for mark in cleared}
    for line in lines:
        if in_normal_form(line) not in marks:
            yield f"line {line} is not in it; it allows: {', '.join(cleared)}"


def _print(clearance: Clearance) -> None:
    """Print the clearance in its signed form, in which no value can pass for a line of its own."""
    sys.stdout.write(clearance.to_text().removeprefix(f"{FORMAT}\n") + "\n")


def _refuse(faults: Sequence[str]) -> NoReturn:
    _print_line("NOT VALID: hand nothing over by it.")
    for fault in faults:
        _print_line(f"  {fault}")
    raise typer.Exit(FINDINGS)


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
