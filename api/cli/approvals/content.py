"""What a proposal is about, as it lies there: a policy folder, a floor, or a file of approvers."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, assert_never

from api.cli.approvals.officer_keys import load_approvers, read_bytes
from api.cli.exit_codes import fail
from api.cli.policy_loading import load_usable, read_shown
from api.domain.approvals.statements import ProposalSubject
from api.policies.floor import load_floor
from api.runtime.shipped import floor_of
from engine import PolicyFaults, PolicySet, revision_of


@dataclass(frozen=True, slots=True)
class ContentToPropose:
    """What is proposed: its digest as a proposal states it, and the members of the call that carry it."""

    digest: str
    members: Mapping[str, Any]


def read_revision(folder: Path) -> str:
    """Return the revision of a policy folder in which everything is read; else end the command."""
    return revision_of(_read_files(folder))


def read_content(subject: ProposalSubject, path: Path) -> ContentToPropose:
    """Return the content of a folder or file; one that cannot be read ends the command."""
    match subject:
        case ProposalSubject.POLICIES:
            files = _read_files(path)
            texts = {name: _as_text(path / name, content) for name, content in files.items()}
            return ContentToPropose(revision_of(files), {"files": texts})
        case ProposalSubject.FLOOR | ProposalSubject.APPROVERS:
            content = read_bytes(path, f"--subject {subject.value}")
            return ContentToPropose(sha256(content).hexdigest(), {"text": _as_text(path, content)})
        case _:
            assert_never(subject)


def require_sound(subject: ProposalSubject, path: Path) -> None:
    """End the command unless what is proposed can be used at all."""
    match subject:
        case ProposalSubject.POLICIES:
            load_proposed(path, "nothing is proposed")
        case ProposalSubject.FLOOR:
            try:
                load_floor(path)
            except PolicyFaults as faults:
                fail(f"the floor {path} cannot be used:\n{faults}", "mend the places named")
        case ProposalSubject.APPROVERS:
            load_approvers(path)
        case _:
            assert_never(subject)


def load_proposed(folder: Path, consequence: str, floor: Path | None = None) -> PolicySet:
    """Return the policies of a folder, held to the floor; without usable ones end the command."""
    return load_usable(folder, consequence, floor or floor_of(folder))


def read_features(folder: Path) -> dict[str, str]:
    """Return the files below the folder of the scenarios, by their paths there; hidden ones are left out."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    paths = [path.relative_to(folder) for path in found]
    return {
        path.as_posix(): _as_text(folder / path, read_bytes(folder / path, "--features"))
        for path in paths
        if not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


def _read_files(folder: Path) -> Mapping[str, bytes]:
    content = read_shown(folder)
    for finding in content.unread:
        sys.stderr.write(f"{folder}: {finding}\n")
    if content.unread:
        fail(f"{folder} holds something that is not read", "mend the places named above")
    return content.files


def _as_text(path: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        fail(f"{path} is not text in UTF-8", "write it anew in UTF-8")
