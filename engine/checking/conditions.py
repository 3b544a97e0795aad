"""A condition of a policy file as written -> as checked."""

from __future__ import annotations

from collections.abc import Mapping

from engine.checking.cache import CONDITIONS
from engine.checking.dead_conditions import can_hold
from engine.checking.report import CheckReport
from engine.checking.unstated_values import UnstatedValue, find_unstated_values
from engine.contract.vocabulary import Vocabulary, Word
from engine.diagnostics import Diagnostic
from engine.language.errors import ConditionFaults
from engine.language.expressions import Constant, Expression
from engine.language.rule_engine_parser import parse_condition
from engine.loading.document import Document, Path


def check_condition(
    report: CheckReport, document: Document, path: Path, text: str, parameters: Mapping[str, Word]
) -> Expression:
    """Return the parsed condition; after reporting its faults, one that stands in for it."""
    try:
        when, holds, unstated = _parse(text, report.vocabulary, parameters)
    except ConditionFaults as error:
        for fault in error.faults:
            place = document.place_within(path, fault.start, fault.end)
            report.findings.append(Diagnostic(place, str(fault.code), fault.message, fault.remedy))
        return Constant(False)
    for value in unstated:
        report.add(document.place_within(path, value.start, value.end), "X03", value.message, value.remedy)
    if not holds and not unstated:
        place = document.place_within(path, 0)
        remedy = "look for an `and` where `or` is meant, or take the part out that never holds"
        report.add(place, "X02", "the condition can never hold", remedy)
    return when


def _parse(
    text: str, vocabulary: Vocabulary, parameters: Mapping[str, Word]
) -> tuple[Expression, bool, tuple[UnstatedValue, ...]]:
    """Return the condition, whether it can ever hold, and what in it cannot be stated. Raises ConditionFaults."""
    key = text, vocabulary.declarations, frozenset(parameters.items())
    found = CONDITIONS.get(key)
    if found is None:
        when = parse_condition(text, vocabulary.words, parameters)
        words = {**vocabulary.words, **{f"{{{name}}}": word for name, word in parameters.items()}}
        found = when, can_hold(when, words), tuple(find_unstated_values(text, when, vocabulary.words))
        CONDITIONS.put(key, found, len(text))
    return found
