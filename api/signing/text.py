"""What a signed note and a verifier key are written in: single lines, canonical base64."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

from api.signing.faults import SigningFault

_CONTROL = re.compile(r"[\x00-\x1f]")


def is_line(text: str) -> bool:
    """Return whether a note can hold the text: no control character, nothing that UTF-8 cannot write."""
    return not _CONTROL.search(text) and not any("\ud800" <= character <= "\udfff" for character in text)


def decode_base64(text: str, what: str, remedy: str) -> bytes:
    """Return the bytes of canonical base64 (RFC 4648, section 4), so that every text has one spelling."""
    try:
        content = b64decode(text, validate=True)
    except ValueError as error:
        raise SigningFault(f"{what} is not base64", remedy) from error
    if b64encode(content).decode() != text:
        raise SigningFault(f"{what} is not written in the usual form of base64", remedy)
    return content
