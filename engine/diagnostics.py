"""What is wrong with a policy set, worded so that an officer can mend it: code, place, fact, remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
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
    close = get_close_matches(word, names, n=1, cutoff=cutoff)
    if not close:
        tail = word.rpartition(".")[2]
        close = [name for name in names if name.rpartition(".")[2] == tail][:1]
    return f"did you mean `{close[0]}`?" if close else ""
