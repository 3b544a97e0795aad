"""`channelgate policies found`: the note by which approvals begin, signed by one approver after the other."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from api.cli.approvals.officer_keys import load_officer_key, read_bytes
from api.cli.approvals.options import DEFAULT_LOG, LogOption
from api.cli.atomic_write import exchange
from api.cli.clock import now
from api.cli.exit_codes import fail
from api.cli.options import FloorOption, ForceOption
from api.cli.output_files import refuse_inputs, require_free
from api.cli.policy_loading import load_usable, refuse_approvals
from api.domain.approvals.approvers import Approvers
from api.domain.approvals.statements import Founding, read_statement
from api.policies.file_differences import ApprovalFiles
from api.policies.founding import FoundingTexts, find_misfits, find_unsigned, read_founding_texts
from api.policies.proof_gate import find_unproved
from api.runtime.shipped import floor_of
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey
from api.signing.notes import Note, parse_note, sign_note
from engine import PolicyFaults


def found_approvals(
    directory: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The policy folder to begin with.", show_default=False),
    ],
    approvers: Annotated[
        Path,
        typer.Option(
            "--approvers", envvar="CHANNELGATE_APPROVERS", metavar="FILE", help="The file of approvers."
        ),
    ],
    key: Annotated[
        Path,
        typer.Option("--key", metavar="PEM", help="The private key of the officer who signs, as a PEM file."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The note of the founding.")] = Path(
        "founding.txt"
    ),
    add: Annotated[
        bool, typer.Option("--add", help="Add a signature to the note that is there, of the same files.")
    ] = False,
    floor: FloorOption = None,
    log: LogOption = DEFAULT_LOG,
    force: ForceOption = False,
) -> None:
    """Sign the note by which approvals begin, once the policies are checked and proved; it says who has still to."""
    files = ApprovalFiles(directory, floor or floor_of(directory), approvers)
    inputs = [directory, files.floor, approvers, key]
    if log == DEFAULT_LOG:
        fact = f"the log has the usual name, {DEFAULT_LOG}, so what officers sign for it would hold elsewhere"
        sys.stderr.write(
            f"channelgate: {fact}; a new log is named like example.org/gate: CHANNELGATE_LOG_ORIGIN\n"
        )
    if add:
        refuse_inputs([("--out", out)], inputs)
    else:
        require_free([("--out", out)], inputs, force=force)
    texts = _read_texts(files)
    signing = load_officer_key(key, texts.approvers)
    note = _add_signature(out, texts, log, signing) if add else _begin(texts, log, signing)
    exchange(out, note.encode())
    _report(out, parse_note(note, "founding"), texts.approvers, signing)


def _read_texts(files: ApprovalFiles) -> FoundingTexts:
    """What is founded, checked and proved; anything else ends the command."""
    checked = load_usable(files.policies, "nothing is founded", files.floor)
    try:
        texts = read_founding_texts(files)
    except PolicyFaults as faults:
        refuse_approvals(faults)
    if unproved := find_unproved(checked):
        for fault in unproved:
            sys.stderr.write(f"{fault}\n")
        fail(
            f"the policies in {files.policies} are not proved, so nothing is founded",
            "mend the places named above",
        )
    if checked.revision != texts.revision:
        fail(f"{files.policies} has changed while it was read", "try again")
    return texts


def _begin(texts: FoundingTexts, log: str, key: SigningKey) -> str:
    stated = Founding(
        log=log,
        officer=key.name,
        at=now(),
        content=texts.revision,
        floor=sha256(texts.floor).hexdigest(),
        approvers=sha256(texts.approvers_text).hexdigest(),
    )
    return sign_note(stated.to_text(), key)


def _add_signature(file: Path, texts: FoundingTexts, log: str, key: SigningKey) -> str:
    """The note in a file with one more signature, if it is about what lies there."""
    try:
        written = read_bytes(file, "--out").decode()
        note = parse_note(written, "founding")
        stated = read_statement(note.text)
    except UnicodeDecodeError:
        fail(f"{file}: the note is not text in UTF-8", "begin anew, without --add")
    except SigningFault as fault:
        fail(f"{file}: {fault.fact}", fault.remedy)
    if not isinstance(stated, Founding):
        fail(f"{file} states something else than a founding", "name the note with --out")
    if misfits := list(find_misfits(stated, texts, log)):
        fail(
            f"{file}: {', '.join(misfits)}",
            "name the files and the log (CHANNELGATE_LOG_ORIGIN) that it is about, or begin anew without --add",
        )
    signers = {line.name for line in note.signatures}
    unsigned = set(find_unsigned(note, texts.approvers))
    if altered := sorted(signers & unsigned):
        fail(
            f"{file}: what {', '.join(altered)} signed was altered, or by another key",
            "begin anew, without --add",
        )
    if key.name in signers:
        fail(f"{key.name} has signed {file}", "let the others sign it")
    return written + sign_note(note.text, key).removeprefix(f"{note.text}\n")


def _report(file: Path, note: Note, approvers: Approvers, key: SigningKey) -> None:
    missing = list(find_unsigned(note, approvers))
    sys.stdout.write(f"{file}: signed by {key.name}\n")
    if missing:
        sys.stdout.write(f"still to sign, each with --add: {', '.join(missing)}\n")
    else:
        sys.stdout.write("everybody has signed; start the service with --approvers and --founding\n")
