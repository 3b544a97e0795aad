"""What a policy set calls by name (clauses, readings, parties, parameters, rules), and whether it exists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.checking.report import Report, Source
from engine.decision import Duty
from engine.diagnostics import suggestion
from engine.documents import (
    DirectiveFile,
    DutyText,
    Parameters,
    PeriodText,
    PolicyFile,
    ReadingsFile,
)
from engine.expressions import Expression
from engine.facts import Kind, Word
from engine.loading import Document, Path
from engine.policy import Cited, Period

BRACES = re.compile(r"\{([^{}]*)\}")
COUNTRY_PARAMETER = Word("country", Kind.TEXT, ask="Which country is it?")


@dataclass(slots=True)
class Names:
    """The names a policy set defines, and which of them something has cited so far."""

    report: Report
    clauses: Mapping[str, str | None]
    readings: frozenset[str]
    parties: frozenset[str]
    cited_clauses: set[str] = field(default_factory=set)
    cited_readings: set[str] = field(default_factory=set)

    def cited(
        self,
        document: Document,
        path: Path,
        clauses: Sequence[str] | None,
        readings: Sequence[str] | None,
        when: Expression | None = None,
    ) -> Cited:
        """Return the citation under `path`, reporting clauses (R02) and readings (R03) that do not exist."""
        for clause in clauses or ():
            self._known(document, (*path, "clause"), "R02", "clause", clause, self.clauses)
        for reading in readings or ():
            self._known(document, (*path, "reading"), "R03", "reading", reading, self.readings)
        self.cited_clauses.update(clauses or ())
        self.cited_readings.update(readings or ())
        return Cited(tuple(clauses or ()), tuple(readings or ()), when)

    def duties(
        self,
        document: Document,
        path: Path,
        texts: Sequence[DutyText],
        default: str,
        parameters: Collection[str],
    ) -> tuple[Duty, ...]:
        """Return the duties listed at `path`; one without a clause follows from `default`."""
        duties = []
        for index, text in enumerate(texts):
            at = (*path, index)
            self._known(document, (*at, "who"), "R06", "party", text.who, self.parties)
            self.cited(document, at, [text.clause] if text.clause else None, None)
            for key in ("must", "before", "within", "evidence"):
                if sentence := getattr(text, key):
                    self.sentence(document, (*at, key), sentence, parameters)
            duties.append(Duty.model_construct(**{**text.model_dump(), "clause": text.clause or default}))
        return tuple(duties)

    def sentence(self, document: Document, path: Path, text: str, parameters: Collection[str]) -> None:
        """Report the braces of a sentence that name no parameter (R07)."""
        for match in BRACES.finditer(text):
            self._known(document, path, "R07", "parameter", match[1], parameters)
        if BRACES.sub("", text).count("{") or BRACES.sub("", text).count("}"):
            self.report.error(document, path, "R07", "a brace has no partner", "write parameters as {name}")

    def period(self, document: Document, path: Path, text: PeriodText | None) -> Period:
        """Return the period at `path`, reporting one that ends before it begins (R11)."""
        if text is None:
            return Period()
        if text.from_ and text.until and text.until < text.from_:
            self.report.error(
                document, path, "R11", "the period ends before it begins", "exchange from and until"
            )
            return Period()
        return Period(text.from_, text.until)

    def _known(
        self, document: Document, path: Path, code: str, sort: str, name: str, names: Iterable[str]
    ) -> None:
        known = set(names)
        if name not in known:
            remedy = (
                suggestion(name, known)
                or f"define it, or name one of {', '.join(sorted(known)[:12]) or 'none'}"
            )
            self.report.error(document, path, code, f"unknown {sort} `{name}`", remedy)


def words_for(*declarations: Parameters, country: bool) -> dict[str, Word]:
    """The parameters a condition or sentence may name."""
    words = {
        name: Word(
            name, Kind(text.kind), tuple(text.choices or ()), ask=text.ask, answered_by="policy_officer"
        )
        for parameters in declarations
        for name, text in parameters.items()
    }
    return {**words, "country": COUNTRY_PARAMETER} if country else words


def define_names(
    directive: Source[DirectiveFile],
    readings: Sequence[Source[ReadingsFile]],
    policies: Sequence[Source[PolicyFile]],
    report: Report,
) -> Names:
    """Collect all names, reporting those defined twice (R01)."""
    content = directive.content
    owners: list[Source[DirectiveFile] | Source[PolicyFile]] = [directive, *policies]
    book = [
        (source.document, ("readings", index, "reading"), entry.reading)
        for source in readings
        for index, entry in enumerate(source.content.readings)
    ]
    _distinct(report, "reading", book)
    _distinct(
        report,
        "clause",
        [
            (directive.document, ("clauses", i, "clause"), entry.clause)
            for i, entry in enumerate(content.clauses)
        ],
    )
    _distinct(
        report,
        "rule",
        [
            (o.document, ("rules", i, "rule"), entry.rule)
            for o in owners
            for i, entry in enumerate(o.content.rules)
        ],
    )
    _distinct(
        report,
        "scope",
        [
            (o.document, ("scope", i, "scope"), entry.scope)
            for o in owners
            for i, entry in enumerate(o.content.scope)
        ],
    )
    _distinct(report, "policy", [(o.document, ("policy",), o.content.policy) for o in policies])
    _distinct(
        report,
        "country",
        [(o.document, ("country",), o.content.country) for o in policies if o.content.country],
    )
    clauses = {clause.clause: clause.no_rule for clause in content.clauses}
    return Names(report, clauses, frozenset(mark for _, _, mark in book), frozenset(content.parties))


def _distinct(report: Report, sort: str, definitions: Iterable[tuple[Document, Path, str]]) -> None:
    first: dict[str, str] = {}
    for document, path, name in definitions:
        if name in first:
            message = f"the {sort} `{name}` is defined twice, first at {first[name]}"
            report.error(document, path, "R01", message, "remove or rename one")
        else:
            first[name] = str(document.place(path))
