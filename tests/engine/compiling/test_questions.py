"""Lists of missing facts, cached by what they depend on: lines that differ in little are answered as by walking.

Covers: engine.compiling.questions, engine.compiling.tried_answers
"""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine import PolicyFaults, load_policies
from engine.compiling import compile_policies
from tests.engine.test_compiling import (
    ABSENT,
    DAYS,
    FACT_VALUES,
    RANDOM_FACTS,
    as_request,
    check_agreement,
    laboratory,
    policy_folders,
)
from tests.support.folders import FOLDERS, policies_of
from tests.support.shipped_words import make_request
from tests.support.strategies import DECISIVE, Plain, spread

one_change = st.sampled_from(sorted(FACT_VALUES)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from([*FACT_VALUES[name], None, ABSENT]))
)
"""A fact and what is stated of it instead: another value, that it is not known, or nothing."""


@settings(max_examples=120, suppress_health_check=[HealthCheck.filter_too_much])
@given(policy_folders(), RANDOM_FACTS, st.lists(one_change, min_size=8, max_size=20), st.sampled_from(DAYS))
def test_lines_of_random_policies_that_differ_in_one_fact_after_another_are_answered_as_by_walking(
    files: dict[str, bytes], facts: dict[str, Any], changes: list[tuple[str, Any]], day: str
) -> None:
    try:
        policies = load_policies(files)
    except PolicyFaults:
        assume(False)
    check_agreement(policies, as_request(facts, [], day))
    for name, value in changes:
        facts = {**facts, name: value}
        check_agreement(policies, as_request(facts, [], day))


shipped_change = st.sampled_from(sorted(DECISIVE)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from([*DECISIVE[name], None, ABSENT]))
)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(FOLDERS)),
    st.lists(shipped_change, min_size=10, max_size=40),
    st.sampled_from(["1964-12-31", "1965-03-01", "1965-06-30"]),
)
def test_lines_of_shipped_policies_that_differ_in_one_fact_after_another_are_answered_as_by_walking(
    name: str, changes: list[tuple[str, Any]], day: str
) -> None:
    flat: Plain = {}
    for fact, value in changes:
        flat = {**flat, fact: value}
        stated = {known: found for known, found in flat.items() if found is not ABSENT}
        check_agreement(policies_of(name), make_request(spread(stated, as_of=day)))


def test_a_planned_day_that_is_missing_counts_by_the_day_of_the_request() -> None:
    policies = laboratory('handover.planned_on > d"2024-06-15"')
    flat = {"mission.countries": ["FR"], "item.kind": "sample"}
    for day in ("2024-06-01", "2024-06-15", "2024-07-01", "2024-06-01"):
        check_agreement(policies, make_request(spread(flat, as_of=day)))


@pytest.mark.parametrize("beside", [[], ["FR"], ["KP"]], ids=["alone", "beside-another", "beside-korea"])
def test_countries_that_share_their_rules_miss_parameters_of_their_own(beside: list[str]) -> None:
    policies = policies_of("shipped")
    flat = {"trigger": "ad_hoc_request", "handover.by": "committee", "urgency.time_sensitive": False}
    for country in ("AL", "VN", "CU", "KP", "AL"):
        request = make_request(spread({**flat, "mission.countries": [country, *beside]}, as_of="1965-03-01"))
        check_agreement(policies, request)


def test_countries_that_depart_from_no_rule_share_what_follows_from_their_rules() -> None:
    policies = policies_of("shipped")
    found = {
        edition.policy.name: edition.tables
        for edition in compile_policies(policies).interval_on(dt.date(1965, 3, 1)).editions
    }
    assert found["albania"] is found["cuba"] is found["vietnam"]
    assert len({*map(id, found.values())}) == len(found) - 2
