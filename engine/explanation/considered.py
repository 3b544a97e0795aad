"""What was considered: each policy, each rule with its condition part by part, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.contract.vocabulary import Value
from engine.evaluation.default_logic import Assessment, PolicyFinding
from engine.explanation.model import (
    ConditionPart,
    ConsideredCountry,
    ConsideredPolicy,
    ConsideredRule,
    ConsideredScope,
    FoundFact,
    Holds,
    RuleState,
)
from engine.language.expression_parts import fact_names, residual
from engine.language.expression_text import describe
from engine.language.expressions import And, Choose, Expression, Facts, Known, Not, OneOf, Or, evaluate
from engine.policy.bitsets import members

NOT_KNOWN = "not known"
_HOLDS: dict[object, Holds] = {True: "yes", False: "no", None: "unknown"}


def consider(answer: Assessment, country: str | None) -> ConsideredCountry:
    """State what each policy makes of a line for one country."""
    return ConsideredCountry(
        country=country,
        outcome=answer.outcome,
        policies=tuple(_policy(answer, finding) for finding in answer.findings),
    )


def show_value(value: Value | None) -> str:
    """A value as an explanation shows it."""
    if value is None:
        return NOT_KNOWN
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _policy(answer: Assessment, finding: PolicyFinding) -> ConsideredPolicy:
    governs = finding.scope is not False
    rules = range(len(finding.edition.rules)) if governs else ()
    return ConsideredPolicy(
        policy=finding.policy.name,
        governs=_HOLDS[finding.scope],
        scope=tuple(
            ConsideredScope(scope=entry.name, at=str(entry.place), condition=_part(entry.when, finding.facts))
            for entry in finding.edition.scope
        ),
        outcome=finding.outcome if governs else None,
        rules=tuple(_rule(answer, finding, index) for index in rules),
    )


def _part(expression: Expression, facts: Facts) -> ConditionPart:
    match expression:
        case And(parts) | Or(parts):
            inner: tuple[Expression, ...] = parts
        case Not(operand) if not isinstance(operand, Known | OneOf):
            inner = (operand,)
        case Choose(test, yes, no) if _is_truth(yes, facts) and _is_truth(no, facts):
            inner = (test, yes, no)
        case _:
            inner = ()
    found = () if inner else sorted(fact_names(expression))
    return ConditionPart(
        condition=describe(expression),
        holds=_HOLDS[evaluate(expression, facts)],
        found=tuple(FoundFact(fact=name, value=show_value(facts.get(name))) for name in found),
        parts=tuple(_part(one, facts) for one in inner),
    )


def _is_truth(expression: Expression, facts: Facts) -> bool:
    return isinstance(evaluate(expression, facts), bool | None)


def _rule(answer: Assessment, finding: PolicyFinding, index: int) -> ConsideredRule:
    rule = finding.edition.rules[index]
    state, because, due_to = _state(answer, finding, index)
    return ConsideredRule(
        rule=rule.name,
        at=str(rule.place),
        outcome=rule.outcome,
        clauses=rule.cited.clauses,
        exception_to=_names(finding, finding.edition.generals[index]),
        condition=_part(rule.when, finding.facts),
        state=state,
        because=because,
        because_of=due_to,
    )


def _state(answer: Assessment, finding: PolicyFinding, index: int) -> tuple[RuleState, str, tuple[str, ...]]:
    """What became of a rule, why, and the rules this is due to."""
    edition, truth, bit = finding.edition, finding.truths[index], 1 << index
    generals, beaters = edition.generals[index], edition.beaters[index]
    if truth is False:
        return "does_not_hold", "its condition does not hold", ()
    if finding.applies & bit:
        return _applying(answer, finding, index)
    if generals and not generals & finding.applies and not finding.may & bit:
        names = _names(finding, generals)
        return (
            "not_reached",
            f"it is an exception to {_quoted(names)}, and none of these is known to apply",
            names,
        )
    if beaten := _names(finding, beaters & finding.applies):
        return "beaten", f"{_quoted(beaten)} goes before it", beaten
    unknown = residual(edition.rules[index].when, finding.facts)
    if unknown:
        return "may_apply", f"it is not known whether its condition holds: {', '.join(sorted(unknown))}", ()
    open_ = _names(finding, (generals | beaters) & finding.may)
    return "may_apply", f"it is not known whether {_quoted(open_)} applies", open_


def _applying(
    answer: Assessment, finding: PolicyFinding, index: int
) -> tuple[RuleState, str, tuple[str, ...]]:
    edition, rule = finding.edition, finding.edition.rules[index]
    if exceptions := _names(finding, edition.exceptions[index] & finding.applies):
        return (
            "gives_way",
            f"it applies, and so does the exception {_quoted(exceptions)}, which wins",
            exceptions,
        )
    if finding.scope is None:
        return (
            "may_apply",
            f"it applies if `{finding.policy.name}` governs the request, which is not known",
            (),
        )
    if rule.outcome is answer.outcome:
        return "decides", "it applies, and no exception to it does", ()
    open_ = tuple(
        edition.rules[i].name
        for i in members(finding.may)
        if rule.outcome.permits and not edition.rules[i].outcome.permits
    )
    if open_:
        return "outweighed", f"it applies, but {_quoted(open_)} may take the permission away", open_
    stricter = tuple(
        sorted(
            {
                other.edition.rules[i].name
                for other in answer.findings
                if other.scope
                for i in members(other.wins)
                if other.edition.rules[i].outcome.strictness > rule.outcome.strictness
            }
        )
    )
    if stricter:
        return "outweighed", f"it applies, but {_quoted(stricter)} applies as well and is stricter", stricter
    return "outweighed", "it applies, but it is not known whether another policy governs the request", ()


def _names(finding: PolicyFinding, bits: int) -> tuple[str, ...]:
    return tuple(finding.edition.rules[index].name for index in members(bits))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
