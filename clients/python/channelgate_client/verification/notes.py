"""Checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note), verified by Ed25519 keys."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
_KEY_ID_SIZE = 4
_ED25519 = b"\x01"
_MOST_SIGNATURES = 100
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class NotVerified(Exception):
    """What was to be verified does not hold, or cannot be shown to hold."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public key of a log (Ed25519, 32 bytes) under its name."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifyingKey:
        """Return the key of a line `name+id+key`, as `channelgate log key` prints it. Raises `NotVerified`."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        content = decode(encoded, "the key")
        key = cls(name, content[1:])
        if content[:1] != _ED25519 or len(key.public) != 32 or key.key_id.hex() != key_id:
            raise NotVerified("the key is none of Ed25519, or has another id than it names")
        return key

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names the key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_SIZE]

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether the holder of the key signed the message."""
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError as error:
            raise NotVerified(
                "signatures need the extra: pip install 'channelgate-client[verify]'"
            ) from error
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, the number of its entries, its Merkle root."""

    origin: str
    size: int
    root: bytes


def verify_checkpoint(note: str, keys: Sequence[VerifyingKey]) -> Checkpoint:
    """Return the checkpoint of a note that a key of the log itself signed. Raises `NotVerified`.

    Lines of signers that are not known may be those of witnesses; one false line of a known key refuses the note.
    """
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n") or lines.count("\n") > _MOST_SIGNATURES:
        raise NotVerified("the checkpoint is no signed note")
    checkpoint = _parse(text)
    known = {(key.name, key.key_id): key for key in keys}
    signed = False
    for line in lines.removesuffix("\n").split("\n"):
        name, content = _signature(line)
        key = known.get((name, content[:_KEY_ID_SIZE]))
        if key is None:
            continue
        if not key.verifies(f"{text}\n".encode(), content[_KEY_ID_SIZE:]):
            raise NotVerified(f"the signature of {name} does not fit the checkpoint")
        signed = signed or name == checkpoint.origin
    if not signed:
        raise NotVerified(f"no known key of the log {checkpoint.origin} signed the checkpoint")
    return checkpoint


def decode(text: str, what: str) -> bytes:
    """Return the bytes of canonical base64. Raises `NotVerified`."""
    try:
        content = b64decode(text, validate=True)
    except ValueError as error:
        raise NotVerified(f"{what} is not in base64") from error
    if b64encode(content).decode() != text:
        raise NotVerified(f"{what} is not in the usual form of base64")
    return content


def _parse(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 3 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NotVerified("a checkpoint has three lines: the log, its size, its root")
    root = decode(lines[2], "the root")
    if len(root) != HASH_SIZE:
        raise NotVerified(f"the root has {len(root)} bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    content = decode(encoded, "a signature")
    if dash != "—" or not name or len(content) <= _KEY_ID_SIZE:
        raise NotVerified("a line of the note is no signature")
    return name, content
