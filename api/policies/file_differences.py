"""How the files beside a service differ from what is in force by approvals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from api.domain.approvals.history import StateInForce
from api.policies.folder import read_folder
from api.runtime.regular_files import read_regular_file
from engine import MAX_FILE_BYTES, PolicyFaults


@dataclass(frozen=True, slots=True)
class ApprovalFiles:
    """The files that were in force before approvals were founded, and are compared with what is."""

    policies: Path
    floor: Path
    approvers: Path


def compare_files(files: ApprovalFiles, held: Mapping[str, bytes], in_force: StateInForce) -> Iterator[str]:
    """Yield a sentence for each difference between what lies there and what is in force; `held` are its policies."""
    try:
        there = read_folder(files.policies).files
    except PolicyFaults as faults:
        yield f"the policy folder: {faults}"
    else:
        for name in sorted({*held, *there}):
            if held.get(name) != there.get(name):
                yield f"{name} {_difference(name in held, name in there)}"
    for file, digest in (
        (files.floor, in_force.floor_digest),
        (files.approvers, in_force.approvers_digest),
    ):
        try:
            content = read_regular_file(file, MAX_FILE_BYTES)
        except OSError as error:
            yield f"{file} cannot be read ({error.strerror})"
        else:
            if sha256(content).hexdigest() != digest:
                yield f"{file} is not as it is in force"


def _difference(is_held: bool, is_there: bool) -> str:
    if is_held and is_there:
        return "is not as it is in force"
    return "is in force, and not there" if is_held else "is not in force"
