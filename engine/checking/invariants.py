"""Invariants as text -> as checked: what is to be proved of the policy set, each with its clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.checking.names import DefinedNames
from engine.checking.report import SourceFile
from engine.checking.rules import check_condition
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
    return tuple(
        _invariant(source.document, ("invariants", index), text, names, parameters)
        for source in sources
        for index, text in enumerate(source.content.invariants)
    )


def _invariant(
    document: Document, path: Path, text: InvariantText, names: DefinedNames, parameters: Mapping[str, Word]
) -> Invariant:
    # An invariant carries no clause out; its clauses have to exist, and may say that they have no rule.
    names.known_clauses(document, path, text.clause)
    names.known_readings(document, path, text.reading or ())
    if (text.never is None) is (text.property is None) or (text.property and (text.when or text.unless)):
        message = "an invariant either names outcomes that are never given, or a property of the whole set"
        remedy = "write `never:`, with `when:` or `unless:` if need be, or `property:` alone"
        names.report.error(document, (*path, "invariant"), "R28", message, remedy)

    def condition(key: str, written: str | None) -> Expression | None:
        return check_condition(names.report, document, (*path, key), written, parameters) if written else None

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
