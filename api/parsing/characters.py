"""Characters by which two texts look alike and are not: invisible ones, and other forms of the same letter."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NORMAL_FORM: Final = "NFC"
UNSEEN: Final = (
    r"\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u1680"
    r"\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef"
)
"""The characters that show nothing, or no more than a space does, and are none, as the inside of a pattern.

Those of the categories Cf, Cc, Zl, Zp and Zs but for the space, the ideographic space, line break and tab; fillers;
and variants of the character before. They are written out, so that every Python takes the same texts.
"""
TEXT_FORM: Final = f"^([^{UNSEEN}]|\\r\\n)*$"
"""Of a text without such a character, as a pattern."""
LINE_FORM: Final = rf"^[^{UNSEEN}\t\n]*$"
"""The same of a text of one line."""

_UNSEEN, _LINE_BREAK = re.compile(f"[{UNSEEN}]"), re.compile(r"[\n\t]")


def find_invisible(text: str) -> str | None:
    """Return the first character that shows nothing, or no more than a space does, and is none; named."""
    if text.isascii() and text.isprintable():
        return None
    found = _UNSEEN.search(text)
    return name_character(found[0]) if found else None


def find_line_break(text: str) -> str | None:
    """Return the first line break or tab, named: no id or mark has one."""
    found = _LINE_BREAK.search(text)
    return name_character(found[0]) if found else None


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
