"""What is proved against what is counted out: every obligation on drawn policy sets, over every request there is.

Covers: engine.analysis.dead_rules, engine.analysis.obligations, engine.analysis.solving
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st

import engine.checking.assembly
import engine.evaluation.default_logic
from engine import Obligation, Outcome, PolicyFaults, PolicySet, Verdict, load_policies, prove
from engine.analysis import solving, symbolic_logic
from engine.checking.cache import forget_everything
from engine.compiling.settling import RuleTables
from engine.contract.vocabulary import country_facts
from engine.evaluation.default_logic import Assessment, answer_line, assess
from engine.language.expressions import Constant, evaluate
from engine.policy.bitsets import members
from tests.engine.analysis.test_symbolic_logic import every_state
from tests.engine.evaluation.test_default_logic import (
    CONDITIONS,
    DAY,
    Condition,
    Reference,
    Rule,
    accepted,
    files_of,
    rule_sets,
    sets,
)
from tests.support.mistakes import SHIPPED

few = settings(sets, max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Each example counts out some 500 requests, several times over."""

Plain = dict[str, Any]
Key = tuple[tuple[str, Any], ...]


def obligations(policies: PolicySet) -> dict[str, Obligation]:
    return {o.name: o for group in prove(policies).groups for o in group.obligations}


def is_proved(obligation: Obligation) -> bool:
    event(obligation.verdict)
    assert obligation.verdict is not Verdict.NOT_DECIDED, obligation
    return obligation.verdict is Verdict.PROVED


def assessments(
    policies: PolicySet, country: str | None = "FR", **parameters: Any
) -> Iterator[tuple[Plain, Assessment]]:
    """What the engine says of every request from a country, however much of it is known."""
    given_facts: dict[str, Any] = {**country_facts(country, policies.countries), **parameters}
    for state in every_state():
        known = {name: value for name, value in state.items() if value is not None}
        yield known, assess(policies, DAY, {**given_facts, **known})


def outcomes(policies: PolicySet) -> dict[Key, Outcome]:
    return {key(facts): assessed.outcome for facts, assessed in assessments(policies)}


def key(facts: Mapping[str, Any]) -> Key:
    return tuple(sorted(facts.items()))


def looser(before: Outcome, after: Outcome) -> bool:
    """Less strict; where information is needed before, only if it is a permission."""
    counts = after.permits or before is not Outcome.NEEDS_INFORMATION
    return after.strictness < before.strictness and counts


# Dead rules

LIMITS = (None, 1, 3, 4, 100)
"""What the parameter of the rule sets may be, as far as their conditions distinguish; None: not found."""


@few
@given(rule_sets())
def test_a_rule_is_dead_exactly_when_it_decides_nothing_and_changes_nothing(rules: tuple[Rule, ...]) -> None:
    policies = accepted(rules)
    proved = obligations(policies)
    answers: list[Outcome] = []
    alive: set[str] = set()
    for limit in LIMITS:
        for _, assessed in assessments(policies, "FR", **{"{largest_quantity}": limit}):
            answers.append(assessed.outcome)
            alive |= deciding(assessed)
    for one in rules:
        less = without(policies, one.name)
        changed = [a.outcome for n in LIMITS for _, a in assessments(less, "FR", **{"{largest_quantity}": n})]
        expected = one.name in alive or changed != answers
        assert is_proved(proved[f"no-dead-rule {one.name}"]) is expected, one.name


def deciding(assessed: Assessment) -> set[str]:
    return {
        finding.edition.rules[index].name
        for finding in assessed.deciding
        for index in members(finding.wins)
        if finding.scope and finding.edition.rules[index].outcome is assessed.outcome
    }


def without(policies: PolicySet, name: str) -> PolicySet:
    """The same set, with a condition that never holds in one of its rules."""
    changed = []
    for policy in policies.policies:
        editions = [
            replace(
                edition,
                rules=tuple(
                    replace(rule, when=Constant(False)) if rule.name == name else rule
                    for rule in edition.rules
                ),
            )
            for edition in policy.editions
        ]
        changed.append(replace(policy, editions=tuple(editions)))
    return replace(policies, policies=tuple(changed))


# Properties


@few
@given(rule_sets())
def test_unknown_never_permits_is_proved_exactly_when_no_request_shows_otherwise(
    rules: tuple[Rule, ...],
) -> None:
    policies = accepted(rules)
    answers = outcomes(policies)
    shown = any(
        answer.permits and not answers[key({**dict(less), name: value})].permits
        for less, answer in answers.items()
        for name, value in added(dict(less))
    )
    assert is_proved(obligations(policies)["unknown-never-permits"]) is (not shown)


def added(facts: Plain) -> Iterator[tuple[str, Any]]:
    """Everything that could be known in addition."""
    seen = {pair for state in every_state() for pair in state.items() if pair[1] is not None}
    yield from (pair for pair in sorted(seen, key=str) if pair[0] not in facts)


URGENCY = ("urgency.time_sensitive", "urgency.eagerly_wanted")


@few
@given(rule_sets())
def test_urgency_is_proved_harmless_exactly_when_no_request_shows_otherwise(rules: tuple[Rule, ...]) -> None:
    policies = accepted(rules)
    answers = outcomes(policies)
    shown = any(
        looser(answer, answers[key({**dict(facts), **dict.fromkeys(raised, True)})])
        for facts, answer in answers.items()
        for raised in (URGENCY[:1], URGENCY[1:], URGENCY)
    )
    assert is_proved(obligations(policies)["urgency-never-permits"]) is (not shown)


@few
@given(rule_sets(), st.integers(1, 2))
def test_own_rules_are_proved_to_tighten_exactly_when_no_request_shows_otherwise(
    rules: tuple[Rule, ...], own: int
) -> None:
    shared = rules[:-own]
    assume(shared)
    alone, together = accepted(shared), load_with_own(shared, rules[-own:])
    before, after = outcomes(alone), outcomes(together)
    shown = any(looser(before[facts], after[facts]) for facts in before)
    assert is_proved(obligations(together)["deviations-only-tighten france"]) is (not shown)


def load_with_own(shared: tuple[Rule, ...], own: tuple[Rule, ...]) -> PolicySet:
    files = files_of(shared)
    files["france.yaml"] += ("\nrules:\n" + "\n".join(rule.text for rule in own) + "\n").encode()
    return loaded(files)


def loaded(files: dict[str, bytes]) -> PolicySet:
    try:
        return load_policies(files)
    except PolicyFaults:
        assume(False)
        raise


# Invariants

NEVER = st.lists(st.sampled_from(sorted(Outcome)), min_size=1, max_size=3, unique=True)


@few
@given(rule_sets(), NEVER, st.none() | CONDITIONS, st.none() | CONDITIONS)
def test_an_invariant_is_proved_exactly_when_every_request_keeps_it(
    rules: tuple[Rule, ...], never: list[Outcome], when: Condition | None, unless: Condition | None
) -> None:
    accepted(rules)
    text = ["invariants:", "  - invariant: drawn", "    clause: H2", "    title: It holds."]
    text += [f"    when: '{when.text}'"] if when else []
    text += [f"    unless: '{unless.text}'"] if unless else []
    text += [f"    never: [{', '.join(never)}]"]
    text += ["  - {invariant: no-gaps, clause: H2, title: It holds., property: a_rule_decides}"]
    policies = loaded({**files_of(rules), "invariants.yaml": "\n".join(text).encode()})
    (invariant, _) = policies.invariants
    shown = gap = False
    for country, status in itertools.product(("FR", "DE", None), ("in_force", "proposed")):
        parameters = policies.policies[0].edition_on(DAY).parameters if country == "FR" else {}
        for facts, assessed in assessments(policies, country):
            given_facts = {**parameters, **facts}
            applies = invariant.when is None or evaluate(invariant.when, given_facts) is True
            lifted = invariant.unless is not None and evaluate(invariant.unless, given_facts) is True
            outcome = answer_line([assessed.outcome], status)  # type: ignore[arg-type]
            shown = shown or (applies and not lifted and outcome in never)
            gap = gap or (assessed.outcome is Outcome.REFER and not deciding(assessed))
    proved = obligations(policies)
    assert is_proved(proved["no-gaps"]) is (not gap)
    assert is_proved(proved["drawn"]) is (not shown)


# Clashes, which the checks refuse before anything is proved


@few
@given(rule_sets())
def test_a_clash_is_refuted_exactly_when_two_winners_of_one_tree_disagree(rules: tuple[Rule, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.checking.assembly, "find_clashes", lambda *_: None)
        forget_everything()
        policies = loaded(files_of(rules))
        forget_everything()
    clash = obligations(policies)["no-clash france"]
    clashes = Reference(rules).clashes()
    assert is_proved(clash) is (not clashes)
    if clashes:
        assert frozenset(involved.rule for involved in clash.involved) in clashes


# Where the engine and its second writing do not agree


def blind(*arguments: Any) -> Any:
    """A faulty engine, for which nothing that only may win withholds a permission."""
    formulas, edition, wins, may_win = arguments
    return REALLY(formulas, edition, wins, [-1 for _ in may_win])


REALLY = symbolic_logic._outcomes


def test_a_disagreement_with_decide_is_stated_openly_and_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(symbolic_logic, "_outcomes", blind)
    found = obligations(load_policies(dict(SHIPPED)))
    assert found["unknown-never-permits"].verdict is Verdict.NOT_DECIDED
    assert "internal error" in str(found["unknown-never-permits"].because)


def test_an_engine_that_lets_the_unknown_permit_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real, by_tables = engine.evaluation.default_logic.settle, vars(RuleTables)["_outcome"]
    monkeypatch.setattr(symbolic_logic, "_outcomes", blind)
    monkeypatch.setattr(
        "engine.evaluation.default_logic.settle", lambda edition, wins, may_win: real(edition, wins, 0)
    )
    monkeypatch.setattr(RuleTables, "_outcome", lambda tables, wins, able: by_tables(tables, wins, 0))
    found = obligations(load_policies(dict(SHIPPED)))["unknown-never-permits"]
    assert found.verdict is Verdict.REFUTED
    knowing, less = found.worked
    assert less.outcome is Outcome.DELIVER
    assert knowing.outcome is not Outcome.DELIVER
    assert set(less.words) < set(knowing.words)


def test_a_solver_that_gives_up_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "EFFORT", 1)
    found = obligations(load_policies(dict(SHIPPED)))
    verdicts = {obligation.verdict for obligation in found.values()}
    assert Verdict.NOT_DECIDED in verdicts
    assert Verdict.REFUTED not in verdicts
    assert "the solver gave up" in str(found["no-department-hands-over"].because)
