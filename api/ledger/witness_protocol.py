"""What a log and a witness send to each other (C2SP tlog-witness)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from api.ledger.checkpoints import MAX_SIZE, SignedCheckpoint, parse_checkpoint
from api.ledger.merkle import HASH_SIZE
from api.signing.faults import SigningFault
from api.signing.notes import COPY_ANEW, NoteSignature, parse_note
from api.signing.text import decode_base64

ADD_CHECKPOINT = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""The media type of the size that a witness has cosigned last, in an answer 409."""
MAX_PROOF_LINES = 63
MAX_MESSAGE_BYTES = 64 * 1024
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class CheckpointSubmission:
    """What a log asks a witness to cosign: the size that it cosigned before, a proof of consistency, the note."""

    old: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    @classmethod
    def parse(cls, content: bytes) -> CheckpointSubmission:
        """Read the body of a call. Raises `SigningFault` unless the form is exact."""
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise SigningFault("the body is not text in UTF-8", COPY_ANEW) from error
        head, separator, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if not separator or old is None or int(old[1]) > MAX_SIZE:
            raise SigningFault(
                "the body does not begin with `old` and a size, lines of a proof, an empty line", COPY_ANEW
            )
        if len(lines) > MAX_PROOF_LINES:
            raise SigningFault(f"the proof has more than {MAX_PROOF_LINES} lines", COPY_ANEW)
        proof = tuple(decode_base64(line, "a hash of the proof", COPY_ANEW) for line in lines)
        if any(len(node) != HASH_SIZE for node in proof):
            raise SigningFault(f"a hash of the proof has not {HASH_SIZE} bytes", COPY_ANEW)
        return cls(int(old[1]), proof, parse_checkpoint(note))


def format_submission(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """Return the body of the call by which a log asks a witness."""
    lines = "".join(f"{b64encode(node).decode()}\n" for node in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def parse_cosignatures(content: bytes) -> tuple[NoteSignature, ...]:
    """Return the signature lines that a witness answers. Raises `SigningFault`."""
    try:
        return parse_note(f"-\n\n{content.decode()}", "answer of the witness").signatures
    except UnicodeDecodeError as error:
        raise SigningFault("the witness answers what is no text", "ask whoever runs it") from error


def parse_size(content: bytes) -> int:
    """Return the size that a witness says it cosigned last. Raises `SigningFault`."""
    found = _SIZE.fullmatch(content.decode("ascii", "replace"))
    if found is None or int(found[1]) > MAX_SIZE:
        raise SigningFault("the witness names no size", "ask whoever runs it")
    return int(found[1])


def origin_hash(origin: str) -> str:
    """Return the name under which a witness publishes what it cosigned of a log."""
    return sha256(origin.encode()).hexdigest()
