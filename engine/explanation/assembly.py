"""The way to the answer that `decide` has given, and what would change it."""

from __future__ import annotations

import datetime as dt

from engine.contract.decision import Decision, LineDecision
from engine.contract.request import Item, Request
from engine.contract.vocabulary import country_facts, flatten
from engine.evaluation.default_logic import Assessment, assess
from engine.explanation.considered import consider
from engine.explanation.counterfactuals import find_changes
from engine.explanation.fact_changes import DecidedLine
from engine.explanation.model import Explanation, LineExplanation
from engine.policy.model import PolicySet

BUDGET = 20_000
"""So many sets of changes are tried for a request, shared among its lines."""
LEAST = 50
PROPOSED = "the directive is only proposed on this day, so the line is referred whatever the rules say"


def explain(policies: PolicySet, request: Request, decision: Decision) -> Explanation:
    """Explain the decision that `decide` has given for the request under these policies.

    The same arguments always give the same explanation; nothing in the decision changes.
    """
    budget = max(LEAST, BUDGET // len(request.items))
    lines = zip(request.items, decision.lines, strict=True)
    return Explanation(
        revision=policies.revision,
        lines=tuple(
            _explain_line(policies, request, item, index, line, decision.as_of, budget)
            for index, (item, line) in enumerate(lines)
        ),
    )


def _explain_line(
    policies: PolicySet,
    request: Request,
    item: Item,
    index: int,
    line: LineDecision,
    day: dt.date,
    budget: int,
) -> LineExplanation:
    stated = request.mission.countries if request.mission else None
    countries = sorted(set(stated)) if stated else [None]
    answers = tuple(_assessed(policies, request, item, day, country) for country in countries)
    changes, search = find_changes(DecidedLine(policies, request, index, day, answers, line.outcome), budget)
    return LineExplanation(
        line=line.line,
        outcome=line.outcome,
        note=PROPOSED if line.if_in_force else None,
        countries=tuple(
            consider(answer, country) for answer, country in zip(answers, countries, strict=True)
        ),
        changes=changes,
        search=search,
    )


def _assessed(
    policies: PolicySet, request: Request, item: Item, day: dt.date, country: str | None
) -> Assessment:
    """What `decide` makes of the line for a country; before the instruction, as from its first day."""
    start = policies.instruction.start if policies.instruction else None
    facts = {**flatten(request, item, day), **country_facts(country, policies.countries)}
    return assess(policies, max(day, start) if start else day, facts)
