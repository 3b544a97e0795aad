"""Checkpoints that were stored elsewhere, as files that commands are given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.cli.exit_codes import fail
from api.ledger.checkpoints import parse_checkpoint
from api.signing.faults import SigningFault


@contextmanager
def anchor_in(file: Path | None) -> Iterator[str | None]:
    """The checkpoint in a file, if one is named, to verify a log with; nothing of it is verified yet.

    The wrong file says nothing of the log: the log is verified without it, and if nothing is found in it, the command
    ends with exit code 2.
    """
    note, fault = _read(file)
    yield note
    if fault is not None:
        fail(*fault)


def read_anchor(file: Path | None) -> str | None:
    """Return the same to a command that does nothing without it; the wrong file ends it with exit code 2."""
    note, fault = _read(file)
    if fault is not None:
        fail(*fault)
    return note


def _read(file: Path | None) -> tuple[str | None, tuple[str, str] | None]:
    """The text of a checkpoint; or why there is none, and the remedy."""
    if file is None:
        return None, None
    try:
        text = file.read_text(encoding="utf-8-sig")
        parse_checkpoint(text)
    except (OSError, ValueError) as error:
        return None, (f"{file} cannot be read ({error})", "name a file with a checkpoint")
    except SigningFault as fault:
        return None, (f"{file} is no checkpoint: {fault.fact}", f"{fault.remedy}, or name another file")
    return text, None
