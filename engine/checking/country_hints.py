"""What is worth a second look about the countries that a set binds (codes H09 and H14)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from engine.checking.membership import entries_of
from engine.checking.report import CheckReport, SourceFile
from engine.contract.country_names import CODES_BY_NAME
from engine.diagnostics import Diagnostic, Severity
from engine.loading.country_schema import ALL_OTHERS
from engine.loading.document import Path
from engine.loading.file_schema import DirectiveFile, PolicyFile, ScopeText
from engine.policy.sentences import BRACES

_COUNTRY_NAME = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(CODES_BY_NAME, key=len, reverse=True)))})\b"
)


def hint_at_countries(
    directive: SourceFile[DirectiveFile], policies: Sequence[SourceFile[PolicyFile]], report: CheckReport
) -> None:
    """Compare the countries that clauses name with those that the files are for."""
    binding = [
        entry for entry in directive.content.scope if "country" in BRACES.findall(entry.when)
    ]  # a shared scope that is for the country of each file
    _without_file(directive, binding, policies, report)
    _not_named(directive, binding, policies, report)


def _without_file(
    directive: SourceFile[DirectiveFile],
    binding: Sequence[ScopeText],
    policies: Sequence[SourceFile[PolicyFile]],
    report: CheckReport,
) -> None:
    """Remark on countries that a clause says are bound, where no file is about them (H09)."""
    document = directive.document
    clauses = {clause for entry in binding for clause in entry.clause}
    about = [source.content for source in policies if source.content.follows or source.content.not_governed]
    if any(content.countries == ALL_OTHERS for content in about):
        return
    codes = {code for content in about for _, code in _codes(content)}
    for index, clause in enumerate(directive.content.clauses):
        for match in _COUNTRY_NAME.finditer(clause.text) if clause.clause in clauses else ():
            if not CODES_BY_NAME[match[0]] & codes:
                place = document.place_within(("clauses", index, "text"), match.start(), match.end())
                message = f"the clause {clause.clause} names {match[0]}, and no file is about that country"
                remedy = "add the file of the country, or leave its name out"
                report.findings.append(Diagnostic(place, "H09", message, remedy, Severity.HINT))


def _not_named(
    directive: SourceFile[DirectiveFile],
    binding: Sequence[ScopeText],
    policies: Sequence[SourceFile[PolicyFile]],
    report: CheckReport,
) -> None:
    """Remark on countries for which answers cite a clause that names others that are bound, and not them (H14)."""
    bound = [source for source in policies if source.content.follows]
    codes = {code for source in bound for _, code in _codes(source.content)}
    named = _named_in_clauses(directive.content)
    for source in bound:
        own = {text.scope for text in source.content.scope_citations}
        for entry in binding:
            for clause in entry.clause if entry.scope not in own else ():
                others = named.get(clause, frozenset()) & codes
                for path, code in _codes(source.content, others=True) if others else ():
                    if code not in named[clause]:
                        message = (
                            f"the scope `{entry.scope}` cites {clause} for {code or 'all other countries'}, and that"
                            " clause names other countries only"
                        )
                        remedy = (
                            f"write `scope_citations: [{{scope: {entry.scope}, clause: ...}}]` with the clause that"
                            f" brings {'it' if code else 'them'} into scope"
                        )
                        report.hint(source.document, path, "H14", message, remedy)


def _codes(content: PolicyFile, *, others: bool = False) -> Iterator[tuple[Path, str]]:
    """The codes of a file and where they stand; with `others` an empty one for every other country."""
    if content.country:
        yield ("country",), content.country
    if others and content.countries == ALL_OTHERS:
        yield ("countries",), ""
    for index, entry in enumerate(entries_of(content)):
        yield ("countries", index, "country"), entry.country


def _named_in_clauses(content: DirectiveFile) -> Mapping[str, frozenset[str]]:
    """The codes of the countries that each clause names."""
    return {
        clause.clause: frozenset[str]().union(
            *(CODES_BY_NAME[match[0]] for match in _COUNTRY_NAME.finditer(clause.text))
        )
        for clause in content.clauses
    }
