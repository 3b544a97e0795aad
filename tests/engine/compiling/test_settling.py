"""Rules settled by the tables of an edition, held against the reference; what is cached of many requests has a bound.

Covers: engine.compiling.settling, engine.compiling.questions, engine.compiling.tried_answers
"""

import random
from collections.abc import Iterator, Sequence

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.engines.channelgate import caches_in
from engine import PolicyFaults, PolicySet, decide, load_policies, outcome_of
from engine.compiling import compile_policies
from engine.compiling.settling import RuleTables
from engine.evaluation.default_logic import apply_rules, settle
from engine.evaluation.reach import may_win, reach_of, still_possible, without_exception_in
from engine.language.expressions import Truth
from engine.outcomes import MAX_KNOWN
from engine.policy.bitsets import to_bits
from engine.policy.model import Edition
from tests.engine.evaluation.test_default_logic import Rule, load, rule_sets
from tests.support.folders import FOLDERS, folder, policies_of
from tests.support.row_tables import Table, tables
from tests.support.shipped_words import make_request
from tests.support.strategies import DECISIVE, NOW, spread

truths_of_rules = st.lists(st.sampled_from([True, True, None, None, False]), min_size=24, max_size=24)


def expect_the_reference(edition: Edition, values: Sequence[Truth]) -> None:
    truths = values[: len(edition.rules)]
    expected = apply_rules(edition, truths)
    alone, able = expected.applies | expected.may, may_win(edition, expected)
    wins = without_exception_in(expected.applies, edition, expected.applies)
    possible = still_possible(edition, truths, alone)
    true = to_bits(index for index, truth in enumerate(truths) if truth)
    unknown = to_bits(index for index, truth in enumerate(truths) if truth is None)
    rules = RuleTables(edition, {})
    live = rules.live(true | unknown)
    found = rules.settle(true & live, unknown & live)
    assert (found.applies, found.certain, found.alone) == (expected.applies, expected.certain, alone)
    assert (found.wins, found.may, found.possible) == (wins, expected.may & able, possible)
    assert found.outcome is settle(edition, wins, able)
    assert found.reach == reach_of(edition, expected, possible)
    assert found.open == (unknown & possible).bit_count()
    assert rules.outcome(true & live, unknown & live) is found.outcome


def editions_of(policies: PolicySet) -> Iterator[Edition]:
    for policy in policies.policies:
        yield from policy.editions


@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])
@given(rule_sets(), truths_of_rules)
def test_random_rules_settle_as_the_reference_says(rules: tuple[Rule, ...], values: list[Truth]) -> None:
    try:
        policies = load(rules)
    except PolicyFaults:
        assume(False)
    for edition in editions_of(policies):
        expect_the_reference(edition, values)


@settings(max_examples=60)
@given(tables(), truths_of_rules)
def test_rows_of_a_table_settle_as_the_reference_says(table: Table, values: list[Truth]) -> None:
    for edition in editions_of(table.policies()):
        expect_the_reference(edition, values)


@settings(max_examples=200)
@given(st.sampled_from(sorted(FOLDERS)), truths_of_rules)
def test_the_shipped_rules_settle_as_the_reference_says(name: str, values: list[Truth]) -> None:
    for edition in editions_of(policies_of(name)):
        expect_the_reference(edition, values)


REQUESTS = 100_000


def test_what_is_cached_of_many_different_requests_stays_within_its_bounds() -> None:
    policies = load_policies(folder("shipped"))
    chance, met = random.Random(7), set[tuple[object, ...]]()
    while len(met) < REQUESTS:
        # Most facts are known, so that most answers are soon found.
        drawn = {
            name: chance.choice(values) if chance.random() < 0.97 else None
            for name, values in DECISIVE.items()
        }
        key = tuple(map(str, drawn.values()))
        if key not in met:
            met.add(key)
            request = make_request(spread(drawn))
            outcome = decide(policies, request, decision_id="d", evaluated_at=NOW).outcome
            assert outcome_of(policies, request, evaluated_at=NOW) is outcome
    compiled = compile_policies(policies)
    assert len(compiled.known) <= MAX_KNOWN
    caches = [*caches_in(compiled)]
    assert [cache.limit for cache in caches if len(cache) > cache.limit] == []
    assert any(len(cache) > 10_000 for cache in caches)
