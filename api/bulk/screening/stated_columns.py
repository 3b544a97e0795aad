"""The texts in the columns of a file, refused as those of a request are: by `api.parsing.stated_texts`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from api.bulk.screening.sources import RowFile
from api.parsing.characters import UNSEEN
from api.parsing.stated_texts import ONE_LINE, find_text_fault
from engine import Kind, Vocabulary
from engine.bulk.reading import LINE, REQUEST_ID

StatedCell = str | Sequence[str | None] | None


def unseen_patterns(vocabulary: Vocabulary, source: RowFile) -> Mapping[str, str]:
    """Patterns of what must not be found in the columns of free texts, ids and marks, by their facts.

    What is one of a few words, a day or a number holds nothing else anyway.
    """
    return {
        fact: _UNSEEN_IN[_member(fact) in ONE_LINE]
        for fact in source.stated_texts
        if _is_free(vocabulary, fact)
    }


def text_faults(facts: Sequence[str], cells: Sequence[StatedCell]) -> Iterator[tuple[str, str]]:
    """Yield each fact whose cell of a row holds a character that does not show, and what is wrong with it."""
    for fact, cell in zip(facts, cells, strict=True):
        texts = [cell] if isinstance(cell, str) else cell or ()
        found = (find_text_fault(_member(fact), text) for text in texts if text)
        if fault := next(filter(None, found), None):
            yield fact, fault


def _is_free(vocabulary: Vocabulary, fact: str) -> bool:
    word = vocabulary.words.get(fact)
    return fact in (REQUEST_ID, LINE) or (word is not None and word.kind is Kind.TEXT)


def _member(fact: str) -> str:
    return fact.rpartition(".")[2]


def _for_databases(signs: str) -> str:
    """A class of characters, each that is not of ASCII as RE2 and Java both write it."""
    numbered = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", signs)
    return "[" + re.sub(r"[^\x00-\x7f]", lambda found: f"\\x{{{ord(found[0]):x}}}", numbered) + "]"


_ONE_LINE = _for_databases(rf"{UNSEEN}\t\n")
_BUT_RETURN = _for_databases(UNSEEN.replace(r"\u000b-\u001f", r"\u000b\u000c\u000e-\u001f"))
_UNSEEN_IN = {False: rf"{_BUT_RETURN}|\r[^\n]|\r\z", True: _ONE_LINE}
"""Of a text, in which a line break may be written as two characters, and of a text of one line."""
