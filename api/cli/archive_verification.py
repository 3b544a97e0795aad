"""Archives of the log as the commands read them: opened, and verified like a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.signing_key import read_verifying_keys
from api.ledger.archive_form import ArchiveFault
from api.ledger.archives import Archive, opened_archive


@contextmanager
def reading_archive(file: Path) -> Iterator[Archive]:
    """An open archive; whatever keeps it from being read ends the command with exit code 2."""
    try:
        with opened_archive(file) as archive:
            yield archive
    except ArchiveFault as fault:
        fail(f"the archive {file} cannot be read: {fault}", fault.remedy)


def verify_archive(file: Path, given: Sequence[str], anchor: str | None) -> None:
    """Verify an archive and print the result; findings end the command with exit code 1.

    `given` are the verifying keys to trust; without one, those that the archive names.
    """
    keys = read_verifying_keys(given)
    with reading_archive(file) as archive:
        verdict = archive.verify(keys or archive.verifying_keys, anchor)
    for finding in verdict.findings:
        _print_line(finding)
    if verdict.findings:
        _print_line(f"TAMPERED WITH: {len(verdict.findings)} findings in {file}")
        raise typer.Exit(FINDINGS)
    _print_line(f"intact: {verdict.log.size} entries, {verdict.log.signed} of them under a signed checkpoint")
    _print_line(
        "an archive holds the entries alone: no tables beside them, and no texts kept apart, to be compared"
    )
    _print_line(
        "trusted: the keys given with --key"
        if keys
        else "trusted: only the keys that the archive itself names; give one with --key to be sure"
    )
    if anchor is None:
        _print_line(
            "no anchor was compared: that nothing was cut off the end, or rewritten with the key, is not shown"
        )


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
