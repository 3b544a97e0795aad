"""Cosignatures of checkpoints by witnesses (C2SP tlog-cosignature, cosignature/v1, Ed25519).

A cosignature is over the time and the whole text of a checkpoint, not over the name of the witness: a witness has a
key of its own, which signs nothing else.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from api.signing.faults import SigningFault
from api.signing.keys import KEY_ID_SIZE, PUBLIC_KEY_SIZE, SigningKey, VerifyingKey, check_key_name
from api.signing.notes import Note, NoteSignature
from api.signing.text import decode_base64

_COSIGNATURE = b"\x04"
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_COPY_KEY = "copy the key of the witness anew: name+key id+key, on one line"


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public half of a witness's key (32 bytes) under the name of the witness. Raises `SigningFault`."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public) != PUBLIC_KEY_SIZE:
            raise SigningFault(f"the public key has not {PUBLIC_KEY_SIZE} bytes", _COPY_KEY)

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Return the key of a C2SP verifier key of type 4. Raises `SigningFault`."""
        name, _, rest = text.partition("+")
        content = decode_base64(rest.partition("+")[2], "the key of the witness", _COPY_KEY)
        if not content.startswith(_COSIGNATURE):
            raise SigningFault("the key is not one by which a witness cosigns", _COPY_KEY)
        key = cls(name, content.removeprefix(_COSIGNATURE))
        if key.format() != text:
            raise SigningFault("the key of the witness does not have the id that it names", _COPY_KEY)
        return key

    def format(self) -> str:
        """Return the C2SP verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_COSIGNATURE + self.public).decode()}"

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names this key."""
        return sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public).digest()[:KEY_ID_SIZE]

    def names(self, line: NoteSignature) -> bool:
        """Whether a signature line names this witness."""
        return (line.name, line.key_id) == (self.name, self.key_id)

    def cosigned_at(self, note: Note) -> int | None:
        """Return when this witness cosigned a note, in seconds since 1970; None if it did not.

        Raises `SigningFault` for a line of it that does not fit.
        """
        times = [self._time_of(line, note.text) for line in note.signatures if self.names(line)]
        return max(times, default=None)

    def _time_of(self, line: NoteSignature, text: str) -> int:
        stamp, signature = line.signature[:_TIME_BYTES], line.signature[_TIME_BYTES:]
        at = int.from_bytes(stamp, "big")
        verifying = VerifyingKey(self.name, self.public)
        if len(signature) != _SIGNATURE_BYTES or not verifying.verifies(_message(text, at), signature):
            fact = f"the cosignature of {self.name} does not fit the checkpoint: one of the two was altered"
            raise SigningFault(fact, "ask the witness again")
        return at


def witness_key(key: SigningKey) -> WitnessKey:
    """Return the public half of a key by which a witness cosigns."""
    return WitnessKey(key.name, key.verifying.public)


def cosign(text: str, key: SigningKey, at: int) -> str:
    """Return the signature line of a witness under the text of a checkpoint; `at` is in seconds since 1970."""
    stamped = at.to_bytes(_TIME_BYTES, "big") + key.sign(_message(text, at))
    return NoteSignature(key.name, witness_key(key).key_id, stamped).format()


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
