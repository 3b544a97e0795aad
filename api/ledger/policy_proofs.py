"""That a policy set was proved over all requests, stated by the log's key, so that the next start need not prove it.

The note is a member of the entry that records the set as active. Who reads it trusts nothing but the signature: the
entry may have been written by whoever can write to the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from api.signing.notes import parse_note, sign_note

PROOF = "proof"
"""The member of the entry of an active set that holds the note."""
_TITLE = "channelgate policies proved"
_WHAT = "proof of the policies"


@dataclass(frozen=True, slots=True)
class ProvedSet:
    """What was proved, the hash of all that the proof follows from, the program among it; and when, in UTC."""

    inputs: str
    at: datetime

    @property
    def text(self) -> str:
        """The text that the log's key signs."""
        return f"{_TITLE}\n{self.inputs}\n{self.at.isoformat()}\n"

    def sign(self, key: SigningKey) -> str:
        """Return the note."""
        return sign_note(self.text, key)


def find_proof(inputs: str, notes: Iterable[str], key: VerifyingKey | None) -> ProvedSet | None:
    """Return the first proof of just this that the key signed; None if there is none. What is no note is passed."""
    if key is None:
        return None
    for content in notes:
        with suppress(SigningFault, ValueError):
            note = parse_note(content, _WHAT)
            note.verify([key])
            title, proved, at, *rest = note.text.split("\n")
            if (title, proved, rest) == (_TITLE, inputs, [""]):
                found = ProvedSet(inputs, datetime.fromisoformat(at))
                if found.text == note.text and found.at.tzinfo is not None:
                    return found
    return None


def read_verifying_key(key_file: Path, origin: str) -> VerifyingKey | None:
    """Return the public half of the key in a file, None if there is none that can be read; none is made."""
    with suppress(OSError, SigningFault):
        return SigningKey.from_pem(origin, key_file.read_bytes()).verifying
    return None
