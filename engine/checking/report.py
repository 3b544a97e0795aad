"""Where the stages of checking put what they find, and the files they find it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from engine.contract.vocabulary import Vocabulary
from engine.contract.vocabulary_building import NO_VOCABULARY
from engine.diagnostics import Diagnostic, Place, PolicyFaults, Severity
from engine.loading.document import Document, Path
from engine.loading.sections import Section
from engine.policy.languages import NO_LANGUAGES, Languages

Content = TypeVar("Content", bound=Section, covariant=True)


@dataclass(frozen=True, slots=True)
class SourceFile(Generic[Content]):
    """A policy file: its document, which knows every position, and its content in shape."""

    document: Document
    content: Content


@dataclass(slots=True)
class CheckReport:
    """All findings so far in a folder, the words of its conditions and its languages; checking goes on after a fault.

    Findings of the codes in `remarked` are remarks, not faults, where they are added by `add` or `error`.
    """

    findings: list[Diagnostic] = field(default_factory=list)
    remarked: frozenset[str] = frozenset()
    vocabulary: Vocabulary = NO_VOCABULARY
    languages: Languages = NO_LANGUAGES
    ends_with_dates: bool = False
    """Whether answers end with the dates they rest on; those of sets without a vocabulary file stay as they were."""

    def add(self, place: Place, code: str, message: str, remedy: str) -> None:
        """Add a fault at `place`."""
        severity = Severity.HINT if code in self.remarked else Severity.ERROR
        self.findings.append(Diagnostic(place, code, message, remedy, severity))

    def error(self, document: Document, path: Path, code: str, message: str, remedy: str) -> None:
        """Add a fault at the value that `path` leads to."""
        self.add(document.place(path), code, message, remedy)

    def error_at_key(self, document: Document, path: Path, code: str, message: str, remedy: str) -> None:
        """Add a fault at the key that `path` ends with."""
        self.findings.append(Diagnostic(document.key_place(path), code, message, remedy))

    def hint(self, document: Document, path: Path, code: str, message: str, remedy: str) -> None:
        """Add a remark that does not prevent the set from becoming active."""
        self.findings.append(Diagnostic(document.place(path), code, message, remedy, Severity.HINT))

    @property
    def faulty(self) -> bool:
        """Whether some finding is a fault."""
        return self.faulty_since(0)

    def faulty_since(self, count: int) -> bool:
        """Whether some finding is a fault but for the first `count`."""
        return any(finding.severity is Severity.ERROR for finding in self.findings[count:])

    def stop_if_faulty(self) -> None:
        """Raise PolicyFaults with all findings if one of them is a fault."""
        if self.faulty:
            raise PolicyFaults(self.findings)
