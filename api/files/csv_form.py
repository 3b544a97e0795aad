"""How a spreadsheet writes CSV, for every reader and writer: separators, blanks, cells that begin like formulas.

A spreadsheet runs a cell that begins with one of = + - @ as a formula, whoever wrote the file. Such a text is
written with an apostrophe before it, which disarms it and is removed again when the file is read; so is
one apostrophe of several before such a sign, so that every text is read back as it was.
"""

from __future__ import annotations

import re

BLANKS = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
"""The characters that count as blank around a cell, those of `str.isspace`."""

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
FORMULA = f"^'*[{_SIGNS}\t\r\n]"
"""How a text begins that has to be guarded; some spreadsheets pass over a tab or line end before a formula."""

GUARDED = f"^'('*[{_SIGNS}])"
"""How a guarded text begins; the group is what it began with."""

_COMMA = re.compile("[0-9]+,[0-9]+")
_TWO_READINGS = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")
_FORMULA, _GUARDED = re.compile(FORMULA), re.compile(GUARDED)


class SeparatorUnclear(Exception):  # reported to a clerk, with the place of the file
    """It is not clear from the row of column names what stands between its cells."""

    fact = "does not tell which character stands between its cells"
    remedy = "save it as CSV with a comma or a semicolon between all cells"


def find_separator(names: str) -> str:
    """Return the character between the column names, none of which contains it. Raises `SeparatorUnclear`."""
    found = [mark for mark in ",;" if mark in names]
    if len(found) == 2 or (not found and "\t" in names):
        raise SeparatorUnclear
    return found[0] if found else ","


def is_blank(line: str) -> bool:
    """Whether a line holds no more than blanks and separators."""
    return not line.strip(f"{BLANKS},;")


def tidy(text: str) -> str:
    """Return the text of a cell without the blanks around it, its line ends as one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(BLANKS)


def guard(text: str) -> str:
    """Return a text as it is written, so that no spreadsheet runs it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Return a text as it was before it was guarded."""
    return text[1:] if _GUARDED.match(text) else text


def with_point(number: str) -> str:
    """Return a number written with a decimal comma as one with a point; any other text as it is."""
    return number.replace(",", ".") if _COMMA.fullmatch(number) else number


def find_doubt(number: str) -> tuple[str, str] | None:
    """Return what is in doubt of a number where commas may be points, and the remedy; None if it has one reading."""
    if not _TWO_READINGS.fullmatch(number):
        return None
    whole, _, rest = number.replace(",", ".").partition(".")
    return (
        f"can be read as {whole}{rest} and as {whole}.{rest}, for commas may stand for points in this file",
        f"write {whole}{rest}, or {whole}.{rest}0 if that is meant",
    )
