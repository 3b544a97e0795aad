"""The texts that callers state: each is taken in NFC, and refused with a character that does not show.

So two texts that read the same are the same. What is logged stays as received. An entry whose bytes may say a text in
another form names the form in which its texts were taken; an entry without it is from before, and its texts are taken
as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from api.parsing.characters import NORMAL_FORM, find_invisible, find_line_break, in_normal_form
from api.parsing.strict_json import BACKSLASH, MAX_DEPTH, JsonFault, json_pointer
from engine import FactGroup, Request, RequestPart, Vocabulary

FORM = "normal_form"
"""The member of an entry that names the form in which its texts were taken."""

ONE_LINE = frozenset(
    (
        "request_id",
        "id",
        "line",
        "department",
        "case_id",
        "decision_id",
        "project_no",
        "list_id",
        "lists",
        "item_no",
        "items",
        "supersedes",
    )
)
"""The members whose texts are ids and marks: no line break or tab belongs there."""

AS_RECEIVED = frozenset(("clearance",))
"""The members whose texts are signed, and hold byte for byte."""

_ASCII, _DELETE = bytes(range(0x80)), 0x7F
_FOREIGN_ESCAPE = re.compile(rb'\\[^"\\/]')


def may_mislead(body: bytes) -> bool:
    """Whether a text in `body`, which is JSON, may be in another form than NFC, or hold what does not show.

    That there is none is seen at little cost. Outside of texts, JSON has no character but those of ASCII, and inside
    no line break or tab as it is; none of them is composed with a character that a text begins with.
    """
    if _DELETE in body or (BACKSLASH in body and _FOREIGN_ESCAPE.search(body)):
        return True
    if body.isascii():
        return False
    try:
        foreign = body.translate(None, _ASCII).decode()
        return bool(find_invisible(foreign)) or not unicodedata.is_normalized(NORMAL_FORM, body.decode())
    except UnicodeDecodeError:
        return True


def is_sound(name: str, text: str) -> bool:
    """Whether the text of a member is in NFC, and holds no character that does not show."""
    if text.isascii() and text.isprintable():
        return True
    return find_text_fault(name, text) is None and unicodedata.is_normalized(NORMAL_FORM, text)


def are_sound(request: Request, vocabulary: Vocabulary) -> bool:
    """Whether all texts of a request are sound."""
    return _is_sound_part(request, vocabulary.whole) and all(
        _is_sound_part(item, vocabulary.line) for item in request.items
    )


def _is_sound_part(part: RequestPart, group: FactGroup) -> bool:
    members = part.__dict__
    return all(is_sound(name, value) for name, value in members.items() if type(value) is str) and all(
        _is_sound_part(members[name], inner) for name, inner in group.groups if members[name] is not None
    )


def find_text_faults(value: object) -> Iterator[JsonFault]:
    """Yield each text of a value that was read that holds a character which does not show, with its pointer."""
    yield from _faults(value, (), "")


def find_text_fault(name: str, text: str) -> str | None:
    """Return what is wrong with the text of a member, if it holds a character that does not show; else None."""
    if text.isascii() and text.isprintable():
        return None
    if name in ONE_LINE and (found := find_line_break(text)):
        return f"an id or mark is one line, and this holds {found}; write it without"
    unseen = find_invisible(text.replace("\r\n", "\n"))
    if unseen is None:
        return None
    return (
        f"the text holds a character that does not show as what it is, {unseen}; take it out, or type it anew"
    )


def with_normal_texts(value: Any, depth: int = 1) -> Any:
    """Return a value that was read with its texts in NFC; objects and lists are changed in place.

    What is nested deeper than a value may be is left alone: it is a fault already.
    """
    if isinstance(value, dict) and depth <= MAX_DEPTH:
        for name, member in value.items():
            value[name] = member if name in AS_RECEIVED else with_normal_texts(member, depth + 1)
    elif isinstance(value, list) and depth <= MAX_DEPTH:
        value[:] = [with_normal_texts(entry, depth + 1) for entry in value]
    elif isinstance(value, str) and not value.isascii():
        return in_normal_form(value)
    return value


def form_taken(body: bytes) -> str | None:
    """Return the form in which the texts of `body` are taken, if that may be another than the one received."""
    return NORMAL_FORM if may_mislead(body) else None


def form_member(body: bytes) -> dict[str, str]:
    """Return the member by which an entry with `body` says how its texts were taken; none if it is plain."""
    return {FORM: NORMAL_FORM} if may_mislead(body) else {}


def as_taken(value: Any, members: Mapping[str, Any]) -> Any:
    """Return a value that was read from an entry with these members, its texts as they were taken then.

    Raises ValueError for a form that this version does not know.
    """
    form = members.get(FORM)
    if form not in (None, NORMAL_FORM):
        raise ValueError("the texts of the entry were taken in a form that is not known")
    return value if form is None else with_normal_texts(value)


def _faults(value: object, path: tuple[str | int, ...], name: str) -> Iterator[JsonFault]:
    if len(path) > MAX_DEPTH or name in AS_RECEIVED:
        return
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _faults(member, (*path, key), key)
    elif isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _faults(entry, (*path, position), name)
    elif isinstance(value, str) and (found := find_text_fault(name, value)):
        yield JsonFault(json_pointer(path), found)
