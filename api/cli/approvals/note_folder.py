"""The folder of a proposal in a repository: `proposal.txt`, and a note of what each officer states about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from api.cli.atomic_write import exchange
from api.cli.exit_codes import fail
from api.cli.output_files import require_free
from api.domain.approvals.signed_statements import is_statement, stated_in
from api.domain.approvals.statements import AnyOfficerStatement, OfficerStatement, ProposalStatement
from api.runtime.regular_files import read_regular_file
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey
from api.signing.notes import sign_note

PROPOSAL_FILE = "proposal.txt"
MAX_NOTE_BYTES = 20_000
_MAKE = "make it with `channelgate policies propose`"


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A note as it lies there. Who signed it is not verified yet."""

    file: str
    note: str
    stated: AnyOfficerStatement


@dataclass(frozen=True, slots=True)
class ProposalFile:
    """The note of a proposal as it lies there. Who signed it is not verified yet."""

    note: str
    stated: ProposalStatement


@dataclass(frozen=True, slots=True)
class RefusedNote:
    """A file that counts nothing, and why."""

    file: str
    fact: str


def read_proposal(folder: Path) -> ProposalFile:
    """Return the proposal of a folder; without one that can be read, end the command."""
    file = folder / PROPOSAL_FILE
    try:
        found = _read_note(file)
    except SigningFault as fault:
        fail(f"{file}: {fault.fact}", fault.remedy)
    if not isinstance(found.stated, ProposalStatement):
        fail(f"{file} states something else than a proposal", _MAKE)
    return ProposalFile(found.note, found.stated)


def read_notes(folder: Path) -> tuple[list[NoteFile], list[RefusedNote]]:
    """Return the notes about the proposal, by their time, and the files that are none."""
    found: list[NoteFile] = []
    refused: list[RefusedNote] = []
    for file in sorted(folder.glob("*.txt")):
        if file.name == PROPOSAL_FILE:
            continue
        try:
            found.append(_read_note(file))
        except SigningFault as fault:
            refused.append(RefusedNote(_shown(file.name), fault.fact))
    return sorted(found, key=lambda one: one.stated.at), refused


def note_file(folder: Path, kind: str, officer: str) -> Path:
    """Return the place of what an officer states; a name that is no name of a file is written with percent signs."""
    return folder / f"{kind}-{quote(officer, safe='')}.txt"


def write_note(file: Path, stated: OfficerStatement, key: SigningKey, option: str, *, force: bool) -> None:
    """Write a statement as a note that its officer signed; a file that is there is replaced by --force alone."""
    require_free([(option, file)], [], force=force)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{file.parent} cannot be made ({error.strerror})", f"name another folder with {option}")
    exchange(file, sign_note(stated.to_text(), key).encode())


def _read_note(file: Path) -> NoteFile:
    """Read a signed note. Raises `SigningFault`."""
    try:
        content = read_regular_file(file, MAX_NOTE_BYTES)
        if len(content) > MAX_NOTE_BYTES:
            raise SigningFault(f"the note is longer than {MAX_NOTE_BYTES} bytes", _MAKE)
        note = content.decode()
    except OSError as error:
        raise SigningFault(f"the file cannot be read ({error.strerror})", _MAKE) from error
    except UnicodeDecodeError as error:
        raise SigningFault("the note is not text in UTF-8", _MAKE) from error
    if is_statement(note):
        raise SigningFault("nobody signed it", "have the officer sign it")
    return NoteFile(_shown(file.name), note, stated_in(note))


def _shown(name: str) -> str:
    """The name of a file as it can stand in a message."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)
