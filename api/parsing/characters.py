"""Characters by which two texts look alike and are not: invisible ones, and other forms of the same letter."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NORMAL_FORM: Final = "NFC"
_UNSEEN = ("Cf", "Cc", "Zl", "Zp", "Zs")
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Of other categories, and yet there is nothing to be seen: fillers, and variants of the character before."""


def find_invisible(text: str) -> str | None:
    """Return the first character that shows nothing, or no more than a space does, and is none; named."""
    rest = text.replace("\n", "").replace("\t", "").replace("\u3000", "")
    if rest.isprintable() and (rest.isascii() or not _FILLERS.search(rest)):
        return None
    for sign in rest:
        if sign != " " and (unicodedata.category(sign) in _UNSEEN or _FILLERS.match(sign)):
            return name_character(sign)
    return None


def find_unnormal(text: str) -> tuple[str, str] | None:
    """Return the first character that is not in the normal form NFC, named, and the text as it is in NFC."""
    composed = in_normal_form(text)
    if composed == text:
        return None
    at = next(
        (at for at, (one, two) in enumerate(zip(text, composed, strict=False)) if one != two), len(composed)
    )
    if at + 1 < len(text) and in_normal_form(text[at]) == text[at]:
        at += 1
    return name_character(text[at]), composed


def in_normal_form(text: str) -> str:
    """Return a text in the normal form NFC, in which texts are compared."""
    return unicodedata.normalize(NORMAL_FORM, text)


def forms_of(text: str) -> frozenset[str]:
    """Return the forms in which systems write a text, NFC and NFD: what was stored as received is found by them."""
    return frozenset((in_normal_form(text), unicodedata.normalize("NFD", text)))


def name_character(sign: str) -> str:
    """Return a character as its number and its name in Unicode."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip()
