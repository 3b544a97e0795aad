"""The smallest sets of fact changes that would change the answer for a line, found by deciding again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from engine.contract.decision import Outcome
from engine.contract.vocabulary import COUNTRY, STATED_AS, Value, Word
from engine.deciding import decide
from engine.explanation.changed_outcomes import ChangedOutcomes
from engine.explanation.considered import NOT_KNOWN, show_value
from engine.explanation.fact_changes import (
    DecidedLine,
    FactStep,
    changed_request,
    countries_of,
    possible_steps,
)
from engine.explanation.model import Change, ChangeSearch, FactChange
from engine.policy.model import Policy, PolicySet

MOST_CHANGES = 3
MOST_LISTED = 5
"""So many sets are shown for each outcome."""


class ExplanationStopped(Exception):
    """Nobody waits for the explanation any more."""


def find_changes(
    line: DecidedLine, budget: int, stopped: Callable[[], bool]
) -> tuple[tuple[Change, ...], ChangeSearch]:
    """For each other outcome, the smallest sets of changes that lead to it, at most `budget` sets tried.

    Each is checked by `decide` on the request so changed; one that it does not bear out is not shown. Raises
    `ExplanationStopped`.
    """
    if not budget:
        return (), ChangeSearch(tried=0, complete_up_to=0, most=MOST_CHANGES, cut=True)
    steps, outcomes = possible_steps(line), ChangedOutcomes(line)
    found: dict[Outcome, list[tuple[FactStep, ...]]] = {}
    tried = complete = 0
    cut = False
    for size in range(1, MOST_CHANGES + 1):
        reached = frozenset(found)
        for chosen in _sets(steps, size):
            if tried == budget:
                cut = True
                break
            if stopped():
                raise ExplanationStopped
            tried += 1
            outcome = outcomes.after(chosen)
            if outcome is not line.outcome and outcome not in reached:
                found.setdefault(outcome, []).append(chosen)
        if cut:
            break
        complete = size
    confirmed = {
        outcome: [c for one in sets if (c := _confirmed(line, one, outcome))]
        for outcome, sets in found.items()
    }
    changes = [
        change
        for outcome in sorted(confirmed, key=lambda outcome: outcome.strictness)
        for change in confirmed[outcome][:MOST_LISTED]
    ]
    left_out = sum(max(0, len(sets) - MOST_LISTED) for sets in confirmed.values())
    search = ChangeSearch(tried=tried, complete_up_to=complete, most=MOST_CHANGES, cut=cut, left_out=left_out)
    return tuple(changes), search


def _sets(steps: Sequence[Sequence[FactStep]], size: int) -> Iterator[tuple[FactStep, ...]]:
    for facts in combinations(steps, size):
        yield from product(*facts)


def with_parameters(policies: PolicySet, steps: Iterable[FactStep]) -> PolicySet:
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


def _confirmed(line: DecidedLine, steps: tuple[FactStep, ...], outcome: Outcome) -> Change | None:
    request = changed_request(line, steps)
    if request is None:
        return None
    moment = dt.datetime.combine(line.day, dt.time(12), dt.UTC)
    decision = decide(
        with_parameters(line.policies, steps),
        request,
        decision_id="changed",
        evaluated_at=moment,
        status=line.status,
    )
    answer = decision.lines[line.index]
    if answer.outcome is not outcome:
        return None
    rules = answer.if_in_force.rules if answer.if_in_force else answer.rules
    return Change(facts=tuple(_fact_change(line, step) for step in steps), outcome=outcome, rules=rules)


def _fact_change(line: DecidedLine, step: FactStep) -> FactChange:
    word = _word(line, step)
    name = f"parameters.{step.policy}.{step.name.strip('{}')}" if step.policy else step.name
    return FactChange(
        fact=name,
        was=_present(line, step),
        becomes=_label(step.value),
        alike=tuple(_label(value) for value in step.alike),
        ask=word.ask or None,
        answered_by=word.answered_by or None,
    )


def _label(value: Value) -> str:
    return show_value(value)


def _present(line: DecidedLine, step: FactStep) -> str:
    if step.policy:
        return NOT_KNOWN
    if step.name == STATED_AS[COUNTRY]:
        return ", ".join(country or NOT_KNOWN for country in countries_of(line, ()))
    return show_value(
        line.policies.vocabulary.flatten(line.request, line.request.items[line.index], line.day).get(
            step.name
        )
    )


def _word(line: DecidedLine, step: FactStep) -> Word:
    if not step.policy:
        words = line.policies.vocabulary.words
        return words[COUNTRY] if step.name == STATED_AS[COUNTRY] else words[step.name]
    policy = next(policy for policy in line.policies.policies if policy.name == step.policy)
    return policy.declared[step.name.strip("{}")]
