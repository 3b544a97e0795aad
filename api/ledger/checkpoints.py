"""Signed checkpoints of the decision log, as notes that other tools can read.

The forms are those of C2SP: signed-note (Ed25519, signature type 0x01) and tlog-checkpoint, without extension
lines. This module is the one door to the cryptography library.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from api.ledger.merkle import HASH_SIZE

MAX_SIZE = 2**63 - 1
MAX_SIGNATURES = 100
KEY_ID_SIZE = 4
PUBLIC_KEY_SIZE = 32
_ED25519 = b"\x01"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x1f]")

_COPY_ANEW = "copy it anew from where it was kept, unchanged and with its last line break"
_COPY_KEY = "copy the verifier key anew: name+key id+key, on one line"


class CheckpointFault(Exception):  # told to an operator, like a fault of the policies
    """Why a checkpoint or a key is not accepted, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its unique name, the number of its entries, and its Merkle root (32 bytes).

    Raises `CheckpointFault` for what no checkpoint can say.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or not _is_line(self.origin):
            raise CheckpointFault(
                "the name of the log is not one line of text", "name it like example.org/log"
            )
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointFault(f"a log cannot have {self.size} entries", _COPY_ANEW)
        if len(self.root) != HASH_SIZE:
            raise CheckpointFault(f"the root has {len(self.root)} bytes instead of {HASH_SIZE}", _COPY_ANEW)

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A signature line of a note: who signed, the id of the key (4 bytes), the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half of a log's key (32 bytes) under the name of its holder.

    Raises `CheckpointFault` for a name with spaces or a plus, or a key of another length.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != PUBLIC_KEY_SIZE:
            raise CheckpointFault(
                f"the public key has {len(self.public)} bytes instead of {PUBLIC_KEY_SIZE}", _COPY_KEY
            )

    @classmethod
    def parse(cls, text: str) -> VerifyingKey:
        """Return the key of a C2SP verifier key, `name+key id in hexadecimal+base64`. Raises `CheckpointFault`."""
        name, _, rest = text.partition("+")
        content = _decode(rest.partition("+")[2], "the verifier key", _COPY_KEY)
        if not content.startswith(_ED25519):
            raise CheckpointFault("the verifier key is not one of Ed25519", _COPY_KEY)
        key = cls(name, content.removeprefix(_ED25519))
        if key.format() != text:
            raise CheckpointFault("the verifier key does not have the id that it names", _COPY_KEY)
        return key

    def format(self) -> str:
        """Return the C2SP verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names this key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:KEY_ID_SIZE]

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether the holder of the key signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """The private key of a log under the name of its holder. Raises `CheckpointFault` for a name unfit for notes."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)
    verifying: VerifyingKey = field(init=False, repr=False)
    """The public half, to be given to whoever checks the log."""

    def __post_init__(self) -> None:
        public = VerifyingKey(self.name, self.private.public_key().public_bytes_raw())
        object.__setattr__(self, "verifying", public)

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """Return a new key from the randomness of the operating system."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, name: str, content: bytes) -> SigningKey:
        """Return the key of a PEM file, PKCS #8, not encrypted. Raises `CheckpointFault`."""
        remedy = "give an Ed25519 private key as PEM (PKCS #8) without a password"
        try:
            private = load_pem_private_key(content, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise CheckpointFault("the signing key cannot be read", remedy) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise CheckpointFault("the signing key is not one of Ed25519", remedy)
        return cls(name, private)

    def to_pem(self) -> bytes:
        """Return the key as PEM, PKCS #8, not encrypted: keep it where only the log's writer can read it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes, RFC 8032)."""
        return self.private.sign(message)


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text with its signature lines, none of which is verified yet: do not trust its content.

    `text` ends with a line break; `what` is the word by which a fault speaks of it.
    """

    text: str
    signatures: tuple[NoteSignature, ...]
    what: str

    def verify(self, keys: Sequence[VerifyingKey]) -> None:
        """Return if a known key signed the text. Raises `CheckpointFault`.

        Lines of unknown signers are ignored (they may be witnesses, or a key to come); one false line of a
        known signer refuses the whole note.
        """
        known = {(key.name, key.key_id): key for key in keys}
        verified = False
        for line in self.signatures:
            key = known.get((line.name, line.key_id))
            if key is None:
                continue
            if not key.verifies(self.text.encode(), line.signature):
                fact = f"the signature of {key.name} does not fit the {self.what}: one of the two was altered"
                raise CheckpointFault(fact, _COPY_ANEW)
            verified = True
        if not verified:
            raise CheckpointFault(
                f"no known key signed the {self.what}", "give the verifier key of the log that wrote it"
            )


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
        """Return the checkpoint if a known key signed it. Raises `CheckpointFault`."""
        self.note.verify(keys)
        return self.checkpoint


def sign_note(text: str, key: SigningKey) -> str:
    """Return the note: the text, which ends with a line break, an empty line, the signature line of the key."""
    signature = key.verifying.key_id + key.sign(text.encode())
    return f"{text}\n— {key.name} {b64encode(signature).decode()}\n"


def parse_note(content: str, what: str) -> Note:
    """Return the text and the signatures of a note. Raises `CheckpointFault` unless the form is exact."""
    text, separator, rest = content.rpartition("\n\n")
    if not separator or not rest.endswith("\n"):
        raise CheckpointFault(f"no signature lines follow the text of the {what}", _COPY_ANEW)
    lines = rest.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise CheckpointFault(f"the {what} has more than {MAX_SIGNATURES} signatures", _COPY_ANEW)
    return Note(f"{text}\n", tuple(map(_parse_signature, lines)), what)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the note of the checkpoint, signed by the key."""
    return sign_note(checkpoint.body, key)


def parse_checkpoint(text: str) -> SignedCheckpoint:
    """Return what the note says, without verifying it. Raises `CheckpointFault` unless the form is exact."""
    note = parse_note(text, "checkpoint")
    return SignedCheckpoint(_parse_body(note.text.removesuffix("\n")), note)


def verify_checkpoint(text: str, keys: Sequence[VerifyingKey]) -> Checkpoint:
    """Return the checkpoint of a note that at least one of the keys signed. Raises `CheckpointFault`."""
    return parse_checkpoint(text).verify(keys)


def _parse_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) != 3:
        raise CheckpointFault("a checkpoint has three lines: the log, its size, its root", _COPY_ANEW)
    origin, size, root = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointFault("the size of the log is not a plain number", _COPY_ANEW)
    return Checkpoint(origin, int(size), _decode(root, "the root of the log", _COPY_ANEW))


def _parse_signature(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—":
        raise CheckpointFault("a signature line does not begin with a long dash and a space", _COPY_ANEW)
    _check_name(name)
    content = _decode(encoded, "a signature", _COPY_ANEW)
    if len(content) <= KEY_ID_SIZE:
        raise CheckpointFault("a signature is too short", _COPY_ANEW)
    return NoteSignature(name, content[:KEY_ID_SIZE], content[KEY_ID_SIZE:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(map(str.isspace, name)) or not _is_line(name):
        raise CheckpointFault(
            "the name of a key is empty or has a space, a plus or a control character",
            "name the key like example.org/log",
        )


def _is_line(text: str) -> bool:
    """Return whether the text can stand in a note: no control character, nothing that UTF-8 cannot write."""
    return not _CONTROL.search(text) and not any("\ud800" <= character <= "\udfff" for character in text)


def _decode(text: str, what: str, remedy: str) -> bytes:
    """Return the bytes of canonical base64 (RFC 4648, section 4), so that every text has one spelling."""
    try:
        content = b64decode(text, validate=True)
    except ValueError as error:
        raise CheckpointFault(f"{what} is not base64", remedy) from error
    if b64encode(content).decode() != text:
        raise CheckpointFault(f"{what} is not written in the usual form of base64", remedy)
    return content
