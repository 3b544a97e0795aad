"""Characters by which a file means something else than it shows: each is a fault at its own place (Y14, Y18 to Y20).

They are looked for in the text before it is read as YAML, comments included, and once more where a text in double
quotes writes one as an escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, zip_longest

from engine.diagnostics import Diagnostic, Place
from engine.loading.yaml_faults import place_at

NEWER_CHARACTER_CODES = frozenset({"Y18", "Y19", "Y20"})
"""Earlier versions had no such checks: in a set recorded then, what they find is remarked."""

MOST_FINDINGS = 50
"""Of more findings in one file, or in one text, the last says how many follow, or none does."""

_SORTS = {
    "Cc": "a control character",
    "Cf": "a character for formatting",
    "Cs": "half of a character",
    "Co": "a character for private use",
    "Cn": "no character at all",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
    "Zs": "a space",
}
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that do not show: control, format (text direction, zero width), private use."""
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Of other categories, and yet there is nothing to be seen: fillers, and variants of the character before."""

_ESCAPE = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|(.))", re.DOTALL)
_SHORT_ESCAPES = dict(zip("0abevfrNLP_", "\0\a\b\x1b\v\f\r\x85\u2028\u2029\xa0", strict=True))
_CLUSTER = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
"""What is composed within itself: no character of ASCII joins the one before it."""
_LONGEST_CLUSTER = 8


def find_characters(file: str, text: str) -> Iterator[Diagnostic]:
    """Yield a fault for each character that does not show, is no plain space, or is not in its canonical form."""
    if (index := text.find("\0")) >= 0:  # in a file that is UTF-16, every second one would be
        remedy = "take it out, or save the file as UTF-8 if it is full of them"
        yield _not_shown(place_at(file, text, index), "\0", remedy)
        return
    spans = _spans(text)
    found = [_fault(place_at(file, text, *span), text[slice(*span)]) for span in islice(spans, MOST_FINDINGS)]
    yield from found[:-1]
    if found:
        further = sum(1 for _ in spans)
        message = f"{found[-1].message}, and {further:,} more follow" if further else found[-1].message
        yield Diagnostic(found[-1].place, found[-1].code, message, found[-1].remedy)


def find_escapes(file: str, text: str, start: int, end: int) -> Iterator[Diagnostic]:
    """Yield a fault for each escape that writes such a character, in the double quotes from `start` to `end`."""
    found = (
        (match, char)
        for match in _ESCAPE.finditer(text, start, end)
        if _is_misleading(char := _written_by(match))
    )
    for match, char in islice(found, MOST_FINDINGS):
        message = f"`{match[0]}` writes {_name_of(char)}, which does not show as what it is"
        remedy = "write what is meant without the escape, or take it out"
        yield Diagnostic(place_at(file, text, *match.span()), "Y19", message, remedy)


def _written_by(escape: re.Match[str]) -> str:
    """The character that an escape writes; empty if it is one that shows, or a line or column of the text."""
    digits = escape[1] or escape[2] or escape[3]
    return chr(int(digits, 16)) if digits else _SHORT_ESCAPES.get(escape[4], "")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where such characters stand, from and to."""
    strange = {char for char in set(text) if _is_strange(char)}
    for index, char in enumerate(text if strange else ""):
        if char in strange and text[index : index + 2] != "\r\n":
            yield index, index + 1
    if not unicodedata.is_normalized("NFC", text):
        for cluster in _CLUSTER.finditer(text):
            if not unicodedata.is_normalized("NFC", cluster[0]):
                yield _first_pieces(cluster)


def _first_pieces(cluster: re.Match[str]) -> tuple[int, int]:
    """Where the first character of a cluster stands that is not written in its canonical form."""
    written, meant = cluster[0], unicodedata.normalize("NFC", cluster[0])
    first = next(at for at, (one, other) in enumerate(zip_longest(written, meant)) if one != other)
    ends = range(first + 1, min(len(written), first + _LONGEST_CLUSTER) + 1)
    composed = [end for end in ends if len(unicodedata.normalize("NFC", written[first:end])) == 1]
    return cluster.start() + first, cluster.start() + max(composed, default=first + 1)


def _fault(place: Place, found: str) -> Diagnostic:
    if not _is_strange(found):
        whole = unicodedata.normalize("NFC", found)
        message = f"`{whole}` is not written in the form that is compared (NFC), but as {_names_of(found)}"
        return Diagnostic(place, "Y20", message, f"write {_names_of(whole)}")
    category = unicodedata.category(found)
    if category in _HIDDEN:
        return _not_shown(place, found, "take it out")
    if category == "Zs":
        message = f"a space stands here that is not the ordinary one ({_name_of(found)})"
        return Diagnostic(place, "Y18", message, "type an ordinary space")
    message = f"something stands here that cannot be seen ({_name_of(found)})"
    return Diagnostic(place, "Y18", message, "take it out")


def _not_shown(place: Place, char: str, remedy: str) -> Diagnostic:
    return Diagnostic(place, "Y14", f"a character that does not show stands here ({_name_of(char)})", remedy)


def _is_strange(found: str) -> bool:
    """Whether what was found is one character that does not show, or a space that is not the ordinary one."""
    if len(found) != 1 or found in " \t\n":
        return False
    return unicodedata.category(found) in _SORTS or _FILLERS.match(found) is not None


def _is_misleading(char: str) -> bool:
    return bool(char) and (
        _is_strange(char) or unicodedata.combining(char) > 0 or not unicodedata.is_normalized("NFC", char)
    )


def _names_of(text: str) -> str:
    return " and ".join(map(_name_of, text))


def _name_of(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X} {name}" if name else f"U+{ord(char):04X}, {_SORTS[unicodedata.category(char)]}"
