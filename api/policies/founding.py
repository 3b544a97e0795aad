"""The founding of approvals: the note that all approvers signed, held against the files that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from api.domain.approvals.approvers import Approvers, read_approvers
from api.domain.approvals.fault_code import APPROVALS_CODE
from api.domain.approvals.history import APPROVERS, FLOOR
from api.domain.approvals.statements import Founding, read_statement
from api.ledger.revisions import PolicyFiles
from api.policies.approved import not_usable
from api.policies.file_differences import ApprovalFiles
from api.policies.folder import read_folder
from api.runtime.regular_files import read_regular_file
from api.signing.faults import SigningFault
from api.signing.notes import Note, parse_note
from engine import MAX_FILE_BYTES, Diagnostic, Place, PolicyFaults, revision_of

MAKE = "make the note with `channelgate policies found`, and have every approver sign it"


@dataclass(frozen=True, slots=True)
class FoundingNote:
    """A founding that holds: what is stated, the note that all approvers signed, and the texts it is about."""

    stated: Founding
    note: str
    texts: Mapping[str, str]
    files: PolicyFiles


@dataclass(frozen=True, slots=True)
class FoundingTexts:
    """What a founding is about: the policy files, the floor and the approvers, as they lie there."""

    policies: Mapping[str, bytes]
    floor: bytes
    approvers_text: bytes
    approvers: Approvers

    @property
    def revision(self) -> str:
        """The revision of the policies."""
        return revision_of(self.policies)


def read_founding_texts(files: ApprovalFiles) -> FoundingTexts:
    """Read what a founding is about. Raises PolicyFaults for what cannot be used."""
    from engine import read_floor

    content = read_folder(files.policies)
    content.load()
    floor = _read(files.floor)
    read_floor(str(files.floor), floor)
    approvers = _read(files.approvers)
    return FoundingTexts(content.files, floor, approvers, read_approvers(str(files.approvers), approvers))


def read_founding(note_file: Path | None, files: ApprovalFiles, log: str, last: str | None) -> FoundingNote:
    """Return the founding in a file. `log` is the name of the log, `last` the revision that was in force last in it.

    Raises PolicyFaults with everything that does not fit.
    """
    if note_file is None:
        fact = "approvals are not founded in this log"
        raise not_usable(files.approvers, fact, f"{MAKE}; then name it with --founding FILE")
    texts = read_founding_texts(files)
    try:
        written = _read(note_file).decode()
        note = parse_note(written, "founding")
        stated = read_statement(note.text)
        if not isinstance(stated, Founding):
            raise SigningFault("it states something else than a founding", MAKE)
    except SigningFault as fault:
        raise not_usable(note_file, fault.fact, fault.remedy) from fault
    except UnicodeDecodeError as error:
        raise not_usable(note_file, "the note is not text in UTF-8", MAKE) from error
    unsigned = (f"{officer} has not signed it" for officer in find_unsigned(note, texts.approvers))
    faults = [*find_misfits(stated, texts, log, last), *unsigned]
    if faults:
        raise PolicyFaults(Diagnostic(Place(str(note_file)), APPROVALS_CODE, fault, MAKE) for fault in faults)
    return FoundingNote(
        stated,
        written,
        {FLOOR: texts.floor.decode(), APPROVERS: texts.approvers_text.decode()},
        PolicyFiles.of(texts.revision, texts.policies),
    )


def find_misfits(stated: Founding, texts: FoundingTexts, log: str, last: str | None = None) -> Iterator[str]:
    """Yield how a founding is about something else than these texts, in this log."""
    if stated.log != log:
        yield f"it is for the log {stated.log}, and this one is {log}"
    if stated.content != texts.revision:
        yield f"it founds the revision {stated.content[:12]}, and the folder is {texts.revision[:12]}"
    if last is not None and last != stated.content:
        yield f"it founds the revision {stated.content[:12]}, and {last[:12]} was in force last"
    if stated.floor != sha256(texts.floor).hexdigest():
        yield "it is about another floor"
    if stated.approvers != sha256(texts.approvers_text).hexdigest():
        yield "it is about other approvers"


def find_unsigned(note: Note, approvers: Approvers) -> Iterator[str]:
    """Yield the names of the approvers who have not signed a founding."""
    for officer in approvers.officers:
        try:
            note.verify([officer.verifying_key])
        except SigningFault:
            yield officer.officer


def _read(file: Path) -> bytes:
    try:
        return read_regular_file(file, MAX_FILE_BYTES)
    except OSError as error:
        fact = f"the file cannot be read ({error.strerror})"
        raise PolicyFaults(
            [Diagnostic(Place(str(file)), APPROVALS_CODE, fact, "mend it, or name another")]
        ) from error
