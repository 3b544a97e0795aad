"""A witness of logs: it cosigns a checkpoint only if it continues the one cosigned before (C2SP tlog-witness).

Of each log it stores the newest cosigned checkpoint, in a file that is durable before anybody has the cosignature.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from api.ledger.checkpoints import Checkpoint, parse_checkpoint
from api.ledger.merkle import root_of, verify_consistency
from api.ledger.witness_protocol import CheckpointSubmission, origin_hash
from api.runtime.private_files import write_private
from api.signing.cosignatures import cosign
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey

FILE = "checkpoint"


class RefusalStatus(IntEnum):
    """Why a checkpoint is not cosigned, by the status of the answer."""

    MALFORMED = 400
    NOT_SIGNED = 403
    UNKNOWN_LOG = 404
    OTHER_SIZE = 409
    INCONSISTENT = 422
    CANNOT_STORE = 503


class WitnessRefusal(Exception):
    """A checkpoint that is not cosigned; `size` is the one cosigned last, where the log named another."""

    def __init__(self, status: RefusalStatus, fact: str, size: int | None = None) -> None:
        super().__init__(fact)
        self.status = status
        self.fact = fact
        self.size = size


@dataclass(frozen=True, slots=True)
class Witness:
    """The witness of the logs that have these keys, by the names of the keys. `clock` is in seconds since 1970.

    One process has the folder; threads may share the witness.
    """

    key: SigningKey
    logs: Sequence[VerifyingKey]
    folder: Path
    clock: Callable[[], int]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cosigned(self, name: str) -> str | None:
        """Return the newest cosigned checkpoint of the log whose origin has this hash; None if there is none."""
        if name not in {origin_hash(key.name) for key in self.logs}:
            return None
        file = self.folder / name / FILE
        return file.read_bytes().decode() if file.exists() else None

    def add_checkpoint(self, content: bytes) -> str:
        """Cosign a checkpoint, and return the signature line. Raises `WitnessRefusal`."""
        submission = self._verified(content)
        with self._lock:
            checkpoint = submission.signed.checkpoint
            before = self._newest(checkpoint.origin)
            _check_continues(submission, before)
            line = cosign(submission.signed.note.text, self.key, self.clock())
            self._store(checkpoint, submission, line)
        return line

    def _verified(self, content: bytes) -> CheckpointSubmission:
        """Read what a log submits, signed by it."""
        try:
            submission = CheckpointSubmission.parse(content)
        except SigningFault as fault:
            raise WitnessRefusal(RefusalStatus.MALFORMED, fault.fact) from fault
        checkpoint = submission.signed.checkpoint
        keys = [key for key in self.logs if key.name == checkpoint.origin]
        if not keys:
            raise WitnessRefusal(RefusalStatus.UNKNOWN_LOG, f"the log {checkpoint.origin} is not known here")
        try:
            submission.signed.verify(keys)
        except SigningFault as fault:
            raise WitnessRefusal(RefusalStatus.NOT_SIGNED, fault.fact) from fault
        if submission.old > checkpoint.size:
            raise WitnessRefusal(
                RefusalStatus.MALFORMED, "the old size is larger than that of the checkpoint"
            )
        return submission

    def _newest(self, origin: str) -> Checkpoint | None:
        """The newest cosigned checkpoint; what cannot be read stops the witness, and is no new beginning."""
        try:
            note = self.cosigned(origin_hash(origin))
            return parse_checkpoint(note).checkpoint if note is not None else None
        except (OSError, ValueError, SigningFault) as error:
            fact = "what was cosigned before cannot be read"
            raise WitnessRefusal(RefusalStatus.CANNOT_STORE, fact) from error

    def _store(self, checkpoint: Checkpoint, submission: CheckpointSubmission, line: str) -> None:
        keys = {(key.name, key.key_id) for key in self.logs}
        note = submission.signed.note
        own = [one.format() for one in note.signatures if (one.name, one.key_id) in keys]
        folder = self.folder / origin_hash(checkpoint.origin)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_private(folder / FILE, f"{note.text}\n{''.join(own)}{line}".encode())
        except OSError as error:
            raise WitnessRefusal(RefusalStatus.CANNOT_STORE, "the cosignature cannot be stored") from error


def _check_continues(submission: CheckpointSubmission, before: Checkpoint | None) -> None:
    """Raise `WitnessRefusal` unless a checkpoint continues the one cosigned before."""
    checkpoint, known = submission.signed.checkpoint, before.size if before else 0
    if submission.old != known:
        fact = f"the checkpoint cosigned last is of {known} entries"
        raise WitnessRefusal(RefusalStatus.OTHER_SIZE, fact, known)
    if before is None or known == 0:
        sound = not submission.proof and (checkpoint.size > 0 or checkpoint.root == root_of(()))
    else:
        sound = verify_consistency(known, checkpoint.size, before.root, checkpoint.root, submission.proof)
    if not sound:
        fact = f"the checkpoint does not continue that of {known} entries: the log was cut or rewritten"
        raise WitnessRefusal(RefusalStatus.INCONSISTENT, fact)
