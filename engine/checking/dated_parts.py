"""The files of a sound folder -> the parts of them that are written with days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from engine.checking.membership import entries_of
from engine.checking.report import SourceFile
from engine.checking.row_tables import placed_rules
from engine.contract.vocabulary import Value
from engine.loading.country_schema import MemberText, ValueTexts
from engine.loading.document import Document, Path
from engine.loading.file_schema import DirectiveFile, PolicyFile, ReadingsFile
from engine.loading.rule_schema import PeriodText
from engine.policy.dated_parts import DatedKind, DatedPart
from engine.policy.model import Policy
from engine.policy.rules import Period

RuleFile = DirectiveFile | PolicyFile
WrittenPeriod = tuple[Path, DatedKind, str, PeriodText | MemberText | None]


def find_dated_parts(
    directive: SourceFile[DirectiveFile],
    reading_files: Sequence[SourceFile[ReadingsFile]],
    policy_files: Sequence[SourceFile[PolicyFile]],
    checked: Sequence[Policy],
) -> tuple[DatedPart, ...]:
    """Return every part with a first or a last day, in the order of the files.

    A rule that requires a ruling holds on the days of both.
    """
    periods = {rule.name: rule.period for policy in checked for rule in policy.rules}
    parts = [part for book in reading_files for part in _rulings(book)]
    parts += _of_a_file(directive.document, directive.content, periods)
    for source in policy_files:
        parts += [*_of_a_file(source.document, source.content, periods), *_values(source)]
    return tuple(parts)


def written_periods(content: RuleFile) -> Iterator[WrittenPeriod]:
    """Yield what a file writes with a period, or could: the path to it, what it is, its name, the period."""
    if isinstance(content, DirectiveFile):
        if content.instruction is not None:
            period = content.instruction.in_force
            yield ("instruction", "in_force"), DatedKind.INSTRUCTION, "instruction", period
    else:
        for index, member in enumerate(entries_of(content)):
            yield ("countries", index), DatedKind.MEMBERSHIP, member.country, member
        for index, entry in enumerate(content.deviations):
            name = ", ".join(entry.departed)
            yield ("deviations", index, "in_force"), DatedKind.DEVIATION, name, entry.in_force
    for index, scope in enumerate(content.scope):
        yield ("scope", index, "in_force"), DatedKind.SCOPE, scope.scope, scope.in_force
    for placed in placed_rules(content):
        yield (*placed.path, "in_force"), DatedKind.RULE, placed.text.rule, placed.text.in_force


def _of_a_file(document: Document, content: RuleFile, rules: Mapping[str, Period]) -> Iterator[DatedPart]:
    for path, kind, name, text in written_periods(content):
        period = Period(text.from_, text.until) if text else Period()
        if kind is DatedKind.RULE:
            period = rules.get(name, period)
        if period != Period():
            yield DatedPart(kind, name, document.place(path if text else path[:-1]), period)


def _rulings(source: SourceFile[ReadingsFile]) -> Iterator[DatedPart]:
    for index, text in enumerate(source.content.rulings):
        place = source.document.place(("rulings", index, "ruling"))
        yield DatedPart(DatedKind.RULING, text.ruling, place, Period(text.given_on, text.until))


def _values(source: SourceFile[PolicyFile]) -> Iterator[DatedPart]:
    """The values of parameters that change, those of the file and those that a country of a group has for itself."""
    stated: list[tuple[Path, str | None, ValueTexts]] = [(("parameters",), None, source.content.parameters)]
    stated += [
        (("countries", index, "parameters"), entry.country, entry.parameters)
        for index, entry in enumerate(entries_of(source.content))
    ]
    for at, country, texts in stated:
        for name, values in texts.items():
            if all(Period(one.from_, one.until) == Period() for one in values):
                continue
            for index, one in enumerate(values):
                place = source.document.place((*at, name, index))
                period, value = Period(one.from_, one.until), _written(one.value)
                yield DatedPart(DatedKind.PARAMETER, name, place, period, value, country)


def _written(value: Value | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if value is None else str(value)
