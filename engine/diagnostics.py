"""What is wrong with a policy set, worded so that an officer can mend it: code, place, fact, remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding prevents a policy set from becoming active."""

    ERROR = "error"
    HINT = "hint"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a policy file; line and column count from 1.

    `length` is how many characters of the line are meant; of something longer than the line, what is in it.
    """

    file: str
    line: int = 1
    column: int = 1
    length: int = field(default=1, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding. `code` has its paragraph in docs/reference/checks.md; `message` is the fact, `remedy` the cure."""

    place: Place
    code: str
    message: str
    remedy: str = ""
    severity: Severity = field(default=Severity.ERROR, compare=False)

    def __str__(self) -> str:
        tail = f"; {self.remedy}" if self.remedy else ""
        return f"{self.place} {self.code} {self.message}{tail}"


class PolicyFaults(Exception):
    """A policy set cannot be used; carries every finding, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(map(str, self.diagnostics)))


def suggestion(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """Return "did you mean `x`?" for the candidate closest to `word`, or an empty text.

    `cutoff` says from which likeness on, between 0 and 1, another word may be meant.
    """
    names = sorted(candidates)
    tail = _last_part(word)
    if tail.isidentifier() and tail != word:
        close = _closest_by_last_part(word, tail, names, cutoff)
    else:
        close = get_close_matches(word, names, n=1, cutoff=cutoff)
    return f"did you mean `{close[0]}`?" if close else ""


_ALIKE = 0.5
"""From which likeness on the last parts of two names may be meant for each other: `eager` and `eagerly_wanted`."""


def _closest_by_last_part(word: str, tail: str, names: Sequence[str], cutoff: float) -> Sequence[str]:
    """The name like `word` in its last part, which distinguishes facts: `loan.insured` for `item.insured`."""
    same = [name for name in names if _last_part(name) == tail]
    if same:
        return get_close_matches(word, same, n=1, cutoff=0)
    alike = [name for name in names if SequenceMatcher(None, _last_part(name), tail).ratio() >= _ALIKE]
    return get_close_matches(word, alike, n=1, cutoff=cutoff)


def _last_part(name: str) -> str:
    return name.rpartition(".")[2]
