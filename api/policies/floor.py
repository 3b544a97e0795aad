"""The floor that every policy folder has to meet: a file outside the folder, so that it is not lowered with it."""

from __future__ import annotations

from pathlib import Path

from api.runtime.regular_files import read_regular_file
from engine import (
    MAX_FILE_BYTES,
    Diagnostic,
    OuterInvariants,
    Place,
    PolicyFaults,
    PolicySet,
    hold_to,
    read_floor,
)


def load_floor(path: Path) -> OuterInvariants:
    """Read a floor. Raises PolicyFaults that names each fault, G04 where the file cannot be read."""
    try:
        content = read_regular_file(path, MAX_FILE_BYTES)
    except OSError as error:
        message = f"the floor cannot be read ({error.strerror})"
        remedy = "mend it, or name a floor that can be read, with --floor FILE"
        raise PolicyFaults([Diagnostic(Place(str(path)), "G04", message, remedy)]) from error
    return read_floor(str(path), content)


def hold_to_floor(policies: PolicySet, floor: Path) -> PolicySet:
    """Return the policies held to the floor in a file. Raises PolicyFaults."""
    return hold_to(policies, load_floor(floor))
