"""The entity tags of a header If-Match (RFC 9110, 8.8.3 and 13.1.1): one list, strong and weak ones."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Literal

MAX_TAGS = 1000
"""The most characters of a list."""
_TAG = r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"'
TAGS_FORM = rf"[ \t,]*{_TAG}([ \t]*,[ \t,]*{_TAG})*[ \t,]*"
"""A list with at least one tag."""
ANY: Literal["*"] = "*"
"""In the place of tags: whatever there is."""

_ITEM = re.compile(r'[ \t]*(?:(?P<weak>W/)?"(?P<tag>[\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,|\Z)')


@dataclass(frozen=True, slots=True)
class EntityTags:
    """Tags as they stand between their quotes. Only a strong one can match, by the strong comparison."""

    strong: Set[str]
    weak: Set[str]


def read_entity_tags(fields: Sequence[str]) -> EntityTags | Literal["*"] | None:
    """Return the tags of the fields of one header, which count as one list; None if it is too long or no such list.

    An empty place in the list says nothing.
    """
    text = ", ".join(fields)
    if text.strip(" \t") == ANY:
        return ANY
    if len(text) > MAX_TAGS:
        return None
    tags: dict[bool, set[str]] = {True: set(), False: set()}
    at = 0
    while at < len(text):
        found = _ITEM.match(text, at)
        if found is None:
            return None
        if found["tag"] is not None:
            tags[found["weak"] is None].add(found["tag"])
        at = found.end()
    return EntityTags(frozenset(tags[True]), frozenset(tags[False]))
