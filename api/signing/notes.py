"""Signed notes that other tools can read: a text, an empty line, signature lines (C2SP signed-note)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from api.signing.faults import SigningFault
from api.signing.keys import KEY_ID_SIZE, SigningKey, VerifyingKey, check_key_name
from api.signing.text import decode_base64

MAX_SIGNATURES = 100
COPY_ANEW = "copy it anew from where it was kept, unchanged and with its last line break"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A signature line of a note: who signed, the id of the key (4 bytes), the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def format(self) -> str:
        """Return the line, with its line break."""
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text with its signature lines, none of which is verified yet: do not trust its content.

    `text` ends with a line break; `what` is the word by which a fault speaks of it.
    """

    text: str
    signatures: tuple[NoteSignature, ...]
    what: str

    def verify(self, keys: Sequence[VerifyingKey]) -> None:
        """Return if a known key signed the text. Raises `SigningFault`.

        Lines of unknown signers are ignored (they may be witnesses, or a key to come); one false line of a
        known signer refuses the whole note.
        """
        known = {(key.name, key.key_id): key for key in keys}
        verified = False
        try:
            message = self.text.encode()
        except (
            UnicodeEncodeError
        ) as error:  # JSON can spell halves of characters, which nobody can have signed
            raise SigningFault(f"the {self.what} is no text in UTF-8", COPY_ANEW) from error
        for line in self.signatures:
            key = known.get((line.name, line.key_id))
            if key is None:
                continue
            if not key.verifies(message, line.signature):
                fact = f"the signature of {key.name} does not fit the {self.what}: one of the two was altered"
                raise SigningFault(fact, COPY_ANEW)
            verified = True
        if not verified:
            raise SigningFault(
                f"no known key signed the {self.what}", "give the verifier key of the log that wrote it"
            )


def sign_note(text: str, *keys: SigningKey) -> str:
    """Return the note: the text, which ends with a line break, an empty line, the signature line of each key."""
    signatures = (NoteSignature(key.name, key.verifying.key_id, key.sign(text.encode())) for key in keys)
    return f"{text}\n{''.join(signature.format() for signature in signatures)}"


def parse_note(content: str, what: str) -> Note:
    """Return the text and the signatures of a note. Raises `SigningFault` unless the form is exact."""
    text, separator, rest = content.rpartition("\n\n")
    if not separator or not rest.endswith("\n"):
        raise SigningFault(f"no signature lines follow the text of the {what}", COPY_ANEW)
    lines = rest.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise SigningFault(f"the {what} has more than {MAX_SIGNATURES} signatures", COPY_ANEW)
    return Note(f"{text}\n", tuple(map(_parse_signature, lines)), what)


def _parse_signature(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—":
        raise SigningFault("a signature line does not begin with a long dash and a space", COPY_ANEW)
    check_key_name(name)
    content = decode_base64(encoded, "a signature", COPY_ANEW)
    if len(content) <= KEY_ID_SIZE:
        raise SigningFault("a signature is too short", COPY_ANEW)
    return NoteSignature(name, content[:KEY_ID_SIZE], content[KEY_ID_SIZE:])
