"""What is worth a second look in a sound policy set (codes H01 to H15); none of it prevents a set from being used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.checking.cache import BRACED, UNSAID, token_of
from engine.checking.choice_hints import hint_at_choices
from engine.checking.country_hints import hint_at_countries
from engine.checking.dated_parts import RuleFile, written_periods
from engine.checking.membership import entries_of
from engine.checking.names import DefinedNames
from engine.checking.report import CheckReport, SourceFile
from engine.checking.row_tables import placed_rules
from engine.checking.sentences import unsaid_sentences
from engine.contract.vocabulary import AS_OF, Word
from engine.diagnostics import Diagnostic, Severity
from engine.language.expression_parts import fact_names
from engine.language.expressions import Expression
from engine.loading.country_schema import ValueTexts
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DirectiveFile,
    InvariantsFile,
    PolicyFile,
    ReadingsFile,
)
from engine.loading.rule_schema import RuleText
from engine.policy.dated_parts import DatedKind, name_part
from engine.policy.model import Expiry, Invariant, Policy
from engine.policy.registers import Registers
from engine.policy.rules import Rule
from engine.policy.sentences import BRACES
from engine.policy.standing_answers import StandingAnswer


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a sound set, in shape, with what they were checked to mean."""

    directive: SourceFile[DirectiveFile]
    reading_files: Sequence[SourceFile[ReadingsFile]]
    policies: Sequence[SourceFile[PolicyFile]]
    invariants: Sequence[SourceFile[InvariantsFile]]
    checked: Sequence[Policy]
    proved: Sequence[Invariant]
    standing_answers: Collection[StandingAnswer]
    registers: Registers | None

    @property
    def rule_files(self) -> list[SourceFile[DirectiveFile] | SourceFile[PolicyFile]]:
        """The files that can have rules."""
        return [self.directive, *self.policies]


def find_hints(folder: Folder, names: DefinedNames) -> None:
    """Add to the report of `names` every remark that does not depend on the day."""
    report = names.report
    _unused_readings(folder, names)
    _unread_facts(folder, report)
    for source in folder.rule_files:
        for placed in placed_rules(source.content):
            _uncited(source.document, placed.path, placed.text, report)
    _unsaid_sentences(folder, report)
    _unused_parameters(folder, report)
    hint_at_countries(folder.directive, folder.policies, report)
    hint_at_choices(folder.checked, folder.proved, _answer_conditions(folder), report)
    _no_time_zone(folder, report)


def _unused_readings(folder: Folder, names: DefinedNames) -> None:
    for source in folder.reading_files:
        for index, text in enumerate(source.content.readings):
            if text.reading not in names.cited_readings:
                names.report.hint(
                    source.document,
                    ("readings", index, "reading"),
                    "H01",
                    f"nothing uses the reading {text.reading}",
                    "cite it where it decides something",
                )

        for index, ruling in enumerate(source.content.rulings):
            if ruling.ruling not in names.cited_readings:
                message = f"no rule requires the ruling {ruling.ruling}"
                remedy = f"write `ruling: {ruling.ruling}` in the rule that carries it out"
                names.report.hint(source.document, ("rulings", index, "ruling"), "H16", message, remedy)


def _unread_facts(folder: Folder, report: CheckReport) -> None:
    """Compare the facts that the conditions read with `not_asked`, if the directive has it (H02, H03)."""
    document, excused = folder.directive.document, folder.directive.content.not_asked
    if not excused:
        return
    read = {name for when in _conditions(folder) for name in fact_names(when)}
    for name in (
        report.vocabulary.words.keys() - read - {AS_OF} - {fact for entry in excused for fact in entry.facts}
    ):
        remedy = "ask it where it decides something, or say under `not_asked` why it does not"
        place = document.key_place(("not_asked",))
        report.findings.append(Diagnostic(place, "H02", f"no condition asks `{name}`", remedy, Severity.HINT))
    for index, entry in enumerate(excused):
        for position, fact in enumerate(entry.facts):
            if fact in read:
                path = ("not_asked", index, "facts", position)
                report.hint(document, path, "H03", f"a condition does ask `{fact}`", "take it out here")


def _answer_conditions(folder: Folder) -> list[Expression]:
    return [when for answer in folder.standing_answers for when in answer.word_conditions]


def _conditions(folder: Folder) -> Iterator[Expression]:
    yield from _answer_conditions(folder)
    for policy in folder.checked:
        for rule in (*policy.rules, *(rule for edition in policy.editions for rule in edition.rules)):
            yield rule.when
            yield from rule.word_conditions
        yield from (entry.when for edition in policy.editions for entry in edition.scope)
        yield from (entry.when for entry in policy.may_loosen)


def _uncited(document: Document, path: Path, rule: RuleText, report: CheckReport) -> None:
    """Remark on duties whose clause is a guess (H04), and on `cite_when` that cites nothing (H05)."""
    for index, duty in enumerate(rule.duties):
        if duty.clause is None and len(rule.clause) > 1:
            report.hint(
                document,
                (*path, "duties", index),
                "H04",
                f"the duty names no clause, so {rule.clause[0]} is taken, the first of its rule",
                "add the `clause` it follows from",
            )
    for index, citation in enumerate(rule.cite_when):
        if not citation.clause and not citation.reading:
            at = (*path, "cite_when", index)
            report.hint(document, at, "H05", "nothing is cited here", "add a `clause` or `reading`")


def _unsaid_sentences(folder: Folder, report: CheckReport) -> None:
    """Remark, once for a rule that several policies share, on sentences under a condition for nothing (H11)."""
    words = report.vocabulary.words
    found = [remark for answer in folder.standing_answers for remark in unsaid_sentences(answer, words)]
    for policy in folder.checked:
        words = policy.words
        token = token_of(frozenset(words.items()))
        for rule in policy.rules:
            found += _unsaid_in(rule, words, token)
    report.findings += dict.fromkeys(found)


def _unsaid_in(rule: Rule, words: Mapping[str, Word], token: Hashable) -> tuple[Diagnostic, ...]:
    """The remarks on a rule; `token` stands for the words."""
    if not rule.say_when:
        return ()
    remarks = UNSAID.get((rule,), token)
    if remarks is None:
        remarks = tuple(unsaid_sentences(rule, words))
        UNSAID.put((rule,), token, remarks)
    return remarks


def _unused_parameters(folder: Folder, report: CheckReport) -> None:
    """Remark on parameters that no condition and no sentence in sight names in braces (H06)."""
    named = {source.document.file: _named_in(source.document, report) for source in folder.rule_files}
    everywhere = {name for source in folder.invariants for name in _named_in(source.document, report)}
    of_registers = folder.registers.parameters if folder.registers else frozenset()
    everywhere = everywhere.union(of_registers, *named.values())
    declared = [
        (folder.directive.document, ("parameters", name), name in everywhere)
        for name in folder.directive.content.parameters
    ] + [
        (source.document, ("own_parameters", name), name in named[source.document.file] | of_registers)
        for source in folder.policies
        for name in source.content.own_parameters
    ]
    for document, path, used in declared:
        if not used:
            place = document.key_place(path)
            message = f"no condition and no sentence names the parameter `{path[-1]}`"
            remedy = f"write {{{path[-1]}}} where it is meant, or take the parameter out"
            report.findings.append(Diagnostic(place, "H06", message, remedy, Severity.HINT))


def _no_time_zone(folder: Folder, report: CheckReport) -> None:
    """Remark on a directive that leaves open whose day is meant (H10)."""
    document, content = folder.directive.document, folder.directive.content
    if content.time_zone is None:
        message = "no calendar place is named, so every day begins and ends by UTC"
        remedy = "add `time_zone`, such as `time_zone: Asia/Shanghai`, or `time_zone: UTC` if that is meant"
        place = document.key_place(("directive",))
        report.findings.append(Diagnostic(place, "H10", message, remedy, Severity.HINT))


def _named_in(document: Document, report: CheckReport) -> frozenset[str]:
    return BRACED.of_sound(report, document, lambda: frozenset(_braced(document.value)))


def _braced(value: Any) -> set[str]:
    """The names in braces in any text of a document."""
    if isinstance(value, dict):
        return set().union(*map(_braced, value.values()))
    if isinstance(value, list):
        return set().union(*map(_braced, value))
    return set(BRACES.findall(value)) if isinstance(value, str) else set()


def find_expiries(folder: Folder) -> tuple[Expiry, ...]:
    """Return what there will be to remark once a day has passed: values (H07) and periods (H08) that end."""
    found = list(_ending_periods(folder.directive.document, folder.directive.content))
    for book in folder.reading_files:
        for index, ruling in enumerate(book.content.rulings):
            if ruling.until is not None:
                what, path = name_part(DatedKind.RULING, ruling.ruling), ("rulings", index, "until")
                found.append(_ending(book.document, path, what, ruling.until))
    for source in folder.policies:
        found += _ending_values(source)
        found += _ending_periods(source.document, source.content)
    return tuple(sorted(found, key=lambda expiry: expiry.hint))


def _ending_values(source: SourceFile[PolicyFile]) -> Iterator[Expiry]:
    stated: list[tuple[Path, ValueTexts]] = [(("parameters",), source.content.parameters)]
    stated += [
        (("countries", index, "parameters"), entry.parameters)
        for index, entry in enumerate(entries_of(source.content))
    ]
    for at, name, values in ((at, name, values) for at, one in stated for name, values in one.items()):
        ends = [value.until for value in values if value.until is not None]
        if len(ends) < len(values):
            continue
        last = max(ends)
        path = (*at, name, ends.index(last), "until")
        message = f"the parameter `{name}` has no value for the days after {last}"
        remedy = "add the value that follows; if it is not known, with `status: not_found`"
        hint = Diagnostic(source.document.place(path), "H07", message, remedy, Severity.HINT)
        yield Expiry(last, hint)


def _ending_periods(document: Document, content: RuleFile) -> Iterator[Expiry]:
    for path, kind, name, period in written_periods(content):
        if period is not None and period.until is not None:
            yield _ending(document, (*path, "until"), name_part(kind, name), period.until)


def _ending(document: Document, path: Path, what: str, last: dt.date) -> Expiry:
    remedy = "give it a later `until`, or take it out once nobody asks about those days any more"
    message = f"{what} ended with {last}"
    return Expiry(last, Diagnostic(document.place(path), "H08", message, remedy, Severity.HINT))
