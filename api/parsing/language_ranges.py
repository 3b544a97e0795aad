"""The header Accept-Language (RFC 9110, 12.5.4): which of the languages there are suits a reader best."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

MAX_WISHES = 1000
"""The most characters of a header."""
_RANGE = re.compile(
    r"(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)"
    r"(?:[ \t]*;[ \t]*[qQ]=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?"
)


def best_language(field: str, offered: Collection[str], default: str) -> str:
    """Return the offered language of the highest weight, by the look-up of RFC 4647 (3.4); else the default one.

    `*` stands for the default. What is no range is passed over: a header of wishes is no reason to refuse a call.
    """
    tags = {tag.lower(): tag for tag in offered}
    excluded: set[str] = set()
    wishes = list[tuple[float, str]]()
    for tag, weight in _ranges(field):
        if weight:
            wishes.append((weight, tag))
        else:
            excluded.add(tag)
    for _, tag in sorted(wishes, key=lambda wish: -wish[0]):
        if tag == "*":
            return default
        if (found := _look_up(tag, tags, excluded)) is not None:
            return found
    return default


def _ranges(field: str) -> Iterator[tuple[str, float]]:
    for part in field.split(","):
        if match := _RANGE.fullmatch(part.strip(" \t")):
            yield match["tag"].lower(), float(match["weight"] or 1)


def _look_up(wanted: str, tags: dict[str, str], excluded: Collection[str]) -> str | None:
    """The tag itself, or else the nearest more general one that there is."""
    while wanted:
        if wanted in tags and wanted not in excluded:
            return tags[wanted]
        wanted = wanted.rpartition("-")[0]
    return None
