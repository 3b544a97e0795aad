"""Checkpoints that were stored elsewhere, as files that commands are given."""

from __future__ import annotations

from pathlib import Path

from api.cli.exit_codes import fail
from api.ledger.checkpoints import parse_checkpoint
from api.signing.faults import SigningFault


def read_anchor(file: Path | None) -> str | None:
    """Return the checkpoint in a file, if one is named; nothing of it is verified yet.

    A file that holds none ends the command with exit code 2: the wrong file says nothing of the log.
    """
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8-sig")
        parse_checkpoint(text)
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read ({error})", "name a file with a checkpoint")
    except SigningFault as fault:
        fail(f"{file} is no checkpoint: {fault.fact}", f"{fault.remedy}, or name another file")
    return text
