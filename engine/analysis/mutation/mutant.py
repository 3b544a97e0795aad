"""One small change of a policy text, and the document it is made in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.analysis.mutation.edits import REMOVED, rewritten, show, value_at, with_change
from engine.analysis.mutation.operators import Operator
from engine.checking import check_policies
from engine.contract.vocabulary import Vocabulary, Word
from engine.diagnostics import Place
from engine.language.expressions import Expression
from engine.language.rule_engine_parser import parse_condition
from engine.loading.document import Document, Path
from engine.loading.file_schema import ParameterText
from engine.policy.model import PolicySet

CONTENT_ONLY = frozenset(
    {Operator.DROP_DUTY, Operator.CHANGE_PARTY, Operator.DROP_CLAUSE, Operator.DROP_READING}
)
"""Changes of the content of an answer; which rule wins does not depend on it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of a policy text. `subject` is the rule, scope or parameter changed; a diff shows it."""

    operator: Operator
    place: Place
    subject: str
    change: str
    before: str
    after: str
    document: Document = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """What distinguishes the mutant from all others."""
        return f"{self.place} {self.operator}: {self.change}"

    def check(self, documents: Sequence[Document]) -> PolicySet:
        """The changed folder, checked; unchanged it has passed. Raises PolicyFaults if the check refuses it."""
        changed = [self.document if d.file == self.document.file else d for d in documents]
        return check_policies(changed, f"mutant {self.name}", settled=self._settled(documents))

    def _settled(self, documents: Sequence[Document]) -> frozenset[str]:
        """The files whose rules cannot clash because of the change: a country's file is nobody else's affair."""
        files = frozenset(document.file for document in documents)
        if self.operator in CONTENT_ONLY:
            return files
        return frozenset() if "directive" in self.document.value else files - {self.document.file}


@dataclass(frozen=True, slots=True)
class MutatedFile:
    """A document with what its conditions and duties may name."""

    document: Document
    vocabulary: Vocabulary
    parameters: Mapping[str, Word]
    parties: tuple[str, ...]
    declared: Mapping[str, ParameterText]

    @property
    def words(self) -> dict[str, Word]:
        """The words of its conditions, a parameter in braces."""
        return {**self.vocabulary.words, **{f"{{{name}}}": word for name, word in self.parameters.items()}}

    def condition(self, text: str) -> Expression:
        """Read a condition. Raises `ConditionFaults`."""
        return parse_condition(text, self.vocabulary.words, self.parameters)

    def mutant(
        self, operator: Operator, path: Path, new: Any, change: str, subject: str, at: Place | None = None
    ) -> Mutant:
        """The mutant with `new` at `path`; `at` is its place, if not that of the path."""
        document = self.document
        key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        old = value_at(document.value, path)
        before = "" if old is None else f"- {key}: {show(old)}"
        after = "" if new is REMOVED else f"+ {key}: {show(new)}"
        value = with_change(document.value, path, new)
        return Mutant(
            operator,
            at or document.place(path),
            subject,
            change,
            before,
            after,
            rewritten(document, value),
        )
