"""The review book: a YAML file, one line a link, with the fingerprints of both ends as somebody read them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from api.parsing.fields import Strict
from engine import Document, Link, Place, PolicyFaults, load_document

BOOK = "reviewed.yaml"
"""The name of the book, beside the feature files: outside the policy folder, so that a review makes no revision."""

_HEADER = """\
# The review book: which clause was read together with which rule, as both stood then, by whom and on which day.
# `channelgate policies review` writes it; docs/explain/reports.md says what it is for.
reviewed:
"""

Key = tuple[str, str | None]
"""A link by the names of its clause and its rule; a clause that no rule carries out stands alone."""

Name = Annotated[str, Field(min_length=1, max_length=80)]
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class BookFaults(Exception):
    """The book cannot be used; each fault says where it stands and what cures it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class Entry(Strict):
    """A link as somebody read it: what the fingerprints of its clause and its rule were."""

    clause: Name
    clause_read: Fingerprint
    rule: Name | None = None
    rule_read: Fingerprint | None = None
    by: Annotated[str, Field(min_length=1, max_length=200)]
    on: dt.date

    @property
    def key(self) -> Key:
        """The link it is about."""
        return self.clause, self.rule


class _File(Strict):
    reviewed: list[Entry]


def entry_of(link: Link, by: str, on: dt.date) -> Entry:
    """Return the entry that says: this link was read as it stands now."""
    rule = {"rule": link.rule.name, "rule_read": link.rule.fingerprint} if link.rule else {}
    return Entry(clause=link.clause.name, clause_read=link.clause.fingerprint, **rule, by=by, on=on)


@dataclass(frozen=True, slots=True)
class Book:
    """The book as it stands in its file; without entries and `exists` false, if there is no file."""

    path: Path
    exists: bool
    header: str
    entries: tuple[Entry, ...]
    lines: Mapping[Key, str]
    """The lines of each entry, with those that follow it up to the next."""


def read_book(path: Path) -> Book:
    """Read the book. Raises BookFaults with every fault; only a file that is not there makes an empty book."""
    try:
        return _parse(path, path.read_bytes())
    except FileNotFoundError:
        return Book(path, False, _HEADER, (), {})
    except OSError as error:
        raise BookFaults([f"{path} cannot be read ({error.strerror}); make it a readable file"]) from error


def write_book(book: Book, read: Mapping[Key, Entry], order: Sequence[Key]) -> bytes:
    """Return the content of the book with the entries of `read`; the lines of the other links stay as they are.

    `order` names the links that may stand in it, in their order, those of `read` (one or more) among them; whatever
    it does not name goes. Raises BookFaults if the file is laid out so that single lines cannot be exchanged.
    """
    old = {entry.key: entry for entry in book.entries}
    expected = [read.get(key) or old[key] for key in order if key in read or key in old]
    lines = [
        _line(entry) + _remarks(book.lines.get(entry.key, "")) if entry.key in read else book.lines[entry.key]
        for entry in expected
    ]
    content = "".join((book.header, *lines)).encode()
    if _entries_in(book.path, content) != expected:
        raise BookFaults([f"{book.path} is not laid out with one line an entry; lay it out so"])
    return content


def _entries_in(path: Path, content: bytes) -> list[Entry] | None:
    try:
        return list(_parse(path, content).entries)
    except BookFaults:
        return None


def _parse(path: Path, content: bytes) -> Book:
    try:
        document = load_document(str(path), content)
        entries = _File.model_validate(document.value).reviewed
    except PolicyFaults as faults:
        raise BookFaults([str(fault) for fault in faults.diagnostics]) from faults
    except ValidationError as error:
        told = sorted(_told(document, fault) for fault in error.errors())
        raise BookFaults([f"{place} {words}" for place, words in told]) from error
    if faults_found := list(_faults(document, entries)):
        raise BookFaults(faults_found)
    lines = [line if line.endswith("\n") else f"{line}\n" for line in document.text.splitlines(keepends=True)]
    starts = [document.place(("reviewed", index)).line - 1 for index in range(len(entries))]
    chunks = ["".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    return Book(
        path=path,
        exists=True,
        header="".join(lines[: starts[0]]) if starts else _HEADER,
        entries=tuple(entries),
        lines={entry.key: chunk for entry, chunk in zip(entries, chunks, strict=True)},
    )


def _told(document: Document, fault: Mapping[str, Any]) -> tuple[Place, str]:
    path = tuple(fault["loc"])
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
    place = document.place(path)
    match fault["type"]:
        case "missing":
            return place, f"`{key}` is missing here; add it"
        case "extra_forbidden":
            return document.key_place(path), f"`{key}` is no key of the review book; take it out"
        case "string_pattern_mismatch":
            return place, f"`{key}` is no fingerprint; let `channelgate policies review` write it"
        case "date_type":
            return place, f"`{key}` has to be a day; write it as YYYY-MM-DD, without quotes"
        case "string_type":
            return place, f"`{key}` has to be a text; put it in quotes"
        case _:
            return place, f"`{key}` cannot be so; compare with the book in docs/explain/reports.md"


def _faults(document: Document, entries: Sequence[Entry]) -> Iterator[str]:
    """Entries with half a rule, and links that stand there twice."""
    seen: set[Key] = set()
    for index, entry in enumerate(entries):
        place = document.place(("reviewed", index))
        if (entry.rule is None) is not (entry.rule_read is None):
            yield f"{place} of `rule` and `rule_read` only one stands here; write both, or neither"
        if entry.key in seen:
            yield f"{place} {link_words(entry.key)} stands here twice; take one out"
        seen.add(entry.key)


def link_words(key: Key) -> str:
    """A link in words: the clause and the rule."""
    clause, rule = key
    return f"{clause} and {rule}" if rule else f"{clause} without a rule"


def _line(entry: Entry) -> str:
    """An entry as one line; a text as JSON writes it is a text in quotes to YAML, too."""
    given = entry.model_dump(exclude_none=True, exclude={"on"})
    texts = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}, " for key, value in given.items())
    return f"  - {{{texts}on: {entry.on.isoformat()}}}\n"


def _remarks(lines: str) -> str:
    """The comments and empty lines that follow an entry."""
    kept = [line for line in lines.splitlines(keepends=True) if line.lstrip()[:1] in ("", "#")]
    return "".join(kept)
