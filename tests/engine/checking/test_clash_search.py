"""Which pairs of rules can both win: no pair is missed, none reported without an example, and the work is bounded.

Covers: engine.checking.clashes, engine.checking.clash_pairs, engine.checking.rule_constraints,
engine.checking.representatives
"""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from conftest import shipped_files
from engine import PolicyFaults, Severity, load_policies, load_recorded_policies
from engine.checking.clash_pairs import possible_pairs
from engine.checking.clash_search import ClashSearch, Searched
from engine.checking.rule_contents import RuleContents
from engine.contract.vocabulary import Value
from engine.evaluation.default_logic import apply_rules, rule_truth
from engine.evaluation.reach import without_exception_in
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy, trees_of
from tests.engine.evaluation.test_default_logic import SKELETON, Condition, files_of, rule_sets
from tests.support.ordered_table import ordered_table

ROOT = Path(__file__).parents[3]


def files_with(*conditions: str) -> dict[str, bytes]:
    """Two exceptions to one rule, with these conditions and different outcomes."""
    directive = SKELETON["directive.yaml"]
    start, end = directive.index("rules:"), directive.index("standing_answers:")
    rules = "".join(
        f"  - {{rule: {name}, {general}clause: H2, when: '{when}', outcome: {outcome},"
        " duties: [{who: host, must: wait}], say: So it is.}\n"
        for name, general, when, outcome in (
            ("ground", "", 'mission.country == "FR"', "route_bilateral"),
            ("first", "exception_to: ground, ", conditions[0], "hold"),
            ("second", "exception_to: ground, ", conditions[1], "refuse"),
        )
    )
    clauses = directive[:start].replace(
        "  - {clause: H3, who: safety_office, text: Sends small quantities itself.}\n", ""
    )
    return {
        "directive.yaml": f"{clauses}rules:\n{rules}{directive[end:]}".encode(),
        "france.yaml": SKELETON["france.yaml"].encode(),
    }


def faults_of(files: dict[str, bytes]) -> list[str]:
    try:
        load_policies(files)
    except PolicyFaults as faults:
        return [f"{fault.code} {fault.message}" for fault in faults.diagnostics]
    return []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "mission.name != mission.organiser",
            "visit.place != mission.name and visit.place != mission.organiser",
        ),
        (
            "visit.starts_on < visit.ends_on",
            "visit.ends_on < handover.planned_on and handover.planned_on < as_of",
        ),
        ('visit.starts_on + t"P30D" < visit.ends_on', "item.published"),
        ('visit.starts_on + t"P30D" < visit.ends_on', 'visit.ends_on + t"P9D" < as_of'),
        ("visit.starts_on < visit.ends_on", 'visit.ends_on < d"1950-01-01"'),
        ("item.quantity + 7 == item.channel.inclusion_session", "item.quantity > 100"),
        ("item.quantity + 10 < {largest_quantity}", "item.published"),
        ("item.channel.inclusion_session > 2.5", "item.channel.inclusion_session < 3.5"),
        ("item.quantity > 2 and item.quantity < 3", "item.quantity != 2.5"),
        ("(visit.starts_on < visit.ends_on) == (item.quantity > 3)", "item.quantity < 4"),
        ('item.published ? item.quantity > 3 : item.kind == "sample"', "item.quantity < 2"),
        (
            "item.quantity + (item.published ? 20 : 10) == 15",
            "item.kind == null or item.published == item.published",
        ),
    ],
)
def test_a_clash_is_found_however_facts_are_compared(first: str, second: str) -> None:
    (fault,) = faults_of(files_with(first, second))
    assert fault.startswith(
        "X01 in the policy `france` the rules `first` (hold) and `second` (refuse) can both win"
    )


# Random rule sets, each pair against every combination of a few values

DAYS = tuple(dt.date(2024, 7, day) for day in range(1, 5))
FEW: dict[str, tuple[Value, ...]] = {
    "item.published": (True, False),
    "urgency.time_sensitive": (True, False),
    "handover.by": ("receiving_department", "committee", "other"),
    "item.quantity": (2, 3, 4, 5),
    "visit.starts_on": DAYS,
    "visit.ends_on": (*DAYS, dt.date.max),
    "mission.name": ("x", "y"),
    "mission.organiser": ("x", "y"),
}
ATOMS = (
    "item.published",
    "urgency.time_sensitive",
    'handover.by == "committee"',
    'handover.by not in ["committee", "other"]',
    "item.quantity <= {largest_quantity}",
    "item.quantity + 1 > 4",
    "item.quantity != 4",
    "visit.starts_on < visit.ends_on",
    'visit.starts_on + t"P2D" == visit.ends_on',
    'visit.starts_on > d"2024-07-02"',
    'visit.ends_on + t"P1D" > d"2024-07-03"',
    "mission.name == mission.organiser",
    'mission.name != "x"',
    "item.quantity == null",
    "item.published == (visit.starts_on == visit.ends_on)",
    "(urgency.time_sensitive ? item.quantity : 3) != 3",
)
CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)


@st.composite
def policies_with_clashes(draw: st.DrawFn) -> Policy:
    """The policy of a random rule set, checked as a recorded one is: what clashes in it is remarked."""
    rules = [
        replace(rule, when=Condition(draw(CONDITIONS), lambda facts: False)) for rule in draw(rule_sets())
    ]
    try:
        (policy,) = load_recorded_policies(files_of(tuple(rules))).policies
    except PolicyFaults:
        assume(False)
        raise
    return policy


def winners(edition: Edition, facts: Mapping[str, Value]) -> int:
    """The rules that win whatever the facts are that are still unknown."""
    truths = [rule_truth(rule, facts) for rule in edition.rules]
    applies, may, certain = apply_rules(edition, truths)
    return without_exception_in(applies | may, edition, certain)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies_with_clashes())
def test_of_each_pair_an_example_is_found_where_some_combination_of_values_is_one(policy: Policy) -> None:
    (edition,) = policy.editions
    trees, words, given_facts = trees_of(edition), policy.words, dict(edition.parameters)
    names = sorted({name for name in edition.mentions if name in FEW})
    clashing = set()
    for values in product(*map(FEW.__getitem__, names)):
        won = members(winners(edition, {**given_facts, **dict(zip(names, values, strict=True))}))
        clashing |= {
            (one, other)
            for one, other in combinations(won, 2)
            if trees[one] & trees[other] and edition.rules[one].outcome != edition.rules[other].outcome
        }
    found = set()
    for one, other in possible_pairs(policy, edition):
        pair = 1 << one | 1 << other
        example = ClashSearch(edition, pair, given_facts, RuleContents(words)).run().example
        if example is not None:
            found.add((one, other))
            assert not pair & ~winners(edition, {**given_facts, **example})
    event(f"clashes: {min(len(clashing), 3)}")
    assert clashing <= found


# The large set


def all_searches(policy: Policy) -> Iterator[tuple[bool, Searched]]:
    """The search for each pair of one tree with different outcomes, and whether it is left out as impossible."""
    for edition in policy.editions:
        trees, contents = trees_of(edition), RuleContents(policy.words)
        possible = set(possible_pairs(policy, edition))
        for one, other in combinations(range(len(edition.rules)), 2):
            if trees[one] & trees[other] and edition.rules[one].outcome != edition.rules[other].outcome:
                search = ClashSearch(edition, 1 << one | 1 << other, edition.parameters, contents)
                yield (one, other) not in possible, search.run()


def test_in_a_large_set_without_a_clash_no_pair_takes_much_work() -> None:
    policies = {policy.country: policy for policy in load_policies(ordered_table()).policies}
    searches = list(all_searches(policies["FR"]))
    assert len(searches) > 300
    assert all(search.example is None for _, search in searches)
    assert max(search.steps for _, search in searches) < 200
    assert sum(search.steps for _, search in searches) < 20 * len(searches)


def test_a_pair_that_is_left_out_has_no_example() -> None:
    for policy in load_policies(shipped_files()).policies:
        assert not any(search.example for left_out, search in all_searches(policy) if left_out)


@pytest.mark.parametrize(
    ("beater", "beaten"),
    [("row-3", "row-6"), ("row-6", "row-9"), ("against-3", "against-21"), ("row-8", "row-9")],
)
def test_in_a_large_set_the_one_clash_there_is_is_found(beater: str, beaten: str) -> None:
    files = ordered_table(without=(beater, beaten))
    named = [re.findall(r"the rules `(.*?)` .*? and `(.*?)` ", fault) for fault in faults_of(files)]
    assert named
    assert {frozenset(pair) for found in named for pair in found} >= {frozenset((beater, beaten))}


def test_the_example_does_not_depend_on_the_seed_of_hashes() -> None:
    code = (
        "from tests.engine.checking.test_clash_search import faults_of; from tests.support.ordered_table import"
        " ordered_table; print(*faults_of(ordered_table(without=('row-3', 'row-6'))), sep='\\n')"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    (text,) = printed
    assert "X01" in text


def test_a_set_recorded_before_a_clash_in_it_could_be_found_is_decided_by_again() -> None:
    files = files_with("mission.name != mission.organiser", "visit.place != mission.name")
    (remark,) = (hint for hint in load_recorded_policies(files).hints if hint.code == "X01")
    assert remark.severity is Severity.HINT
    with pytest.raises(PolicyFaults):
        load_policies(files)
