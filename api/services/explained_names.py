"""What a code or name in an answer or a finding stands for: those of the policies, outcomes, and checks."""

from __future__ import annotations

from collections.abc import Iterator

from api.domain.outcome_words import headline_of
from api.files.findings.checks import check_paragraphs, feature_checks
from engine import NameExplanation, Outcome, PolicySet, explain_names, suggestion


def explain_name(policies: PolicySet, name: str, language: str | None = None) -> tuple[NameExplanation, ...]:
    """Return everything of this name, in capitals or small letters; none if there is nothing.

    What has a translation into the language is given in it.
    """
    wanted = name.casefold()
    found = (one for one in _names(policies) if one.name.casefold() == wanted)
    return tuple(_read_in(policies, language, one) if language else one for one in found)


def _read_in(policies: PolicySet, language: str, found: NameExplanation) -> NameExplanation:
    read = policies.languages.read
    return found._replace(statements=tuple((label, read(language, text)) for label, text in found.statements))


def nearest_name(policies: PolicySet, name: str) -> str:
    """Return "did you mean `x`?" for the name closest to one that does not exist, or an empty text."""
    return suggestion(name, names_of(policies))


def names_of(policies: PolicySet) -> frozenset[str]:
    """Return every name that can be explained."""
    return frozenset(found.name for found in _names(policies))


def _names(policies: PolicySet) -> Iterator[NameExplanation]:
    yield from explain_names(policies)
    for outcome in Outcome:
        permission = outcome.handover_as_asked.replace("_", " ")
        statements = (("it says", headline_of(policies, outcome)), ("handover as asked", permission))
        yield NameExplanation(outcome.value, "outcome", statements)
    for code, check in check_paragraphs().items():
        _, _, rest = " ".join(check.text.split()).partition(" Bad: ")
        example, _, remedy = rest.partition(" Remedy: ")
        finding = (("it finds", check.meaning), ("bad", example), ("remedy", remedy))
        yield NameExplanation(code, "check", finding)
    for code, (meaning, remedy) in feature_checks().items():
        yield NameExplanation(code, "check of feature files", (("it finds", meaning), ("remedy", remedy)))
