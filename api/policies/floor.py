"""The floor that every policy folder has to meet: a file outside the folder, so that it is not lowered with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.runtime.regular_files import read_regular_file
from engine import MAX_FILE_BYTES, Diagnostic, Place, PolicyFaults

if TYPE_CHECKING:
    from engine import OuterInvariants, PolicySet


@dataclass(frozen=True, slots=True)
class FloorFile:
    """A floor as it lies in its file; of one that is too long, only so much that this is seen."""

    path: Path
    content: bytes

    def parse(self) -> OuterInvariants:
        """Return what it holds every folder to. Raises PolicyFaults."""
        from engine import read_floor

        return read_floor(str(self.path), self.content)


def read_floor_file(path: Path) -> FloorFile:
    """Return the content of a floor, not looked at yet. Raises PolicyFaults (G04) where it cannot be read."""
    try:
        return FloorFile(path, read_regular_file(path, MAX_FILE_BYTES))
    except OSError as error:
        message = f"the floor cannot be read ({error.strerror})"
        remedy = "mend it, or name a floor that can be read, with --floor FILE"
        raise PolicyFaults([Diagnostic(Place(str(path)), "G04", message, remedy)]) from error


def load_floor(path: Path) -> OuterInvariants:
    """Read a floor. Raises PolicyFaults that names each fault, G04 where the file cannot be read."""
    return read_floor_file(path).parse()


def hold_to_floor(policies: PolicySet, floor: Path) -> PolicySet:
    """Return the policies held to the floor in a file. Raises PolicyFaults."""
    from engine import hold_to

    return hold_to(policies, load_floor(floor))
