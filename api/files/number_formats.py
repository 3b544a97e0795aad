"""What a cell of a workbook shows: a number format can show less, or something else, than the cell holds.

A format (ECMA-376 part 1, 18.8.31) has up to four sections, for numbers above zero, below it, zero, and for texts. It
is read here only to find whether what is shown is all that is held; one that is not understood does not show it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

GENERAL = "General"
WIDEST = 11
"""How many characters of a number the format General shows; what is longer is rounded."""

LONGEST = 255
"""How many characters a format has at most."""

SYSTEM_DATES = frozenset({"mm-dd-yy", "m/d/yy h:mm"})
"""The codes of the built-in formats 14 and 22, which programs show as the day of the system, with its whole year."""

_SECTION = re.compile(r'(?:"[^"]*"|\\.|[_*].|\[[^\]]*\]|[^;"\\_*\[])*')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_CONDITION = re.compile(r"\[[<>=]")
_NUMBER = re.compile(
    r"[^0#?%.,/E]*(?P<whole>[0#?](?:[0#?,]*[0#?])?)?(?:\.(?P<places>[0#?]*))?(?P<thousands>,*)"
    r"(?P<power>[Ee][+-][0#?]+)?[^0#?.,/%Ee]*"
)
_FRACTION = re.compile(r"[^0#?%.,/]*(?:[0#?]+[^0#?%.,/]+)?[0#?]+ */ *(?P<below>[?#]+|[1-9][0-9]*)[^0#?%.,/]*")
_HOUR = re.compile(r"h+(?::m+)?(?::s+)?(?:\.0+)?(?: *AM/PM| *A/P)?|m+:s+(?:\.0+)?", re.IGNORECASE)
_DATE_PART = re.compile(r"y+|m+|d+", re.IGNORECASE)
_DAY_TOKEN = re.compile(f"{_LITERAL.pattern}|({_DATE_PART.pattern})", re.IGNORECASE)
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a format shows of a number: the number it means, or None if it is none, and as what it is written."""

    means: Decimal | Fraction | None
    text: str


@lru_cache(maxsize=1024)
def text_shown(code: str) -> bool:
    """Whether a format shows the text of a cell, and no other and not nothing."""
    sections = _sections(code[:LONGEST])
    return len(sections) < 4 or _LITERAL.sub("", sections[3]).strip() in ("@", GENERAL)


@lru_cache(maxsize=4096)
def number_shown_otherwise(number: Decimal, code: str) -> str | None:
    """Return what a format shows of a number, if that means another number; None if it shows the number."""
    shown = _show_number(number, code)
    return None if shown.means == number else shown.text


@lru_cache(maxsize=4096)
def day_shown_otherwise(day: dt.date, code: str) -> str | None:
    """Return what a format shows of a day, if not the whole of it; None if it shows year, month and day.

    Two digits are not the whole of a year, and the initial of a month, or the day of the week, no month and no day.
    """
    if code in SYSTEM_DATES:
        return None
    section = _HOUR.sub("", _sections(code[:LONGEST])[0])
    parts = {part.casefold() for part in _DATE_PART.findall(_LITERAL.sub(" ", section))}
    if parts & {"yyy", "yyyy"} and parts & {"m", "mm", "mmm", "mmmm"} and parts & {"d", "dd"}:
        return None
    return _written_day(day, section)


def _sections(code: str) -> list[str]:
    found, at = list[str](), 0
    while at <= len(code):
        match = _SECTION.match(code, at)
        end = match.end() if match else at
        found.append(code[at:end])
        at = end + 1
    return found


def _show_number(number: Decimal, code: str) -> _Shown:
    if code == GENERAL:
        return _in_general(number)
    sections = _sections(code)
    if len(code) > LONGEST or any(map(_CONDITION.search, sections)):
        return _Shown(None, "what its format has for it")
    if number < 0 and len(sections) > 1:
        section = sections[1]
    elif number == 0 and len(sections) > 2:
        section = sections[2]
    else:
        section = sections[0]
    literals = "".join("".join(found) for found in _LITERAL.findall(section))
    plain = _LITERAL.sub(" ", section)
    if re.search("[0-9%]", literals):
        return _Shown(None, "what its format has for it")
    if plain.strip() in (GENERAL, "@"):
        return _in_general(number)
    if "%" in plain:
        percent = _show_number(number * 100, plain.replace("%", ""))
        return _Shown(None, f"{percent.text}%")
    if fraction := _FRACTION.fullmatch(plain):
        return _as_fraction(number, fraction["below"])
    return _with_places(number, plain)


def _in_general(number: Decimal) -> _Shown:
    if len(_plain(abs(number))) <= WIDEST:
        return _Shown(number, _plain(number))
    digits = WIDEST - 1 - max(1, number.adjusted() + 1)
    return _rounded(number, digits) if digits >= 0 else _Shown(None, f"{number:.5E}")


def _as_fraction(number: Decimal, below: str) -> _Shown:
    held = Fraction(number)
    if below.isdigit():
        near = Fraction(round(held * int(below)), int(below))
    else:
        near = held.limit_denominator(10 ** len(below) - 1)
    return _Shown(Decimal(number) if near == held else near, str(near))


def _with_places(number: Decimal, plain: str) -> _Shown:
    match = _NUMBER.fullmatch(plain)
    if match is None or not (match["whole"] or match["places"]):
        return _Shown(None, "nothing of it" if not plain.strip() else "what its format has for it")
    places = len(match["places"] or "")
    if match["power"]:
        near = Decimal(f"{number:.{places}e}") if number else number
        return _Shown(near, f"{near:.{places}E}")
    if match["thousands"]:
        return _Shown(None, _rounded(number / 1000 ** len(match["thousands"]), places).text)
    if not number and not re.search("[0?]", (match["whole"] or "") + (match["places"] or "")):
        return _Shown(None, "nothing of it")
    return _rounded(number, places)


def _rounded(number: Decimal, places: int) -> _Shown:
    with localcontext(_EXACT):
        near = number.quantize(Decimal(1).scaleb(-places))
        return _Shown(near, _plain(near))


def _plain(number: Decimal) -> str:
    with localcontext(_EXACT):
        return format(number.normalize(), "f")


_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def _written_day(day: dt.date, section: str) -> str:
    """About what is shown of a day; names in English, whatever the language of the sheet."""
    month, weekday = _MONTHS[day.month - 1], _DAYS[day.weekday()]
    written = {
        "yy": f"{day.year % 100:02}", "yyyy": f"{day.year:04}",
        "m": f"{day.month}", "mm": f"{day.month:02}", "mmm": month[:3], "mmmm": month, "mmmmm": month[0],
        "d": f"{day.day}", "dd": f"{day.day:02}", "ddd": weekday[:3], "dddd": weekday,
    }  # fmt: skip
    shown = _DAY_TOKEN.sub(
        lambda found: written.get(found[3].casefold(), "") if found[3] else found[1] or found[2] or "",
        section,
    )
    return shown.strip() or "nothing of it"
