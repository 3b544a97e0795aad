"""The answer in place of a permission while something of the policies in force is too old: it holds."""

from __future__ import annotations

from engine.contract.decision import LineDecision, Outcome, WhyNot
from engine.contract.request import Request
from engine.contract.serving_status import ServingStatus
from engine.evaluation.answer import countries_of
from engine.evaluation.sentences import spoken_in, spoken_members
from engine.policy.model import PolicySet
from engine.policy.sentences import Spoken


def outcome_when(outcome: Outcome, status: ServingStatus) -> Outcome:
    """The outcome that is answered where the policies give this one: what is too old never loosens an answer."""
    return Outcome.HOLD if status.too_old and outcome.permits else outcome


def hold_too_old(
    policies: PolicySet, request: Request, line: LineDecision, status: ServingStatus
) -> LineDecision:
    """The answer for a line: a hold if it would permit and something is too old, else the line itself."""
    outcome = outcome_when(line.outcome, status)
    if outcome is line.outcome:
        return line
    answer = policies.too_old_answer
    held = LineDecision(
        line=line.line,
        outcome=outcome,
        handover_as_asked=outcome.handover_as_asked,
        clauses=answer.clauses,
        readings=answer.cited.readings,
        duties=answer.duties,
        why_not=tuple(
            WhyNot(rule=rule, condition=past.condition, found=past.found)
            for rule in line.rules
            for past in status.too_old
        ),
        valid_until=line.valid_until,
        **spoken_members(Spoken(answer.say, answer.say_in)),
    )
    countries = request.mission.countries if request.mission else None
    return spoken_in(held, policies.languages.of(countries_of(countries)))
