"""The floor: what is looked at once more before a permission leaves, whether or not the policies were proved.

It is worked out from the request itself by walking the conditions, not from what gave the permission, so that a
policy that breaks the floor and a fault in what decides quickly are both stopped here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from engine.contract.decision import LineDecision, Outcome, WhyNot
from engine.contract.request import Item, Request
from engine.contract.vocabulary import COUNTRY, Value, country_facts
from engine.evaluation.answer import countries_of, effective_day
from engine.evaluation.default_logic import assess
from engine.evaluation.sentences import fitting_sentence, spoken_in, spoken_members
from engine.policy.model import Edition, Invariant, PolicySet, Property
from engine.policy.standing_answers import StandingCase


def broken_floor(policies: PolicySet, request: Request, item: Item, as_of: dt.date) -> Invariant | None:
    """The first invariant of the floor that a permission for the line would break; None if it may leave."""
    if not policies.floor:
        return None
    day, cases = effective_day(policies, as_of), _cases(policies, request, item, as_of)
    return next((held for held in policies.floor if _breaks(policies, held, day, cases)), None)


def _cases(policies: PolicySet, request: Request, item: Item, as_of: dt.date) -> list[dict[str, Value]]:
    """The facts of the line for each country."""
    stated, listed = (
        policies.vocabulary.flatten(request, item, as_of),
        policies.listed_on(effective_day(policies, as_of)),
    )
    return [{**stated, **country_facts(country, listed)} for country in countries_of(_countries(request))]


def _breaks(policies: PolicySet, held: Invariant, day: dt.date, cases: list[dict[str, Value]]) -> bool:
    editions = [policy.edition_on(day) for policy in policies.policies]
    match held.property:
        case None:
            return Outcome.DELIVER in held.never and any(
                held.binds({**parameters_in(editions, facts.get(COUNTRY)), **facts}) for facts in cases
            )
        case Property.UNKNOWN_NEVER_PERMITS:
            return not all(_permits(policies, day, facts) for facts in cases)
        case Property.URGENCY_NEVER_PERMITS:
            return not all(_permits(policies, day, _not_urgent(policies, facts)) for facts in cases)
        case Property.DEVIATIONS_ONLY_TIGHTEN | Property.A_RULE_DECIDES:
            return False  # of the set, not of one request: these are proved, or not, when the set is taken up
        case _:
            assert_never(held.property)


def _not_urgent(policies: PolicySet, facts: Mapping[str, Value]) -> dict[str, Value]:
    vocabulary = policies.vocabulary
    rest = {name: value for name, value in facts.items() if not vocabulary.is_urgency(name)}
    return {**rest, **vocabulary.not_urgent}


def _permits(policies: PolicySet, day: dt.date, facts: Mapping[str, Value]) -> bool:
    return assess(policies, day, facts).outcome.permits


def parameters_in(editions: Iterable[Edition], country: Value | None) -> dict[str, Value]:
    """The parameters that the editions know of a country, under their braced names, with its code."""
    found: dict[str, Value] = {}
    for edition in editions:
        if country is not None and country in edition.members:
            found |= {**edition.parameters, "{country}": country}
    return found


def refuse_by_floor(
    policies: PolicySet, request: Request, item: Item, as_of: dt.date, line: LineDecision, held: Invariant
) -> LineDecision:
    """The answer in place of a permission that would break the floor: a refusal, and the case is put to somebody.

    The duties and the sentence are those of a case that no rule settles; the clauses of the floor are named where the
    folder has them.
    """
    usual = policies.standing_answers[StandingCase.NOT_SETTLED]
    clauses = [clause for clause in held.cited.clauses if clause in policies.clauses]
    condition = f"{held.name}, which no policy may lower: {held.title}"
    cases = _cases(policies, request, item, as_of)
    refused = LineDecision(
        line=line.line,
        outcome=Outcome.REFUSE,
        handover_as_asked=Outcome.REFUSE.handover_as_asked,
        clauses=tuple(
            dict.fromkeys((*clauses, *usual.cited.clauses, *(duty.clause for duty in usual.duties)))
        ),
        readings=usual.cited.readings,
        duties=usual.duties,
        valid_until=line.valid_until,
        why_not=tuple(
            WhyNot(rule=rule, condition=condition, found="it does not hold here") for rule in line.rules
        ),
        **spoken_members(fitting_sentence(usual, cases[0])),
    )
    return spoken_in(refused, policies.languages.of(countries_of(_countries(request))))


def _countries(request: Request) -> Sequence[str] | None:
    return request.mission.countries if request.mission else None
