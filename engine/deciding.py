"""The one function everything else is an adapter around: `decide(policies, request) -> Decision`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from engine.decision import (
    Decision,
    IfInForce,
    LineDecision,
    Outcome,
    PolicyStamp,
)
from engine.explaining import list_missing, list_why_not
from engine.expressions import evaluate
from engine.facts import Item, Request, country_facts, flatten, line_marks
from engine.policy import Cited, PolicySet, Rule, StandingAnswer, StandingCase, members
from engine.weighing import Assessment, Finding, assess, awaits_instruction

Thing = TypeVar("Thing")


def decide(
    policies: PolicySet,
    request: Request,
    *,
    decision_id: str,
    evaluated_at: dt.datetime,
    claimed: Sequence[Sequence[str]] = (),
) -> Decision:
    """Decide a pre-check, line by line (D4), under the policies as they stand on the request's day.

    `evaluated_at` carries its time zone; it supplies the day where the request states none. The same arguments
    always give the same decision. `claimed` names, for each line, the facts that were claimed and withheld
    (`withhold_claims`); it is told, and changes nothing.
    """
    moment = evaluated_at.astimezone(dt.UTC)
    as_of = request.as_of or moment.date()
    lines = tuple(
        _decide_line(policies, request, item, mark, as_of)
        for item, mark in zip(request.items, line_marks(request.items), strict=True)
    )
    if claimed:
        lines = tuple(
            line.model_copy(update={"claimed_not_confirmed": tuple(names)})
            for line, names in zip(lines, claimed, strict=True)
        )
    strictest = max(lines, key=lambda line: line.outcome.strictness)
    return Decision(
        decision_id=decision_id,
        request_id=request.request_id,
        outcome=strictest.outcome,
        handover_as_asked=strictest.handover_as_asked,
        say=strictest.say,
        lines=lines,
        policy=PolicyStamp(name=policies.name, revision=policies.revision, status=policies.status_on(as_of)),
        as_of=as_of,
        evaluated_at=moment,
        valid_until=_valid_until(policies, as_of, strictest.outcome),
    )


def _valid_until(policies: PolicySet, as_of: dt.date, outcome: Outcome) -> dt.date:
    """The last day within the outcome's days on which the policies are still those of `as_of`."""
    last = min(as_of.toordinal() + policies.valid_days[outcome], dt.date.max.toordinal())
    changes = [day.toordinal() - 1 for day in policies.change_days if day > as_of]
    return dt.date.fromordinal(min([last, *changes]))


def _decide_line(
    policies: PolicySet, request: Request, item: Item, mark: int | str, as_of: dt.date
) -> LineDecision:
    facts = flatten(request, item, as_of)
    countries = request.mission.countries if request.mission else None
    # An instruction decides what is in force; before it, the line is weighed as it will be from its first day.
    start = policies.instruction.start if policies.instruction else None
    day = max(as_of, start) if start else as_of
    answers = [
        assess(policies, day, {**facts, **country_facts(country, policies.countries)})
        for country in (sorted(set(countries)) if countries else (None,))
    ]
    strictest = max(answers, key=lambda answer: answer.outcome.strictness)
    line = _answer(policies, mark, strictest)
    if len(answers) > 1:
        line = _citing(line, policies.several_countries)
    status = policies.status_on(as_of)
    if awaits_instruction([answer.outcome for answer in answers], status):
        return _proposed(policies, line)
    return line.model_copy(update={"missing": list_missing(policies, request, item, answers, status)})


def _answer(policies: PolicySet, mark: int | str, answer: Assessment) -> LineDecision:
    outcome = answer.outcome
    deciding = answer.deciding
    won = [(finding, rule) for finding in deciding for rule in _winners(finding, outcome)]
    standing = None if won else _standing(policies, outcome)
    cited = [cited for finding in deciding for cited in _scope_cited(finding)]
    if standing:
        cited.append(standing.cited)
        cited += [rule.cited for finding in deciding if finding.scope for rule in finding.open_rules]
    for finding, rule in won:
        cited.append(rule.cited)
        cited += [extra for extra in rule.cite_when if extra.when and evaluate(extra.when, finding.facts)]
    duties = [duty for _, rule in won for duty in rule.duties] or list(standing.duties if standing else ())
    sentences = [rule.say for _, rule in won] or [standing.say if standing else ""]
    return LineDecision(
        line=mark,
        outcome=outcome,
        handover_as_asked=outcome.handover_as_asked,
        rules=_distinct(rule.name for _, rule in won),
        clauses=_distinct([*(c for x in cited for c in x.clauses), *(duty.clause for duty in duties)]),
        readings=_distinct(reading for x in cited for reading in x.readings),
        duties=_distinct(duties),
        why_not=list_why_not(answer),
        say=" ".join(_distinct(sentences)),
    )


def _winners(finding: Finding, outcome: Outcome) -> list[Rule]:
    rules = (finding.edition.rules[index] for index in members(finding.wins))
    return sorted(
        (rule for rule in rules if finding.scope and rule.outcome is outcome), key=lambda rule: rule.name
    )


def _scope_cited(finding: Finding) -> Iterator[Cited]:
    for entry in finding.edition.scope:
        truth = evaluate(entry.when, finding.facts)
        if truth or (truth is None and finding.scope is None):
            yield entry.cited


def _standing(policies: PolicySet, outcome: Outcome) -> StandingAnswer:
    cases = {
        Outcome.NOT_GOVERNED: StandingCase.NOT_GOVERNED,
        Outcome.NEEDS_INFORMATION: StandingCase.NEEDS_INFORMATION,
    }
    return policies.standing_answers[cases.get(outcome, StandingCase.NOT_SETTLED)]


def _citing(line: LineDecision, cited: Cited) -> LineDecision:
    return line.model_copy(
        update={
            "clauses": _distinct((*line.clauses, *cited.clauses)),
            "readings": _distinct((*line.readings, *cited.readings)),
        }
    )


def _proposed(policies: PolicySet, line: LineDecision) -> LineDecision:
    """Refer a line while the directive is only proposed, showing what it would require (S4.1, A9)."""
    answer = policies.standing_answers[StandingCase.PROPOSED]
    would = IfInForce(outcome=line.outcome, rules=line.rules, clauses=line.clauses, duties=line.duties)
    return LineDecision(
        line=line.line,
        outcome=Outcome.REFER,
        handover_as_asked=Outcome.REFER.handover_as_asked,
        clauses=_distinct((*answer.cited.clauses, *(duty.clause for duty in answer.duties))),
        readings=_distinct((*answer.cited.readings, *line.readings)),
        duties=_distinct(answer.duties),
        if_in_force=would,
        say=answer.say,
    )


def _distinct(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """The things without repetition, in the order in which they first come."""
    return tuple(dict.fromkeys(things))
