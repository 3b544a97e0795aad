"""The names a policy set defines (clauses, readings, parties, parameters, rules), and whether those in use exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.checking.report import CheckReport, SourceFile
from engine.checking.row_tables import placed_rules
from engine.checking.terms import check_term
from engine.contract.decision import Duty
from engine.contract.terms import Term
from engine.contract.vocabulary import Kind, Word
from engine.diagnostics import Diagnostic, suggestion
from engine.language.expressions import Expression
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DirectiveFile,
    InvariantsFile,
    Parameters,
    PolicyFile,
    ReadingsFile,
)
from engine.loading.rule_schema import DutyText, PeriodText
from engine.policy.rules import Cited, Period
from engine.policy.sentences import BRACES

DUTY_TEXTS = ("must", "before", "within", "evidence")
"""The parts of a duty that are texts, which may name parameters."""
_BRACES_OR_BRACE = re.compile(rf"{BRACES.pattern}|[{{}}]")
COUNTRY_PARAMETER = Word("country", Kind.TEXT, ask="Which country is it?")


@dataclass(slots=True)
class DefinedNames:
    """The names a policy set defines, and which of them something has cited so far."""

    report: CheckReport
    clauses: Mapping[str, str | None]
    readings: frozenset[str]
    parties: frozenset[str]
    rulings: Mapping[str, Period]
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
        return tuple(
            self.duty(document, (*path, index), text, default, parameters) for index, text in enumerate(texts)
        )

    def duty(
        self, document: Document, path: Path, text: DutyText, default: str, parameters: Collection[str]
    ) -> Duty:
        """Return the duty at `path`; its texts may name `parameters`."""
        self.party(document, (*path, "who"), text.who)
        self.cited(document, path, [text.clause] if text.clause else None, None)
        for key in DUTY_TEXTS:
            if sentence := getattr(text, key):
                self.sentence(document, (*path, key), sentence, parameters)
        stated = {key: getattr(text, key) for key in Duty.model_fields}
        return Duty.model_construct(**{**stated, "clause": text.clause or default})

    def terms(self, document: Document, path: Path, texts: Sequence[DutyText]) -> tuple[Term | None, ...]:
        """Return the term of each duty listed at `path`, None where it has none (R30, R31)."""
        return tuple(
            check_term(self.report, document, (*path, index), text) for index, text in enumerate(texts)
        )

    def sentence(self, document: Document, path: Path, text: str, parameters: Collection[str]) -> None:
        """Report the braces of a sentence that name no parameter (R07), or have no partner (R10)."""
        for match in (one for one in _BRACES_OR_BRACE.finditer(text) if one[1] not in parameters):
            code, message = "R07", f"unknown parameter `{match[1]}`"
            if match[1] is None:
                code, message, remedy = "R10", "a brace has no partner", "write parameters as {name}"
            elif match[1] in self.report.vocabulary.words:
                message = f"`{match[1]}` is a fact, and this text is given where it is not known, too"
                remedy = "name facts in the duties of a rule and in sentences under `say_when`"
            else:
                remedy = suggestion(match[1], parameters) or _naming(parameters)
            found = Diagnostic(document.place_within(path, *match.span()), code, message, remedy)
            self.report.findings.append(found)

    def required(self, document: Document, path: Path, mark: str | None, period: Period) -> Period:
        """Return the part of a period on which the ruling that a rule requires holds (R48, R49)."""
        if mark is None:
            return period
        at = (*path, "ruling")
        if mark not in self.rulings:
            remedy = f"{suggestion(mark, self.rulings)} or add it under `rulings`".removeprefix(" or ")
            self.report.error(document, at, "R48", f"unknown ruling `{mark}`", remedy)
        holds = self.rulings.get(mark, Period())
        self.cited_readings.add(mark)
        if not period.overlaps(holds):
            message = f"the rule and the ruling {mark}, which it requires, are never in force on the same day"
            self.report.error(document, at, "R49", message, "change `in_force`, or name another ruling")
        return period.within(holds)

    def party(self, document: Document, path: Path, name: str) -> None:
        """Report a party that does not exist (R06)."""
        self.known(document, path, "R06", "party", name, self.parties)

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


def words_for(*declarations: Parameters, country: bool, answered_by: str) -> dict[str, Word]:
    """The parameters a condition or sentence may name; `answered_by` is the party that finds their values."""
    words = {
        name: Word(
            name,
            Kind.CHOICE if text.choices else Kind(text.kind),
            tuple(text.choices or ()),
            ask=text.ask,
            answered_by=answered_by,
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
    rulings = [
        (source.document, ("rulings", index, "ruling"), entry)
        for source in reading_files
        for index, entry in enumerate(source.content.rulings)
    ]
    marks = [(document, path, entry.ruling) for document, path, entry in rulings]
    _distinct(report, "ruling", marks, _distinct(report, "reading", readings))
    _distinct(
        report,
        "clause",
        [
            (directive.document, ("clauses", i, "clause"), entry.clause)
            for i, entry in enumerate(content.clauses)
        ],
    )
    rules = [
        (o.document, (*placed.path, "rule"), placed.text.rule)
        for o in owners
        for placed in placed_rules(o.content)
    ]
    tables = [
        (o.document, ("tables", i, "table"), entry.table)
        for o in owners
        for i, entry in enumerate(o.content.tables)
    ]
    _distinct(report, "table", tables, _distinct(report, "rule", rules))
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
        report,
        clauses,
        frozenset(mark for _, _, mark in readings),
        frozenset(content.parties),
        {entry.ruling: Period(entry.given_on, entry.until) for _, _, entry in rulings},
    )


def _distinct(
    report: CheckReport,
    sort: str,
    definitions: Iterable[tuple[Document, Path, str]],
    taken: Mapping[str, str] = MappingProxyType({}),
) -> Mapping[str, str]:
    """Report names that are defined twice, or `taken` by another sort (R01); return the place of each."""
    first = dict(taken)
    for document, path, name in definitions:
        if name in first:
            message = f"the {sort} `{name}` is defined twice, first at {first[name]}"
            report.error(document, path, "R01", message, "remove or rename one")
        else:
            first[name] = str(document.place(path))
    return first
