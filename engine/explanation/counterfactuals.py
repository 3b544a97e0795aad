"""The smallest sets of fact changes that would change the answer for a line, found by deciding again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from engine.contract.decision import Outcome
from engine.contract.request import (
    AS_OF,
    COUNTRY,
    STATED_AS,
    WORDS,
    Value,
    Word,
    country_facts,
    flatten,
)
from engine.deciding import decide
from engine.evaluation.default_logic import answer_line, assess
from engine.explanation.considered import NOT_KNOWN, show_value
from engine.explanation.fact_changes import Asked, Step, changed_request, countries_of, possible_steps
from engine.explanation.model import Change, FactChange, Search
from engine.policy.model import Policy, PolicySet

MOST_CHANGES = 3
MOST_SHOWN = 5
"""So many sets are shown for each outcome."""


def find_changes(asked: Asked, budget: int) -> tuple[tuple[Change, ...], Search]:
    """For each other outcome, the smallest sets of changes that lead to it, at most `budget` sets tried.

    Each is checked by `decide` on the request so changed; one that it does not bear out is not shown.
    """
    steps = possible_steps(asked)
    found: dict[Outcome, list[tuple[Step, ...]]] = {}
    tried = complete = 0
    cut = False
    for size in range(1, MOST_CHANGES + 1):
        reached = frozenset(found)
        for chosen in _sets(steps, size):
            if tried == budget:
                cut = True
                break
            tried += 1
            outcome = _outcome(asked, chosen)
            if outcome is not asked.outcome and outcome not in reached:
                found.setdefault(outcome, []).append(chosen)
        if cut:
            break
        complete = size
    confirmed = {
        outcome: [c for one in sets if (c := _confirmed(asked, one, outcome))]
        for outcome, sets in found.items()
    }
    changes = [
        change
        for outcome in sorted(confirmed, key=lambda outcome: outcome.strictness)
        for change in confirmed[outcome][:MOST_SHOWN]
    ]
    left_out = sum(max(0, len(sets) - MOST_SHOWN) for sets in confirmed.values())
    search = Search(tried=tried, complete_up_to=complete, most=MOST_CHANGES, cut=cut, left_out=left_out)
    return tuple(changes), search


def _sets(steps: Sequence[Sequence[Step]], size: int) -> Iterator[tuple[Step, ...]]:
    for facts in combinations(steps, size):
        yield from product(*facts)


def _outcome(asked: Asked, steps: Iterable[Step]) -> Outcome:
    """The answer there would be, as `decide` weighs it."""
    steps = tuple(steps)
    policies = _with_parameters(asked.policies, steps)
    day = next((step.value for step in steps if step.name == AS_OF), asked.day)
    assert isinstance(day, dt.date)
    facts: dict[str, Value] = {**flatten(asked.request, asked.request.items[asked.index], day)}
    facts |= {step.name: step.value for step in steps if not step.policy and step.name != STATED_AS[COUNTRY]}
    start = policies.instruction.start if policies.instruction else None
    outcomes = [
        assess(
            policies,
            max(day, start) if start else day,
            {**facts, **country_facts(country, policies.countries)},
        ).outcome
        for country in countries_of(asked, steps)
    ]
    return answer_line(outcomes, policies.status_on(day))


def _with_parameters(policies: PolicySet, steps: Iterable[Step]) -> PolicySet:
    """The set after the policy officer has found parameters."""
    found: dict[str, dict[str, Value]] = {}
    for step in steps:
        if step.policy:
            found.setdefault(step.policy, {})[step.name] = step.value
    if not found:
        return policies

    def after(policy: Policy) -> Policy:
        editions = tuple(
            replace(edition, parameters={**edition.parameters, **found[policy.name]})
            for edition in policy.editions
        )
        return replace(policy, editions=editions)

    return replace(policies, policies=tuple(after(p) if p.name in found else p for p in policies.policies))


def _confirmed(asked: Asked, steps: tuple[Step, ...], outcome: Outcome) -> Change | None:
    request = changed_request(asked, steps)
    if request is None:
        return None
    moment = dt.datetime.combine(asked.day, dt.time(12), dt.UTC)
    decision = decide(
        _with_parameters(asked.policies, steps), request, decision_id="changed", evaluated_at=moment
    )
    line = decision.lines[asked.index]
    if line.outcome is not outcome:
        return None
    rules = line.if_in_force.rules if line.if_in_force else line.rules
    return Change(facts=tuple(_told(asked, step) for step in steps), outcome=outcome, rules=rules)


def _told(asked: Asked, step: Step) -> FactChange:
    word = _word(asked, step)
    name = f"parameters.{step.policy}.{step.name.strip('{}')}" if step.policy else step.name
    return FactChange(
        fact=name,
        was=_present(asked, step),
        becomes=_label(step.value),
        alike=tuple(_label(value) for value in step.alike),
        ask=word.ask or None,
        answered_by=word.answered_by or None,
    )


def _label(value: Value) -> str:
    return show_value(value)


def _present(asked: Asked, step: Step) -> str:
    if step.policy:
        return NOT_KNOWN
    if step.name == STATED_AS[COUNTRY]:
        return ", ".join(country or NOT_KNOWN for country in countries_of(asked, ()))
    return show_value(flatten(asked.request, asked.request.items[asked.index], asked.day).get(step.name))


def _word(asked: Asked, step: Step) -> Word:
    if not step.policy:
        return WORDS[COUNTRY] if step.name == STATED_AS[COUNTRY] else WORDS[step.name]
    policy = next(policy for policy in asked.policies.policies if policy.name == step.policy)
    return policy.declared[step.name.strip("{}")]
