"""Invariants as text -> as checked: what is to be proved of the policy set, each with its clauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.checking.conditions import check_condition
from engine.checking.names import DefinedNames
from engine.checking.report import CheckReport, SourceFile
from engine.contract.vocabulary import Word
from engine.language.expressions import Expression
from engine.loading.document import Document, Path
from engine.loading.file_schema import InvariantsFile, InvariantText
from engine.policy.model import Invariant, Property
from engine.policy.rules import Cited


def check_invariants(
    sources: Sequence[SourceFile[InvariantsFile]], names: DefinedNames, parameters: Mapping[str, Word]
) -> tuple[Invariant, ...]:
    """Check the invariants of all files (R02, R03, R28); `parameters` are those every country has to state."""
    for source in sources:
        for index, text in enumerate(source.content.invariants):
            # An invariant carries no clause out; its clauses have to exist, and may say that they have no rule.
            names.known_clauses(source.document, ("invariants", index), text.clause)
            names.known_readings(source.document, ("invariants", index), text.reading or ())
    return tuple(
        invariant for source in sources for invariant in read_invariants(source, names.report, parameters)
    )


def read_invariants(
    source: SourceFile[InvariantsFile], report: CheckReport, parameters: Mapping[str, Word]
) -> Iterator[Invariant]:
    """Yield the invariants of a file, reporting what is wrong with their conditions and with their form (R28)."""
    for index, text in enumerate(source.content.invariants):
        yield _invariant(source.document, ("invariants", index), text, report, parameters)


def _invariant(
    document: Document, path: Path, text: InvariantText, report: CheckReport, parameters: Mapping[str, Word]
) -> Invariant:
    if (text.never is None) is (text.property is None) or (text.property and (text.when or text.unless)):
        message = "an invariant either names outcomes that are never given, or a property of the whole set"
        remedy = "write `never:`, with `when:` or `unless:` if need be, or `property:` alone"
        report.error(document, (*path, "invariant"), "R28", message, remedy)

    def condition(key: str, written: str | None) -> Expression | None:
        return check_condition(report, document, (*path, key), written, parameters) if written else None

    return Invariant(
        name=text.invariant,
        place=document.place((*path, "invariant")),
        title=text.title,
        cited=Cited(tuple(text.clause), tuple(text.reading or ())),
        property=Property(text.property) if text.property else None,
        when=condition("when", text.when),
        unless=condition("unless", text.unless),
        never=frozenset(text.never or ()),
    )
