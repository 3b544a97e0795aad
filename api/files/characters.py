"""Characters by which two names look alike and are not: invisible ones, and other forms of the same letter."""

from __future__ import annotations

import unicodedata

_UNSEEN = ("Cf", "Cc", "Zl", "Zp", "Zs")
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
_SEEN = " \n\t\u3000"


def find_invisible(text: str) -> str | None:
    """Return the first character that shows nothing, or no more than a space does, and is none; named."""
    for sign in text:
        if sign in _SEEN or (sign.isalnum() and sign not in _FILLERS):
            continue
        if unicodedata.category(sign) in _UNSEEN or sign in _FILLERS or 0xFE00 <= ord(sign) <= 0xFE0F:
            return name_character(sign)
    return None


def find_unnormal(text: str) -> tuple[str, str] | None:
    """Return the first character that is not in the normal form NFC, named, and the text as it is in NFC."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return None
    at = next(
        (at for at, (one, two) in enumerate(zip(text, composed, strict=False)) if one != two), len(composed)
    )
    if at + 1 < len(text) and unicodedata.normalize("NFC", text[at]) == text[at]:
        at += 1
    return name_character(text[at]), composed


def name_character(sign: str) -> str:
    """Return a character as its number and its name in Unicode."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip()
