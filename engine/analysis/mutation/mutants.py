"""The documents of a policy folder -> every mutant: the same folder with one small change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from engine.analysis.mutation.edits import REMOVED, value_at
from engine.analysis.mutation.mutant import Mutant, MutatedFile
from engine.analysis.mutation.operators import Operator
from engine.analysis.mutation.value_mutants import of_value, shifted
from engine.analysis.mutation.variants import find_variants
from engine.checking.dead_conditions import can_hold
from engine.checking.names import words_for
from engine.checking.report import CheckReport, SourceFile
from engine.checking.row_tables import placed_rules
from engine.checking.shape import shape
from engine.checking.vocabulary import check_vocabulary
from engine.contract.decision import Outcome
from engine.contract.vocabulary import Vocabulary
from engine.language.errors import ConditionFaults
from engine.language.expression_text import describe
from engine.language.expressions import And
from engine.loading.document import Document, Path
from engine.loading.file_kinds import PolicyDocument
from engine.loading.file_schema import DirectiveFile, PolicyFile
from engine.loading.vocabulary_schema import VocabularyFile
from engine.policy.rules import Counts
from engine.policy.standing_answers import StandingCase

SINCE_EVER = dt.date.min
RULED = tuple(outcome for outcome in Outcome if outcome.by_rule)
"""The outcomes that rules are written for, from the least to the most strict."""


def find_mutants(documents: Sequence[Document]) -> tuple[Mutant, ...]:
    """Every mutant of a policy folder that passes the check, in the order of files and lines."""
    shaped = [(document, shape(document, CheckReport())) for document in documents]
    directive = next(content for _, content in shaped if isinstance(content, DirectiveFile))
    vocabulary = _vocabulary(shaped, directive)
    found: dict[str, Mutant] = {}
    for document, content in shaped:
        match content:
            case DirectiveFile():
                words = words_for(content.parameters, country=True, answered_by=directive.editing_party)
                file = MutatedFile(document, vocabulary, words, tuple(directive.parties), content.parameters)
                mutants = _of_directive(file)
            case PolicyFile():
                shared = directive.parameters if content.follows else {}
                declared = {**shared, **content.own_parameters}
                words = words_for(
                    declared, country=content.is_for_countries, answered_by=directive.editing_party
                )
                file = MutatedFile(document, vocabulary, words, tuple(directive.parties), declared)
                mutants = _of_policy(file, directive if content.follows else None)
            case _:
                continue
        for mutant in mutants:
            found.setdefault(mutant.name, mutant)
    return tuple(sorted(found.values(), key=lambda mutant: mutant.place))


def _vocabulary(
    shaped: Sequence[tuple[Document, PolicyDocument | None]], directive: DirectiveFile
) -> Vocabulary:
    sources = [
        SourceFile(document, content) for document, content in shaped if isinstance(content, VocabularyFile)
    ]
    return check_vocabulary(sources, directive.parties, CheckReport())


def _of_directive(file: MutatedFile) -> Iterator[Mutant]:
    content = file.document.value
    if "instruction" in content:
        yield from shifted(file, ("instruction", "in_force"), "the instruction")
    yield from _of_rules(file)
    if "several_countries" in content:
        yield from _uncited(file, ("several_countries",), "several_countries")
    for name in StandingCase:
        path = ("standing_answers", name)
        yield from _uncited(file, path, name)
        yield from _of_duties(file, path, name)
        yield from _of_sentences(file, path, name)


def _of_values(file: MutatedFile, path: Path, parameters: Mapping[str, Sequence[Any]]) -> Iterator[Mutant]:
    for name, values in parameters.items():
        for index, _ in enumerate(values):
            yield from of_value(file, name, (*path, name, index))


def _of_policy(file: MutatedFile, followed: DirectiveFile | None) -> Iterator[Mutant]:
    content = file.document.value
    yield from _of_rules(file)
    yield from _of_values(file, ("parameters",), content.get("parameters", {}))
    for index, entry in enumerate(content.get("countries", [])):
        if isinstance(entry, dict):
            path = ("countries", index)
            yield from _of_values(file, (*path, "parameters"), entry.get("parameters", {}))
            yield from shifted(file, path, f"the membership of {entry['country']}")
    for index, entry in enumerate(content.get("deviations", [])):
        path = ("deviations", index)
        subject = ", ".join(_listed(entry.get("suspend") or entry["narrow"]))
        path_removed = path if len(content["deviations"]) > 1 else ("deviations",)
        yield file.mutant(
            Operator.DROP_DEVIATION,
            path_removed,
            REMOVED,
            f"drops the deviation from `{subject}`",
            subject,
            file.document.place(path),
        )
        yield from shifted(file, (*path, "in_force"), subject)
        yield from _uncited(file, path, subject)
        if "when" in entry:
            yield from _of_condition(file, (*path, "when"), subject)
    if followed:
        yield from _suspended(file, followed)


def _suspended(file: MutatedFile, followed: DirectiveFile) -> Iterator[Mutant]:
    deviations = file.document.value.get("deviations", [])
    departed = {name for entry in deviations for name in _listed(entry.get("suspend"))}
    for placed in placed_rules(followed):
        rule, table = placed.text, placed.table
        if rule.rule in departed or (table and table.table in departed):
            continue
        entry = {
            "suspend": rule.rule,
            "clause": list(rule.clause[:1]),
            "reason": "A change that a scenario has to notice.",
            "in_force": {"from": SINCE_EVER},
        }
        path = ("deviations", len(deviations)) if deviations else ("deviations",)
        change = f"suspends `{rule.rule}` for {file.document.value['policy']}"
        mutant = file.mutant(Operator.SUSPEND_RULE, path, entry if deviations else [entry], change, rule.rule)
        yield mutant


def _of_rules(file: MutatedFile) -> Iterator[Mutant]:
    content = file.document.value
    for index, entry in enumerate(content.get("scope", [])):
        path = ("scope", index)
        yield from _of_condition(file, (*path, "when"), entry["scope"])
        yield from _uncited(file, path, entry["scope"])
        yield from shifted(file, (*path, "in_force"), entry["scope"])
    for index, rule in enumerate(content.get("rules", [])):
        yield from _of_rule(file, ("rules", index), rule)
    for number, table in enumerate(content.get("tables", [])):
        for new, general in _without_each(table.get("exception_to")):
            at, change = ("tables", number, "exception_to"), f"drops `{general}` from `exception_to`"
            yield file.mutant(Operator.DROP_EXCEPTION, at, new, change, table["table"])
        for index, row in enumerate(table["rows"]):
            yield from _of_rule(file, ("tables", number, "rows", index), row)
        if table.get("counts") != Counts.STRICTEST:
            yield from _exchanged(file, ("tables", number, "rows"), table["rows"])


def _exchanged(file: MutatedFile, path: Path, rows: Sequence[Mapping[str, Any]]) -> Iterator[Mutant]:
    """Neighbouring rows that can both apply, the other way round."""
    for index, (upper, lower) in enumerate(pairwise(rows)):
        name, other = upper["rule"], lower["rule"]
        try:
            both = And(tuple(file.condition(row["when"]) for row in (upper, lower)))
        except ConditionFaults:
            continue
        if name in _listed(lower.get("exception_to")) or not can_hold(both, file.words):
            continue
        changed = [*rows[:index], lower, upper, *rows[index + 2 :]]
        change, at = f"puts the row `{other}` above `{name}`", file.document.place((*path, index, "rule"))
        swapped = file.mutant(Operator.EXCHANGE_ROWS, path, changed, change, name, at)
        before, after = f"- rule: {name}, rule: {other}", f"+ rule: {other}, rule: {name}"
        yield Mutant(swapped.operator, at, name, change, before, after, swapped.document)


def _of_rule(file: MutatedFile, path: Path, rule: Mapping[str, Any]) -> Iterator[Mutant]:
    name = rule["rule"]
    at = file.document.place((*path, "rule"))
    dropped = file.mutant(Operator.DROP_RULE, path, REMOVED, f"drops the rule `{name}`", name, at)
    yield Mutant(dropped.operator, at, name, dropped.change, f"- rule: {name}", "", dropped.document)
    for key, operator in (("exception_to", Operator.DROP_EXCEPTION), ("beats", Operator.DROP_BEATS)):
        for new, general in _without_each(rule.get(key)):
            yield file.mutant(operator, (*path, key), new, f"drops `{general}` from `{key}`", name)
    if "exception_to_every" in rule:
        change = "drops `exception_to_every`, so that the rule stands on its own"
        yield file.mutant(Operator.DROP_EXCEPTION, (*path, "exception_to_every"), REMOVED, change, name)
    yield from _uncited(file, path, name)
    yield from shifted(file, (*path, "in_force"), name)
    yield from _of_condition(file, (*path, "when"), name)
    for index, _ in enumerate(rule.get("cite_when", [])):
        at_citation = (*path, "cite_when", index)
        yield from _of_condition(file, (*at_citation, "when"), name)
        yield from _uncited(file, at_citation, name)
    yield from _of_sentences(file, path, name)
    position = RULED.index(Outcome(rule["outcome"])) if rule["outcome"] in RULED else -1
    for other in (position - 1, position + 1) if position >= 0 else ():
        if 0 <= other < len(RULED):
            change = f"puts `{RULED[other].value}` for `{rule['outcome']}`"
            yield file.mutant(Operator.CHANGE_OUTCOME, (*path, "outcome"), RULED[other].value, change, name)
    yield from _of_duties(file, path, name)


def _of_sentences(file: MutatedFile, path: Path, subject: str) -> Iterator[Mutant]:
    """Sentences are not changed, but when they are spoken."""
    for index, _ in enumerate(value_at(file.document.value, path).get("say_when", [])):
        yield from _of_condition(file, (*path, "say_when", index, "when"), subject)


def _of_condition(file: MutatedFile, path: Path, subject: str) -> Iterator[Mutant]:
    text = value_at(file.document.value, path)
    try:
        condition = file.condition(text)
    except ConditionFaults:
        return
    for variant in find_variants(condition, file.words):
        at = file.document.place_within(path, variant.span[0])
        new = describe(variant.condition)
        yield file.mutant(variant.operator, path, new, variant.change, subject, at)


def _of_duties(file: MutatedFile, path: Path, subject: str) -> Iterator[Mutant]:
    for index, duty in enumerate(value_at(file.document.value, path)["duties"]):
        at = (*path, "duties", index)
        change = f"drops the duty of `{duty['who']}`: {duty['must']}"
        yield file.mutant(Operator.DROP_DUTY, at, REMOVED, change, subject)
        if "when" in duty:
            yield from _of_condition(file, (*at, "when"), subject)
        others = file.parties[file.parties.index(duty["who"]) + 1 :] + file.parties
        if others[0] != duty["who"]:
            change = f"lets `{others[0]}` owe what `{duty['who']}` owes: {duty['must']}"
            yield file.mutant(Operator.CHANGE_PARTY, (*at, "who"), others[0], change, subject)


def _uncited(file: MutatedFile, path: Path, subject: str) -> Iterator[Mutant]:
    """Citations are part of an answer: whoever checks a decision goes from it to the clause and the reading."""
    entry = value_at(file.document.value, path)
    for key, operator in (("clause", Operator.DROP_CLAUSE), ("reading", Operator.DROP_READING)):
        for new, mark in _without_each(entry.get(key)):
            if new is not REMOVED or key == "reading":
                yield file.mutant(operator, (*path, key), new, f"drops the {key} {mark}", subject)


def _without_each(names: str | list[str] | None) -> Iterator[tuple[Any, str]]:
    listed = _listed(names)
    for index, name in enumerate(listed):
        rest = [*listed[:index], *listed[index + 1 :]]
        yield rest or REMOVED, name


def _listed(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else names or []
