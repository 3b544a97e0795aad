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
from api.runtime.regular_files import read_regular_file
from engine import MAX_FILE_BYTES, Document, Link, Place, PolicyFaults, load_document

REVIEW_FILE = "reviewed.yaml"
"""The name of the file, beside the feature files: outside the policy folder, so that a review makes no revision."""

_HEADER = """\
# The review book: which clause was read together with which rule, as both stood then, by whom and on which day.
# `channelgate policies review` writes it; docs/explain/reports.md says what it is for.
reviewed:
"""

LinkKey = tuple[str, str | None]
"""A link by the names of its clause and its rule; a clause that no rule carries out has none."""

ReviewedName = Annotated[str, Field(min_length=1, max_length=80)]
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class ReviewFileFaults(Exception):
    """The review book cannot be used; each fault gives its place and its remedy."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class ReviewEntry(Strict):
    """A link as somebody read it: what the fingerprints of its clause and its rule were."""

    clause: ReviewedName
    clause_read: Fingerprint
    rule: ReviewedName | None = None
    rule_read: Fingerprint | None = None
    by: Annotated[str, Field(min_length=1, max_length=200)]
    on: dt.date

    @property
    def key(self) -> LinkKey:
        """The link it is about."""
        return self.clause, self.rule


class _ReviewContent(Strict):
    reviewed: list[ReviewEntry]


def entry_of(link: Link, by: str, on: dt.date) -> ReviewEntry:
    """Return the entry that says: this link was read as it stands now."""
    rule = {"rule": link.rule.name, "rule_read": link.rule.fingerprint} if link.rule else {}
    return ReviewEntry(clause=link.clause.name, clause_read=link.clause.fingerprint, **rule, by=by, on=on)


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """The content of the file; without entries and with `exists` false if there is no file."""

    path: Path
    exists: bool
    header: str
    entries: tuple[ReviewEntry, ...]
    lines: Mapping[LinkKey, str]
    """The lines of each entry, with those that follow it up to the next."""


def read_review_file(path: Path) -> ReviewFile:
    """Read the file. Raises ReviewFileFaults with every fault; only a file that does not exist counts as empty."""
    try:
        return _parse(path, read_regular_file(path, MAX_FILE_BYTES))
    except FileNotFoundError:
        return ReviewFile(path, False, _HEADER, (), {})
    except OSError as error:
        raise ReviewFileFaults(
            [f"{path} cannot be read ({error.strerror}); make it a readable file"]
        ) from error


def write_review_file(
    review_file: ReviewFile, read: Mapping[LinkKey, ReviewEntry], order: Sequence[LinkKey]
) -> bytes:
    """Return the content of the file with the entries of `read`; the lines of the other links stay as they are.

    `order` names the links that it may hold, in their order, those of `read` (one or more) among them; all others are
    dropped. Raises ReviewFileFaults if the file is laid out so that single lines cannot be exchanged.
    """
    old = {entry.key: entry for entry in review_file.entries}
    expected = [read.get(key) or old[key] for key in order if key in read or key in old]
    lines = [
        _line(entry) + _trailing_comments(review_file.lines.get(entry.key, ""))
        if entry.key in read
        else review_file.lines[entry.key]
        for entry in expected
    ]
    content = "".join((review_file.header, *lines)).encode()
    if _entries_in(review_file.path, content) != expected:
        raise ReviewFileFaults([f"{review_file.path} is not laid out with one line an entry; lay it out so"])
    return content


def _entries_in(path: Path, content: bytes) -> list[ReviewEntry] | None:
    try:
        return list(_parse(path, content).entries)
    except ReviewFileFaults:
        return None


def _parse(path: Path, content: bytes) -> ReviewFile:
    try:
        document = load_document(str(path), content)
        entries = _ReviewContent.model_validate(document.value).reviewed
    except PolicyFaults as faults:
        raise ReviewFileFaults([str(fault) for fault in faults.diagnostics]) from faults
    except ValidationError as error:
        messages = sorted(_fault_message(document, fault) for fault in error.errors())
        raise ReviewFileFaults([f"{place} {words}" for place, words in messages]) from error
    if faults_found := list(_faults(document, entries)):
        raise ReviewFileFaults(faults_found)
    lines = [line if line.endswith("\n") else f"{line}\n" for line in document.text.splitlines(keepends=True)]
    starts = [document.place(("reviewed", index)).line - 1 for index in range(len(entries))]
    chunks = ["".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    return ReviewFile(
        path=path,
        exists=True,
        header="".join(lines[: starts[0]]) if starts else _HEADER,
        entries=tuple(entries),
        lines={entry.key: chunk for entry, chunk in zip(entries, chunks, strict=True)},
    )


def _fault_message(document: Document, fault: Mapping[str, Any]) -> tuple[Place, str]:
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


def _faults(document: Document, entries: Sequence[ReviewEntry]) -> Iterator[str]:
    """Entries with half a rule, and links that occur twice."""
    seen: set[LinkKey] = set()
    for index, entry in enumerate(entries):
        place = document.place(("reviewed", index))
        if (entry.rule is None) is not (entry.rule_read is None):
            yield f"{place} of `rule` and `rule_read` only one stands here; write both, or neither"
        if entry.key in seen:
            yield f"{place} {link_words(entry.key)} stands here twice; take one out"
        seen.add(entry.key)


def link_words(key: LinkKey) -> str:
    """A link in words: the clause and the rule."""
    clause, rule = key
    return f"{clause} and {rule}" if rule else f"{clause} without a rule"


def _line(entry: ReviewEntry) -> str:
    """An entry as one line; a text as JSON writes it is a text in quotes to YAML, too."""
    given = entry.model_dump(exclude_none=True, exclude={"on"})
    texts = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}, " for key, value in given.items())
    return f"  - {{{texts}on: {entry.on.isoformat()}}}\n"


def _trailing_comments(lines: str) -> str:
    """The comments and empty lines that follow an entry."""
    comments = [line for line in lines.splitlines(keepends=True) if line.lstrip()[:1] in ("", "#")]
    return "".join(comments)
