"""The documents of a policy folder -> every mutant: the same folder with one small change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.analysis.mutation.edits import REMOVED, rewritten, show, with_change
from engine.analysis.mutation.operators import Operator
from engine.analysis.mutation.variants import days_beside, find_variants
from engine.checking import check_policies
from engine.checking.names import words_for
from engine.checking.report import Report
from engine.checking.shape import shape
from engine.contract.decision import Outcome
from engine.contract.request import WORDS, Word
from engine.diagnostics import Place
from engine.language.errors import ConditionFaults
from engine.language.expression_text import describe
from engine.language.rule_engine_parser import parse_condition
from engine.loading.document import Document, Path
from engine.loading.file_schema import DirectiveFile, ParameterText, PolicyFile
from engine.policy.model import PolicySet

TELLING = frozenset({Operator.DROP_DUTY, Operator.CHANGE_PARTY, Operator.DROP_CLAUSE, Operator.DROP_READING})
"""Changes of what an answer tells; which rule wins does not depend on it."""
SINCE_EVER = dt.date.min
RULED = tuple(outcome for outcome in Outcome if outcome.by_rule)
"""The outcomes that rules are written for, from the least to the most strict."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of a policy text. `subject` is the rule, scope or parameter changed; a diff shows it."""

    operator: Operator
    place: Place
    subject: str
    said: str
    before: str
    after: str
    document: Document = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """What tells the mutant from all others."""
        return f"{self.place} {self.operator}: {self.said}"

    def check(self, documents: Sequence[Document]) -> PolicySet:
        """The changed folder, checked; unchanged it has passed. Raises PolicyFaults if the check refuses it."""
        changed = [self.document if d.file == self.document.file else d for d in documents]
        return check_policies(changed, f"mutant {self.name}", settled=self._settled(documents))

    def _settled(self, documents: Sequence[Document]) -> frozenset[str]:
        """The files whose rules cannot clash because of the change: a country's file is nobody else's affair."""
        files = frozenset(document.file for document in documents)
        if self.operator in TELLING:
            return files
        return frozenset() if "directive" in self.document.value else files - {self.document.file}


@dataclass(frozen=True, slots=True)
class _File:
    """A document with what its conditions and duties may name."""

    document: Document
    parameters: Mapping[str, Word]
    parties: tuple[str, ...]
    declared: Mapping[str, ParameterText]

    def mutant(
        self, operator: Operator, path: Path, new: Any, said: str, subject: str, at: Place | None = None
    ) -> Mutant:
        document = self.document
        key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        old = _value_at(document.value, path)
        before = "" if old is None else f"- {key}: {show(old)}"
        after = "" if new is REMOVED else f"+ {key}: {show(new)}"
        value = with_change(document.value, path, new)
        return Mutant(
            operator,
            at or document.place(path),
            subject,
            said,
            before,
            after,
            rewritten(document, value),
        )


def find_mutants(documents: Sequence[Document]) -> tuple[Mutant, ...]:
    """Every mutant of a policy folder that passes the check, in the order of files and lines."""
    shaped = [(document, shape(document, Report())) for document in documents]
    directive = next(content for _, content in shaped if isinstance(content, DirectiveFile))
    found: dict[str, Mutant] = {}
    for document, content in shaped:
        match content:
            case DirectiveFile():
                words = words_for(content.parameters, country=True)
                file = _File(document, words, tuple(directive.parties), content.parameters)
                mutants = _of_directive(file)
            case PolicyFile():
                shared = directive.parameters if content.follows else {}
                declared = {**shared, **content.own_parameters}
                words = words_for(declared, country=content.country is not None)
                file = _File(document, words, tuple(directive.parties), declared)
                mutants = _of_policy(file, directive if content.follows else None)
            case _:
                continue
        for mutant in mutants:
            found.setdefault(mutant.name, mutant)
    return tuple(sorted(found.values(), key=lambda mutant: mutant.place))


def _of_directive(file: _File) -> Iterator[Mutant]:
    content = file.document.value
    if "instruction" in content:
        yield from _shifted(file, ("instruction", "in_force"), "the instruction")
    yield from _of_rules(file)
    if "several_countries" in content:
        yield from _uncited(file, ("several_countries",), "several_countries")
    for name in content["standing_answers"]:
        path = ("standing_answers", name)
        yield from _uncited(file, path, name)
        yield from _of_duties(file, path, name)


def _of_policy(file: _File, followed: DirectiveFile | None) -> Iterator[Mutant]:
    content = file.document.value
    yield from _of_rules(file)
    for name, values in content.get("parameters", {}).items():
        for index, _ in enumerate(values):
            yield from _of_value(file, name, ("parameters", name, index))
    for index, entry in enumerate(content.get("deviations", [])):
        path = ("deviations", index)
        subject = entry.get("suspend") or entry["narrow"]
        path_removed = path if len(content["deviations"]) > 1 else ("deviations",)
        yield file.mutant(
            Operator.DROP_DEVIATION,
            path_removed,
            REMOVED,
            f"drops the deviation from `{subject}`",
            subject,
            file.document.place(path),
        )
        yield from _shifted(file, (*path, "in_force"), subject)
        yield from _uncited(file, path, subject)
        if "when" in entry:
            yield from _of_condition(file, (*path, "when"), subject)
    if followed:
        yield from _suspended(file, followed)


def _suspended(file: _File, followed: DirectiveFile) -> Iterator[Mutant]:
    deviations = file.document.value.get("deviations", [])
    departed = {entry.get("suspend") for entry in deviations}
    for rule in followed.rules:
        if rule.rule in departed:
            continue
        entry = {
            "suspend": rule.rule,
            "clause": list(rule.clause[:1]),
            "reason": "A change that a scenario has to notice.",
            "in_force": {"from": SINCE_EVER},
        }
        path = ("deviations", len(deviations)) if deviations else ("deviations",)
        said = f"suspends `{rule.rule}` for {file.document.value['policy']}"
        mutant = file.mutant(Operator.SUSPEND_RULE, path, entry if deviations else [entry], said, rule.rule)
        yield mutant


def _of_rules(file: _File) -> Iterator[Mutant]:
    content = file.document.value
    for index, entry in enumerate(content.get("scope", [])):
        path = ("scope", index)
        yield from _of_condition(file, (*path, "when"), entry["scope"])
        yield from _uncited(file, path, entry["scope"])
        yield from _shifted(file, (*path, "in_force"), entry["scope"])
    for index, rule in enumerate(content.get("rules", [])):
        yield from _of_rule(file, ("rules", index), rule)


def _of_rule(file: _File, path: Path, rule: Mapping[str, Any]) -> Iterator[Mutant]:
    name = rule["rule"]
    at = file.document.place((*path, "rule"))
    dropped = file.mutant(Operator.DROP_RULE, path, REMOVED, f"drops the rule `{name}`", name, at)
    yield Mutant(dropped.operator, at, name, dropped.said, f"- rule: {name}", "", dropped.document)
    for key, operator in (("exception_to", Operator.DROP_EXCEPTION), ("beats", Operator.DROP_BEATS)):
        for new, general in _without_each(rule.get(key)):
            yield file.mutant(operator, (*path, key), new, f"drops `{general}` from `{key}`", name)
    if "exception_to_every" in rule:
        said = "drops `exception_to_every`, so that the rule stands on its own"
        yield file.mutant(Operator.DROP_EXCEPTION, (*path, "exception_to_every"), REMOVED, said, name)
    yield from _uncited(file, path, name)
    yield from _shifted(file, (*path, "in_force"), name)
    yield from _of_condition(file, (*path, "when"), name)
    for index, _ in enumerate(rule.get("cite_when", [])):
        at_citation = (*path, "cite_when", index)
        yield from _of_condition(file, (*at_citation, "when"), name)
        yield from _uncited(file, at_citation, name)
    position = RULED.index(Outcome(rule["outcome"])) if rule["outcome"] in RULED else -1
    for other in (position - 1, position + 1) if position >= 0 else ():
        if 0 <= other < len(RULED):
            said = f"puts `{RULED[other].value}` for `{rule['outcome']}`"
            yield file.mutant(Operator.CHANGE_OUTCOME, (*path, "outcome"), RULED[other].value, said, name)
    yield from _of_duties(file, path, name)


def _of_condition(file: _File, path: Path, subject: str) -> Iterator[Mutant]:
    text = _value_at(file.document.value, path)
    try:
        condition = parse_condition(text, WORDS, file.parameters)
    except ConditionFaults:
        return
    words = {**WORDS, **{f"{{{name}}}": word for name, word in file.parameters.items()}}
    for variant in find_variants(condition, words):
        at = file.document.place_within(path, variant.span[0])
        new = describe(variant.condition)
        yield file.mutant(variant.operator, path, new, variant.said, subject, at)


def _of_duties(file: _File, path: Path, subject: str) -> Iterator[Mutant]:
    for index, duty in enumerate(_value_at(file.document.value, path)["duties"]):
        at = (*path, "duties", index)
        said = f"drops the duty of `{duty['who']}`: {duty['must']}"
        yield file.mutant(Operator.DROP_DUTY, at, REMOVED, said, subject)
        others = file.parties[file.parties.index(duty["who"]) + 1 :] + file.parties
        if others[0] != duty["who"]:
            said = f"lets `{others[0]}` owe what `{duty['who']}` owes: {duty['must']}"
            yield file.mutant(Operator.CHANGE_PARTY, (*at, "who"), others[0], said, subject)


def _uncited(file: _File, path: Path, subject: str) -> Iterator[Mutant]:
    """Citations are part of an answer: whoever checks a decision goes from it to the clause and the reading."""
    entry = _value_at(file.document.value, path)
    for key, operator in (("clause", Operator.DROP_CLAUSE), ("reading", Operator.DROP_READING)):
        for new, mark in _without_each(entry.get(key)):
            if new is not REMOVED or key == "reading":
                yield file.mutant(operator, (*path, key), new, f"drops the {key} {mark}", subject)


def _without_each(names: str | list[str] | None) -> Iterator[tuple[Any, str]]:
    listed = [names] if isinstance(names, str) else names or []
    for index, name in enumerate(listed):
        rest = [*listed[:index], *listed[index + 1 :]]
        yield rest or REMOVED, name


def _shifted(file: _File, path: Path, subject: str) -> Iterator[Mutant]:
    period = _value_at(file.document.value, path) or {}
    for key in ("from", "until"):
        day = period.get(key)
        if isinstance(day, dt.date):
            for other in days_beside(day):
                said = f"puts {other} for {day}"
                yield file.mutant(Operator.SHIFT_DATE, (*path, key), other, said, subject)


def _of_value(file: _File, name: str, path: Path) -> Iterator[Mutant]:
    entry = _value_at(file.document.value, path)
    subject = f"{{{name}}}"
    yield from _shifted(file, path, subject)
    if "value" not in entry:
        for other in _possible(file.declared[name]):
            found = {**entry, "status": "inferred", "value": other}
            said = f"lets {subject} be found: {other}"
            yield file.mutant(Operator.CHANGE_PARAMETER, path, found, said, subject)
        return
    lost = {key: value for key, value in entry.items() if key != "value"} | {"status": "not_found"}
    yield file.mutant(Operator.CHANGE_PARAMETER, path, lost, f"lets {subject} not be found", subject)
    for other in _others(entry["value"], file.declared[name]):
        said = f"puts {other} for {entry['value']}"
        yield file.mutant(Operator.CHANGE_PARAMETER, (*path, "value"), other, said, subject)


def _possible(declared: ParameterText) -> tuple[Any, ...]:
    match declared.kind:
        case "number":
            return (1,)
        case "truth":
            return True, False
        case "date":
            return (dt.date(1965, 1, 1),)
        case "choice":
            return tuple(declared.choices or ())
        case "text":
            return ("something found",)


def _others(value: Any, declared: ParameterText) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | Decimal):
        yield value - 1
        yield value + 1
    elif isinstance(value, dt.date):
        yield from days_beside(value)
    elif declared.choices:
        yield from (choice for choice in declared.choices if choice != value)
    else:
        yield f"not {value}"


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value
