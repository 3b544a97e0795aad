"""Why the rules that could have decided a line did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.contract.decision import WhyNot
from engine.contract.vocabulary import Value
from engine.evaluation.default_logic import Assessment, PolicyFinding
from engine.language.expression_parts import fact_names, first_failing, residual
from engine.language.expression_text import describe
from engine.language.expressions import Expression, Facts, evaluate
from engine.policy.bitsets import members
from engine.policy.model import Edition


def list_why_not(answer: Assessment) -> tuple[WhyNot, ...]:
    """List the rules that could have decided and did not: each with its first condition that failed.

    Where nothing governs the line, these are the scope rules; else the rules of the policies that govern it,
    exceptions only under a rule that applies.
    """
    if not any(finding.scope is not False for finding in answer.findings):
        return distinct_why_not(
            why_failed(entry.name, entry.when, finding.facts)
            for finding in answer.findings
            for entry in finding.edition.scope
        )
    return distinct_why_not(
        why_not for finding in answer.findings if finding.scope for why_not in _lost(finding)
    )


def distinct_why_not(entries: Iterable[WhyNot]) -> tuple[WhyNot, ...]:
    """The entries in their order, each only once."""
    return tuple({(entry.rule, entry.condition, entry.found): entry for entry in entries}.values())


def _lost(finding: PolicyFinding) -> Iterator[WhyNot]:
    edition = finding.edition
    for index, rule in enumerate(edition.rules):
        generals = edition.generals[index]
        if finding.wins >> index & 1 or (generals and not generals & finding.applies):
            continue
        if finding.truths[index]:
            yield why_overridden(edition, index, finding.applies)
        else:
            yield why_failed(rule.name, rule.when, finding.facts)


def why_overridden(edition: Edition, index: int, applies: int) -> WhyNot:
    """Why a rule does not win although its condition holds, given the rules that apply."""
    winners = members((edition.exceptions[index] | edition.beaters[index]) & applies)
    names = ", ".join(f"`{edition.rules[winner].name}`" for winner in winners)
    rule = edition.rules[index]
    return WhyNot(rule=rule.name, condition=describe(rule.when), found=f"holds, but {names} goes before it")


def why_failed(name: str, condition: Expression, facts: Facts) -> WhyNot:
    """Why a condition that is not known true does not hold."""
    return word_failed(name, first_failing(condition, facts) or condition, facts)


def word_failed(name: str, failing: Expression, facts: Facts) -> WhyNot:
    """The reason of a rule in words, given the part of its condition that fails: see `first_failing`."""
    unknown = residual(failing, facts) if evaluate(failing, facts) is None else fact_names(failing)
    found = " and ".join(f"{fact} is {_shown(facts.get(fact))}" for fact in sorted(unknown))
    return WhyNot(rule=name, condition=describe(failing), found=found)


def _shown(value: Value | None) -> str:
    if value is None:
        return "not known"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
