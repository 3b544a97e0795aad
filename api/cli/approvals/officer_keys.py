"""The officers of a file, and the private key of one of them: who signs is found by the key."""

from __future__ import annotations

from pathlib import Path

from api.cli.exit_codes import fail
from api.cli.policy_loading import refuse_approvals
from api.domain.approvals.approvers import Approvers, read_approvers
from api.runtime.regular_files import read_regular_file
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey
from engine import MAX_FILE_BYTES, PolicyFaults


def read_bytes(file: Path, option: str) -> bytes:
    """Return the content of a file; one that cannot be read ends the command."""
    try:
        return read_regular_file(file, MAX_FILE_BYTES)
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror})", f"name another file with {option}")


def load_approvers(file: Path) -> Approvers:
    """Return the approvers of a file; one with faults ends the command."""
    try:
        return read_approvers(str(file), read_bytes(file, "--approvers"))
    except PolicyFaults as faults:
        refuse_approvals(faults)


def load_officer_key(pem: Path, approvers: Approvers) -> SigningKey:
    """Return the key in a file under the name of the officer whose it is; that of nobody ends the command."""
    content = read_bytes(pem, "--key")
    try:
        key = SigningKey.from_pem("officer", content)
    except SigningFault as fault:
        fail(f"{pem}: {fault.fact}", fault.remedy)
    public = key.verifying.public
    name = next((one.officer for one in approvers.officers if one.verifying_key.public == public), None)
    if name is None:
        fail(f"{pem} is the key of none of the approvers", "name the key of an officer whom their file names")
    return SigningKey(name, key.private)
