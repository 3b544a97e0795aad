"""Signed checkpoints of the decision log, as notes that other tools can read.

The form is that of C2SP tlog-checkpoint, without extension lines, in a signed note (`api.signing.notes`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from api.ledger.merkle import HASH_SIZE
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from api.signing.notes import COPY_ANEW, Note, NoteSignature, parse_note, sign_note
from api.signing.text import decode_base64, is_line

MAX_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its unique name, the number of its entries, and its Merkle root (32 bytes).

    Raises `SigningFault` for what no checkpoint can say.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or not is_line(self.origin):
            raise SigningFault("the name of the log is not one line of text", "name it like example.org/log")
        if not 0 <= self.size <= MAX_SIZE:
            raise SigningFault(f"a log cannot have {self.size} entries", COPY_ANEW)
        if len(self.root) != HASH_SIZE:
            raise SigningFault(f"the root has {len(self.root)} bytes instead of {HASH_SIZE}", COPY_ANEW)

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as its note states it, not verified yet."""

    checkpoint: Checkpoint
    note: Note

    @property
    def signatures(self) -> tuple[NoteSignature, ...]:
        """The signature lines."""
        return self.note.signatures

    def verify(self, keys: Sequence[VerifyingKey]) -> Checkpoint:
        """Return the checkpoint if a known key signed it. Raises `SigningFault`."""
        self.note.verify(keys)
        return self.checkpoint


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the note of the checkpoint, signed by the key."""
    return sign_note(checkpoint.body, key)


def parse_checkpoint(text: str) -> SignedCheckpoint:
    """Return what the note says, without verifying it. Raises `SigningFault` unless the form is exact."""
    note = parse_note(text, "checkpoint")
    return SignedCheckpoint(_parse_body(note.text.removesuffix("\n")), note)


def verify_checkpoint(text: str, keys: Sequence[VerifyingKey]) -> Checkpoint:
    """Return the checkpoint of a note that at least one of the keys signed. Raises `SigningFault`."""
    return parse_checkpoint(text).verify(keys)


def _parse_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) != 3:
        raise SigningFault("a checkpoint has three lines: the log, its size, its root", COPY_ANEW)
    origin, size, root = lines
    if not _SIZE.fullmatch(size):
        raise SigningFault("the size of the log is not a plain number", COPY_ANEW)
    return Checkpoint(origin, int(size), decode_base64(root, "the root of the log", COPY_ANEW))
