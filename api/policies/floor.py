"""The floor that every policy folder has to meet: a file outside the folder, so that it is not lowered with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine import (
    Diagnostic,
    OuterInvariants,
    Place,
    PolicyFaults,
    PolicySet,
    hold_to,
    load_policies,
    read_floor,
)


def load_floor(path: Path) -> OuterInvariants:
    """Read a floor. Raises PolicyFaults that names each fault, G04 where the file cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the floor cannot be read ({error.strerror})"
        remedy = "name a file that can, with --floor FILE, or leave the option out for the shipped floor"
        raise PolicyFaults([Diagnostic(Place(str(path)), "G04", message, remedy)]) from error
    return read_floor(str(path), content)


def load_held(files: Mapping[str, bytes], floor: Path) -> PolicySet:
    """Check a policy folder, given as name -> content, and hold it to a floor. Raises PolicyFaults."""
    return hold_to(load_policies(files), load_floor(floor))
