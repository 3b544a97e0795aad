"""The names a policy set defines (clauses, readings, parties, parameters, rules), and whether those in use exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.checking.report import CheckReport, SourceFile
from engine.checking.terms import check_term
from engine.contract.decision import Duty
from engine.contract.terms import Term
from engine.contract.vocabulary import Kind, Word
from engine.diagnostics import Diagnostic, suggestion
from engine.language.expressions import Expression
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DirectiveFile,
    DutyText,
    InvariantsFile,
    Parameters,
    PeriodText,
    PolicyFile,
    ReadingsFile,
)
from engine.policy.rules import Cited, Period
from engine.policy.sentences import BRACES

_BRACES_OR_BRACE = re.compile(rf"{BRACES.pattern}|[{{}}]")
COUNTRY_PARAMETER = Word("country", Kind.TEXT, ask="Which country is it?")


@dataclass(slots=True)
class DefinedNames:
    """The names a policy set defines, and which of them something has cited so far."""

    report: CheckReport
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
        self.known_clauses(document, path, clauses or ())
        self.known_readings(document, path, readings or ())
        self.cited_clauses.update(clauses or ())
        self.cited_readings.update(readings or ())
        return Cited(tuple(clauses or ()), tuple(readings or ()), when)

    def known_clauses(self, document: Document, path: Path, clauses: Sequence[str]) -> None:
        """Report the clauses named under `path` that do not exist (R02)."""
        for index, clause in enumerate(clauses):
            self.known(document, (*path, "clause", index), "R02", "clause", clause, self.clauses)

    def known_readings(self, document: Document, path: Path, readings: Sequence[str]) -> None:
        """Report the readings named under `path` that do not exist (R03)."""
        for index, reading in enumerate(readings):
            self.known(document, (*path, "reading", index), "R03", "reading", reading, self.readings)

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
            self.known(document, (*at, "who"), "R06", "party", text.who, self.parties)
            self.cited(document, at, [text.clause] if text.clause else None, None)
            for key in ("must", "before", "within", "evidence"):
                if sentence := getattr(text, key):
                    self.sentence(document, (*at, key), sentence, parameters)
            duties.append(Duty.model_construct(**{**text.model_dump(), "clause": text.clause or default}))
        return tuple(duties)

    def terms(self, document: Document, path: Path, texts: Sequence[DutyText]) -> tuple[Term | None, ...]:
        """Return the term of each duty listed at `path`, None where it has none (R30, R31)."""
        return tuple(
            check_term(self.report, document, (*path, index), text) for index, text in enumerate(texts)
        )

    def sentence(self, document: Document, path: Path, text: str, parameters: Collection[str]) -> None:
        """Report the braces of a sentence that name no parameter (R07), or have no partner (R10)."""
        for match in _BRACES_OR_BRACE.finditer(text):
            place = document.place_within(path, match.start(), match.end())
            if match[1] is None:
                message = "a brace has no partner"
                self.report.findings.append(Diagnostic(place, "R10", message, "write parameters as {name}"))
            elif match[1] not in parameters:
                remedy = suggestion(match[1], parameters) or _naming(parameters)
                message = f"unknown parameter `{match[1]}`"
                self.report.findings.append(Diagnostic(place, "R07", message, remedy))

    def period(self, document: Document, path: Path, text: PeriodText | None) -> Period:
        """Return the period at `path`, reporting one that ends before it begins (R11) or has no day (R22)."""
        if text is None:
            return Period()
        if not text.from_ and not text.until:
            message = "the period has neither a first nor a last day"
            self.report.error(document, path, "R22", message, "write `{from: YYYY-MM-DD}`, `until`, or both")
        if text.from_ and text.until and text.until < text.from_:
            self.report.error(
                document,
                (*path, "until"),
                "R11",
                "the period ends before it begins",
                "exchange from and until",
            )
            return Period()
        return Period(text.from_, text.until)

    def known(
        self, document: Document, path: Path, code: str, sort: str, name: str, names: Iterable[str]
    ) -> None:
        """Report a name at `path` that is not among `names`."""
        known = set(names)
        if name not in known:
            remedy = suggestion(name, known) or _naming(known)
            self.report.error(document, path, code, f"unknown {sort} `{name}`", remedy)


def _naming(known: Collection[str]) -> str:
    """The remedy for a name that is like none that exists."""
    return f"define it, or name one of {', '.join(sorted(known)[:12])}" if known else "take it out"


def check_declarations(
    source: SourceFile[DirectiveFile] | SourceFile[PolicyFile],
    key: str,
    declared: Parameters,
    taken: Collection[str],
    report: CheckReport,
) -> None:
    """Report parameters under names that are taken (R25), and choices that do not fit their kind (R26)."""
    for name, text in declared.items():
        path = (key, name)
        if name in taken:
            message = f"`{name}` is already the name of a fact or of another parameter"
            report.error_at_key(source.document, path, "R25", message, "give the parameter another name")
        if text.kind == "choice" and text.choices is None:
            message = f"the parameter `{name}` is a choice, but among nothing"
            report.error(source.document, (*path, "kind"), "R26", message, "add its `choices`")
        elif text.choices is not None and text.kind != "choice":
            message = f"the parameter `{name}` has choices, but is no choice"
            report.error(source.document, (*path, "kind"), "R26", message, "write `kind: choice`")
        elif text.choices is not None and len(set(text.choices)) < len(text.choices):
            message = f"the parameter `{name}` has a choice twice"
            report.error(source.document, (*path, "choices"), "R26", message, "take one out")


def words_for(*declarations: Parameters, country: bool) -> dict[str, Word]:
    """The parameters a condition or sentence may name."""
    words = {
        name: Word(
            name,
            Kind.CHOICE if text.choices else Kind(text.kind),
            tuple(text.choices or ()),
            ask=text.ask,
            answered_by="policy_officer",
        )
        for parameters in declarations
        for name, text in parameters.items()
    }
    return {**words, "country": COUNTRY_PARAMETER} if country else words


def define_names(
    directive: SourceFile[DirectiveFile],
    reading_files: Sequence[SourceFile[ReadingsFile]],
    policies: Sequence[SourceFile[PolicyFile]],
    invariants: Sequence[SourceFile[InvariantsFile]],
    report: CheckReport,
) -> DefinedNames:
    """Collect all names, reporting those defined twice (R01)."""
    content = directive.content
    owners: list[SourceFile[DirectiveFile] | SourceFile[PolicyFile]] = [directive, *policies]
    readings = [
        (source.document, ("readings", index, "reading"), entry.reading)
        for source in reading_files
        for index, entry in enumerate(source.content.readings)
    ]
    _distinct(report, "reading", readings)
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
    _distinct(
        report,
        "invariant",
        [
            (source.document, ("invariants", i, "invariant"), entry.invariant)
            for source in invariants
            for i, entry in enumerate(source.content.invariants)
        ],
    )
    _distinct(report, "policy", [(o.document, ("policy",), o.content.policy) for o in policies])
    _distinct(
        report,
        "country",
        [(o.document, ("country",), o.content.country) for o in policies if o.content.country],
    )
    clauses = {clause.clause: clause.no_rule for clause in content.clauses}
    return DefinedNames(
        report, clauses, frozenset(mark for _, _, mark in readings), frozenset(content.parties)
    )


def _distinct(report: CheckReport, sort: str, definitions: Iterable[tuple[Document, Path, str]]) -> None:
    first: dict[str, str] = {}
    for document, path, name in definitions:
        if name in first:
            message = f"the {sort} `{name}` is defined twice, first at {first[name]}"
            report.error(document, path, "R01", message, "remove or rename one")
        else:
            first[name] = str(document.place(path))
