"""Ed25519 keys under the name of their holder (C2SP signed-note, signature type 0x01), and the file of a private one.

This module is the one door to the cryptography library.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from api.runtime.private_files import create_private, restrict
from api.signing.faults import SigningFault
from api.signing.text import decode_base64, is_line

KEY_ID_SIZE = 4
PUBLIC_KEY_SIZE = 32
_ED25519 = b"\x01"

_COPY_KEY = "copy the verifier key anew: name+key id+key, on one line"


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half of a log's key (32 bytes) under the name of its holder.

    Raises `SigningFault` for a name with spaces or a plus, or a key of another length.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public) != PUBLIC_KEY_SIZE:
            raise SigningFault(
                f"the public key has {len(self.public)} bytes instead of {PUBLIC_KEY_SIZE}", _COPY_KEY
            )

    @classmethod
    def parse(cls, text: str) -> VerifyingKey:
        """Return the key of a C2SP verifier key, `name+key id in hexadecimal+base64`. Raises `SigningFault`."""
        name, _, rest = text.partition("+")
        content = decode_base64(rest.partition("+")[2], "the verifier key", _COPY_KEY)
        if not content.startswith(_ED25519):
            raise SigningFault("the verifier key is not one of Ed25519", _COPY_KEY)
        key = cls(name, content.removeprefix(_ED25519))
        if key.format() != text:
            raise SigningFault("the verifier key does not have the id that it names", _COPY_KEY)
        return key

    def format(self) -> str:
        """Return the C2SP verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names this key."""
        return _id_of(self.name, self.public)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether the holder of the key signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """The private key of a log under the name of its holder. Raises `SigningFault` for a name unfit for notes."""

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
        """Return the key of a PEM file, PKCS #8, not encrypted. Raises `SigningFault`."""
        remedy = "give an Ed25519 private key as PEM (PKCS #8) without a password"
        try:
            private = load_pem_private_key(content, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SigningFault("the signing key cannot be read", remedy) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise SigningFault("the signing key is not one of Ed25519", remedy)
        return cls(name, private)

    def to_pem(self) -> bytes:
        """Return the key as PEM, PKCS #8, not encrypted: store it where only the log's writer can read it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes, RFC 8032)."""
        return self.private.sign(message)


@lru_cache(maxsize=64)
def _id_of(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:KEY_ID_SIZE]


def load_signing_key(file: Path, name: str) -> SigningKey:
    """Return the key in `file`, made there first if there is none, and durable. Raises OSError, `SigningFault`.

    A file that others could read is theirs no longer.
    """
    if not file.exists():
        with suppress(FileExistsError):  # another process has made one meanwhile
            create_private(file, SigningKey.generate(name).to_pem())
    restrict(file)
    return SigningKey.from_pem(name, file.read_bytes())


def check_key_name(name: str) -> None:
    """Raise `SigningFault` for a name that no signature line could carry (C2SP signed-note)."""
    if not name or "+" in name or any(map(str.isspace, name)) or not is_line(name):
        raise SigningFault(
            "the name of a key is empty or has a space, a plus or a control character",
            "name the key like example.org/log",
        )
