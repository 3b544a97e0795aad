"""`channelgate log witness`: has witnesses cosign the newest checkpoint, and stores it with their cosignatures."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from api.cli.atomic_write import exchange
from api.cli.exit_codes import FINDINGS, fail
from api.cli.inputs import read_text
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too
from api.ledger.checkpoints import Checkpoint, SignedCheckpoint, parse_checkpoint
from api.ledger.merkle import consistency_path
from api.ledger.proofs import ProofBlocks
from api.ledger.reader import newest_note
from api.ledger.witness_protocol import ADD_CHECKPOINT, format_submission, parse_cosignatures, parse_size
from api.runtime.http_client import HttpReply, post_text
from api.signing.cosignatures import WitnessKey
from api.signing.faults import SigningFault
from api.signing.notes import Note, NoteSignature

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STORED = re.compile(r"checkpoint-(0|[1-9][0-9]{0,18})\.txt")


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """A witness as the log knows it: the key of its cosignatures, and the address at which it takes checkpoints."""

    key: WitnessKey
    url: str


class NotCosigned(Exception):
    """Why a witness did not cosign."""


@database_by_position_too
def ask_witnesses(
    witnesses: Annotated[
        Path, typer.Argument(help="A file with a witness a line: its key, a space, its address.")
    ],
    folder: Annotated[
        Path, typer.Option("--folder", help="Where cosigned checkpoints are stored, each as a file.")
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Have witnesses cosign the newest checkpoint (C2SP tlog-witness); exit 1 unless all of them did.

    A log that does not continue the newest checkpoint in the folder is shown to nobody.
    """
    with reading_log(database) as connection:
        known = _read_witnesses(witnesses)
        note = newest_note(connection) or fail("the log is empty", "record something first")
        log = _ServedLog(connection, note)
        stored = _stored_checkpoints(folder)
        if stored and not log.continues(stored[-1].checkpoint):
            _print_line(
                f"NOT CONTINUED: the log has {log.newest.size} entries and does not continue the checkpoint of"
                f" {stored[-1].checkpoint.size} in {folder}: it was cut or rewritten; no witness was asked"
            )
            raise typer.Exit(FINDINGS)
        lines, failures = list[NoteSignature](), 0
        for witness in known:
            try:
                cosignature = log.cosigned_by(witness, _last_cosigned(witness, stored))
            except NotCosigned as failure:
                failures += 1
                _print_line(f"{witness.key.name}: NOT COSIGNED: {failure}")
            else:
                lines.append(cosignature)
                _print_line(f"{witness.key.name}: cosigned {log.newest.size} entries")
    if lines:
        _store(folder, log.signed, [one for one in stored if one.checkpoint == log.newest], lines)
    if failures:
        raise typer.Exit(FINDINGS)


@dataclass(frozen=True, slots=True)
class _ServedLog:
    """The log as of its newest checkpoint, as a witness sees it."""

    connection: Connection
    note: str

    @property
    def signed(self) -> SignedCheckpoint:
        return parse_checkpoint(self.note)

    @property
    def newest(self) -> Checkpoint:
        return self.signed.checkpoint

    def _root(self, blocks: ProofBlocks) -> Callable[[int, int], bytes]:
        return lambda start, end: blocks.root(self.connection, start, end)

    def continues(self, before: Checkpoint) -> bool:
        if before.origin != self.newest.origin or before.size > self.newest.size:
            return False
        return self._root(ProofBlocks())(0, before.size) == before.root

    def cosigned_by(self, witness: WitnessAddress, old: int) -> NoteSignature:
        """Ask a witness that has cosigned `old` entries as far as is known here. Raises `NotCosigned`."""
        try:
            answer = self._submit(witness, old)
            if answer.status_code == 409:
                answer = self._submit(witness, self._size_named(answer))
            if answer.status_code != 200:
                raise NotCosigned(f"it answers {answer.status_code}: {_first_line(answer)}")
            lines = [line for line in parse_cosignatures(answer.content) if witness.key.names(line)]
            if witness.key.cosigned_at(Note(self.signed.note.text, tuple(lines), "checkpoint")) is None:
                raise NotCosigned("its answer has no cosignature by the key that is known here")
            return lines[-1]
        except SigningFault as fault:
            raise NotCosigned(fault.fact) from fault
        except OSError as error:
            raise NotCosigned(f"it cannot be reached ({error.strerror or error})") from error

    def _size_named(self, answer: HttpReply) -> int:
        size = parse_size(answer.content)
        if size > self.newest.size:
            raise NotCosigned(
                f"it has cosigned {size} entries, and the log has {self.newest.size}: it was cut"
            )
        return size

    def _submit(self, witness: WitnessAddress, old: int) -> HttpReply:
        size = self.newest.size
        path = consistency_path(self._root(ProofBlocks()), old, size, size) if 0 < old < size else ()
        return post_text(witness.url, ADD_CHECKPOINT, format_submission(old, path, self.note))


def _last_cosigned(witness: WitnessAddress, stored: Sequence[SignedCheckpoint]) -> int:
    """The size of the newest stored checkpoint that has a cosignature of the witness; 0 if none has."""
    sizes = (one.checkpoint.size for one in stored if any(map(witness.key.names, one.signatures)))
    return max(sizes, default=0)


def _store(
    folder: Path, signed: SignedCheckpoint, same: Sequence[SignedCheckpoint], lines: Sequence[NoteSignature]
) -> None:
    """Store the checkpoint with the new cosignatures, beside those of others that it had here."""
    new = {(line.name, line.key_id): line for line in lines}
    had = {(one.name, one.key_id): one for before in same for one in before.signatures}
    own = {(one.name, one.key_id): one for one in signed.signatures}
    file = folder / f"checkpoint-{signed.checkpoint.size}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{folder} cannot be made ({error.strerror})", "name with --folder one that can")
    signatures = "".join(one.format() for one in {**own, **had, **new}.values())
    exchange(file, f"{signed.note.text}\n{signatures}".encode())
    _print_line(f"stored: {file}")


def _stored_checkpoints(folder: Path) -> list[SignedCheckpoint]:
    """The cosigned checkpoints in the folder, the smallest first."""
    found = []
    for file in folder.glob("checkpoint-*.txt"):
        if _STORED.fullmatch(file.name):
            try:
                found.append(parse_checkpoint(file.read_bytes().decode()))
            except (OSError, ValueError, SigningFault) as error:
                fail(f"{file} cannot be read ({error})", "put it back, or name another --folder")
    return sorted(found, key=lambda one: one.checkpoint.size)


def _read_witnesses(file: Path) -> list[WitnessAddress]:
    remedy = (
        "write a witness a line: what `channelgate witness key` prints, a space, its http or https address"
    )
    found = [*_witnesses_in(read_text(file, remedy), file, remedy)]
    return found or fail(f"{file} names no witness", remedy)


def _witnesses_in(text: str, file: Path, remedy: str) -> Iterator[WitnessAddress]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        key, _, url = line.strip().partition(" ")
        place = urlsplit(url.strip())
        if place.scheme not in ("http", "https") or not place.hostname:
            fail(f"{file}:{number} names no address", remedy)
        try:
            yield WitnessAddress(WitnessKey.parse(key), url.strip())
        except SigningFault as fault:
            fail(f"{file}:{number}: {fault.fact}", fault.remedy)


def _first_line(answer: HttpReply) -> str:
    """The first line of an answer, without what would steer a terminal: whoever answers need not be a friend."""
    line = answer.content.decode("utf-8", "replace").strip().partition("\n")[0][:200]
    return "".join(character if character.isprintable() else "?" for character in line)


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
