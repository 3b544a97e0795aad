"""The compiled policies answer as walking the condition trees does: every part, every byte."""

import copy
import datetime as dt
import functools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from benchmarks.grown_policies import DIGITS, SHAPES
from engine import (
    NO_STATUS,
    Decision,
    PolicyFaults,
    PolicySet,
    Request,
    ServingStatus,
    decide,
    decide_by_walking,
    decide_to_json,
    line_outcomes,
    load_policies,
    outcome_of,
    outcomes_of,
    withhold_claims,
)
from engine.compiling import compile_policies
from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.cache_keys import KeyMaker
from engine.compiling.codegen import compile_conditions
from engine.compiling.condition_index import Lookahead
from engine.compiling.index_building import build_index
from engine.contract.vocabulary import Value
from engine.language.expressions import And, Comparator, Compare, Constant, Expression, Fact, Known, evaluate
from tests.engine.evaluation.test_default_logic import CONDITIONS, Condition, Rule, rule_sets, saying_when
from tests.engine.evaluation.test_default_logic import SKELETON as LABORATORY
from tests.properties.test_oracle import KIND_OF, complete_facts, expressions
from tests.support.folders import FOLDERS, policies_of
from tests.support.shipped_words import COMMITTEE, VERSION_1, make_request
from tests.support.shipped_words import WORDS as FACTS
from tests.support.strategies import NOW, Plain, requests, spread
from tests.support.vocabulary import PARAMETERS, VOCABULARY

WORDS = {**VOCABULARY, **{f"{{{name}}}": word for name, word in PARAMETERS.items()}}
some_names = st.sets(st.sampled_from(sorted(KIND_OF)))


def same_truth(found: Value | None, expected: Value | None) -> bool:
    return type(found) is type(expected) and found == expected


def check_agreement(
    policies: PolicySet,
    request: Request,
    claimed: Sequence[Sequence[str]] = (),
    at: dt.datetime = NOW,
    status: ServingStatus = NO_STATUS,
) -> None:
    """Ask both, the compiled policies twice: the second answer comes from the cache."""
    given_facts: dict[str, Any] = {
        "decision_id": "d-\N{SNOWMAN}",
        "evaluated_at": at,
        "claimed": claimed,
        "status": status,
    }
    expected = decide_by_walking(policies, request, **given_facts)
    for _ in range(2):
        found = decide(policies, request, **given_facts)
        assert found == expected
        assert found.model_fields_set == expected.model_fields_set
        for line, other in zip(found.lines, expected.lines, strict=True):
            assert line.model_fields_set == other.model_fields_set
        assert found.to_json() == expected.to_json()
        written = decide_to_json(policies, request, **given_facts)
        assert written.content == expected.to_json()
        assert written.outcome is expected.outcome
        check_outcomes(policies, request, expected, at, status)


def check_outcomes(
    policies: PolicySet, request: Request, expected: Decision, at: dt.datetime, status: ServingStatus
) -> None:
    """Ask for the outcomes alone, by every way that there is."""
    for _ in range(3):
        assert outcome_of(policies, request, evaluated_at=at, status=status) is expected.outcome
    of_lines = line_outcomes(policies, request, evaluated_at=at, status=status)
    assert of_lines == [line.outcome for line in expected.lines]
    again = [request, request.model_copy()]
    assert outcomes_of(policies, again, evaluated_at=at, status=status) == [expected.outcome] * 2


# Conditions


@given(st.lists(expressions, max_size=4), complete_facts, some_names)
def test_a_compiled_condition_is_worth_what_its_tree_is_worth(
    conditions: list[Expression], facts: dict[str, Value], forgotten: set[str]
) -> None:
    known = {name: value for name, value in facts.items() if name not in forgotten}
    functions = compile_conditions(conditions)
    for function, condition in zip(functions, conditions, strict=True):
        assert same_truth(function(known), evaluate(condition, known))


@given(st.lists(expressions, max_size=6), complete_facts, some_names, some_names)
def test_a_table_of_conditions_finds_what_their_trees_find(
    conditions: list[Expression], facts: dict[str, Value], forgotten: set[str], fixed: set[str]
) -> None:
    known = {name: value for name, value in facts.items() if name not in forgotten}
    parameters = {name: value for name, value in known.items() if name.startswith("{") and name in fixed}
    stated = {name: value for name, value in known.items() if name not in parameters}
    true, unknown = build_index(conditions, parameters, WORDS).evaluate(stated)
    for index, condition in enumerate(conditions):
        found = True if true >> index & 1 else None if unknown >> index & 1 else False
        assert found is evaluate(condition, known)


@given(st.lists(expressions, max_size=6), complete_facts, some_names)
def test_a_table_finds_what_becomes_of_conditions_once_a_fact_is_known(
    conditions: list[Expression], facts: dict[str, Value], forgotten: set[str]
) -> None:
    known = {name: value for name, value in facts.items() if name not in forgotten}
    table = build_index(conditions, {}, WORDS)
    found = table.evaluate(known)
    ahead = Lookahead(table, known, found)
    for name in sorted(facts.keys() - known.keys()):
        change = {name: facts[name]}
        after = ahead.evaluate_each([change, change])
        expected = table.evaluate({**known, **change})
        assert after == [expected, expected] if after else found == expected


def test_a_condition_stays_open_while_another_part_of_it_is() -> None:
    later = Compare(Comparator.LESS, Fact("as_of"), Fact("visit.starts_on"))
    table = build_index([And((Fact("item.published"), later))], {}, WORDS)
    ahead = Lookahead(table, {}, table.evaluate({}))
    assert ahead.evaluate_each([{"item.published": True}, {"item.published": False}]) == [(0, 1), (0, 0)]


@given(requests(), st.sets(st.sampled_from(sorted(FACTS))))
def test_a_key_holds_the_facts_that_are_read_and_no_others(plain: Plain, reads: set[str]) -> None:
    request = make_request(plain)
    maker = KeyMaker(VERSION_1, frozenset(reads))
    keys = maker.of_lines(request, NOW.date())
    for item, key in zip(request.items, keys, strict=True):
        known = {name: value for name, value in maker.facts(key).items() if value is not None}
        assert known == {k: v for k, v in VERSION_1.flatten(request, item, NOW.date()).items() if k in reads}


@given(st.lists(expressions, min_size=2, max_size=5), complete_facts, some_names)
def test_conditions_that_are_found_never_to_hold_together_never_do(
    conditions: list[Expression], facts: dict[str, Value], forgotten: set[str]
) -> None:
    known = {name: value for name, value in facts.items() if name not in forgotten}
    exclusive = build_index(conditions, {}, WORDS).never_together()
    for index, condition in enumerate(conditions):
        if evaluate(condition, known):
            assert not any(
                exclusive[index] >> other & 1 and evaluate(conditions[other], known)
                for other in range(len(conditions))
            )


def test_nothing_that_an_officer_writes_gets_into_the_code_of_a_condition() -> None:
    text = '"); raise SystemExit(  # \n'
    condition = Compare(Comparator.EQUAL, Fact(text), Constant(text))
    (function,) = compile_conditions([condition])
    assert function({text: text}) is True
    code = function.__code__
    assert text not in (*code.co_names, *code.co_varnames, *code.co_consts)


def test_equal_constants_of_different_kinds_are_distinguished() -> None:
    (function,) = compile_conditions(
        [
            And(
                (
                    Compare(Comparator.EQUAL, Fact("n"), Constant(1)),
                    Compare(Comparator.EQUAL, Fact("b"), Constant(True)),
                )
            )
        ]
    )
    assert function({"n": Decimal("1.0"), "b": True}) is True
    assert function({"n": 1, "b": 1}) is False


def test_whether_a_number_is_known_is_found_for_any_number() -> None:
    table = build_index([Known("item.quantity")], {}, WORDS)
    assert table.evaluate({"item.quantity": 7}) == (1, 0)
    assert table.evaluate({}) == (0, 1)


# Decisions


folders = st.sampled_from(sorted(FOLDERS))
every = settings(max_examples=300)


@every
@given(folders, requests(), st.booleans())
def test_the_shipped_policies_decide_alike_compiled_and_walked(
    name: str, plain: Plain, withheld: bool
) -> None:
    request = make_request(plain)
    claimed: tuple[tuple[str, ...], ...] = ()
    if withheld:
        request, claimed = withhold_claims(VERSION_1, request, COMMITTEE)
    check_agreement(policies_of(name), request, claimed)


def test_amounts_that_are_equal_and_written_in_two_ways_are_answered_as_they_are_written() -> None:
    policies = laboratory()
    flat = {"mission.countries": ["FR"], "item.kind": "sample", "handover.by": "other"}
    for amount in (4, Decimal("4.0"), Decimal("4.00"), Decimal("40e-1"), 4):
        stated = spread({**flat, "item.quantity": amount}, as_of="2024-01-01")
        check_agreement(policies, make_request(stated))


@pytest.mark.parametrize("unknown", ["handover.to", "mission.countries", "item.channel.consultation"])
def test_facts_stated_as_not_known_are_distinguished_from_those_not_stated(unknown: str) -> None:
    policies = policies_of("shipped")
    flat = {
        "mission.countries": ["KP"],
        "item.kind": "sample",
        "trigger": "ad_hoc_request",
        "urgency.time_sensitive": False,
        "handover.by": "committee",
        "item.channel.reported_to_committee": True,
    }
    for stated in ({unknown: None}, {}, {unknown: None}):
        facts = {name: value for name, value in flat.items() if name != unknown}
        check_agreement(policies, make_request(spread({**facts, **stated}, as_of="1965-03-01")))


def test_days_between_which_no_policy_changes_are_distinguished_where_a_condition_asks_for_the_day() -> None:
    policies = laboratory('visit.starts_on > as_of and item.kind == "sample"')
    flat = {"mission.countries": ["FR"], "item.kind": "sample", "visit.starts_on": "2024-06-15"}
    for day in ("2024-06-14", "2024-06-15", "2024-06-16"):
        check_agreement(policies, make_request(spread(flat, as_of=day)))


def laboratory(first_condition: str = 'item.kind in ["sample", "specimen"]') -> PolicySet:
    directive = LABORATORY["directive.yaml"].replace('item.kind in ["sample", "specimen"]', first_condition)
    return load_policies(
        {name: text.encode() for name, text in {**LABORATORY, "directive.yaml": directive}.items()}
    )


# Random policy sets

FRANCE = """policy: france
title: Visitors from France
follows: directive
country: FR
parameters:
  largest_quantity:
    - {value: 3, until: 2024-12-31, status: sourced, source: a letter of 2020}
    - {value: 5, from: 2025-01-01, status: sourced, source: a letter of 2024}
"""
GERMANY = """policy: germany
title: Visitors from Germany
follows: directive
country: DE
parameters:
  largest_quantity:
    - {status: not_found, source: nothing}
"""
SPAIN = GERMANY.replace("germany", "spain").replace("Germany", "Spain").replace("DE", "ES")
BORDER = """policy: border
title: Visitors at the border
scope:
  - {scope: at-the-border, clause: H1, when: visit.border_area != "none"}
  - {scope: from-mongolia, clause: H1, when: 'mission.country == "MN"'}
rules:
  - rule: at-the-border-too
    clause: H2
    when: visit.ends_on >= visit.starts_on or trigger == "host_offer"
    outcome: hold
    duties: [{who: host, must: wait}]
    say: Please wait.
  - rule: unless-it-is-published
    exception_to: at-the-border-too
    clause: H2
    when: item.owner in ["the state", "nobody"] or item.published
    outcome: deliver
    duties: [{who: host, must: send it}]
    say: Here it is.
"""
DAYS = ("2019-06-30", "2023-05-05", "2024-06-29", "2024-06-30", "2024-12-31", "2025-01-01", "2030-01-01")
PERIODS = st.sampled_from(
    ["", "", "{from: 2024-01-01}", "{until: 2024-12-31}", "{from: 2023-06-01, until: 2024-06-30}"]
)
MORE_CONDITIONS = st.one_of(
    CONDITIONS,
    st.sampled_from(
        [
            Condition(text, lambda facts: False)
            for text in (
                "item.quantity + 1 > {largest_quantity}",
                "{largest_quantity} != null and item.quantity < {largest_quantity}",
                "item.owner != null",
                'item.owner == department.name or item.owner == "the state"',
                "visit.starts_on > as_of",
                'urgency.deadline < as_of + t"P10D"',
                "item.published ? urgency.time_sensitive : urgency.eagerly_wanted",
                'mission.country in ["FR", "DE"]',
                "mission.country == {country}",
            )
        ]
    ),
)

SPOKEN_FOR_ALL = (
    "item.owner == department.name",
    'mission.country == "MN" or mission.country == "DE"',
    'trigger == "host_offer"',
    "urgency.deadline > as_of",
)
"""Conditions without parameters; some read what no rule may read."""


@st.composite
def policy_folders(draw: st.DrawFn) -> dict[str, bytes]:
    """A directive with random rules, some dated, some citing or saying something conditionally; countries depart."""
    written, names = [], []
    for rule in draw(rule_sets()):
        rule = Rule(
            rule.name,
            draw(st.one_of(st.just(rule.when), MORE_CONDITIONS)),
            rule.outcome,
            rule.exception_to,
            rule.exception_to_every,
            rule.beats,
        )
        names.append(rule.name)
        lines = rule.text.splitlines()
        if period := draw(PERIODS):
            lines.insert(2, f"    in_force: {period}")
        if draw(st.booleans()):
            condition = draw(MORE_CONDITIONS).text
            lines.insert(2, f"    cite_when: [{{when: '{condition}', clause: [H3]}}]")
        if sentences := draw(st.lists(MORE_CONDITIONS, max_size=2)):
            entries = [
                f"{{when: '{one.text}', say: 'No {number} of {{largest_quantity}}.'}}"
                for number, one in enumerate(sentences)
            ]
            lines[-1] = f"    say_when: [{', '.join(entries)}]"
        written += lines
    departures = []
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        lines = [f"  - suspend: {name}"]
        if draw(st.booleans()):
            lines = [f"  - narrow: {name}", f"    when: '{draw(MORE_CONDITIONS).text}'"]
        lines += ["    clause: [H3]", "    reason: So it was agreed."]
        departures += [*lines, f"    in_force: {draw(PERIODS) or '{from: 2020-01-01}'}"]
    directive = LABORATORY["directive.yaml"]
    start, end = directive.index("rules:"), directive.index("standing_answers:")
    answers = saying_when(directive[end:], draw(st.sampled_from(SPOKEN_FOR_ALL)))
    directive = f"{directive[:start]}rules:\n" + "\n".join(written) + f"\n{answers}"
    directive = re.sub(
        r"  - \{clause: H3, who: safety_office, text:.*\n",
        "  - {clause: H3, who: safety_office, text: Sends.}\n",
        directive,
    )
    france = FRANCE + ("deviations:\n" + "\n".join(departures) + "\n" if departures else "")
    files = {
        "spain.yaml": SPAIN,
        "directive.yaml": directive,
        "france.yaml": france,
        "germany.yaml": GERMANY,
        "border.yaml": BORDER,
    }
    return {name: text.encode() for name, text in files.items()}


def known_or_not(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([*values, *values, None, ABSENT])


ABSENT = object()
FACT_VALUES: dict[str, list[Any]] = {
    "mission.countries": [["FR"], ["DE"], ["MN"], ["FR", "DE"], ["FR", "MN", "DE"], ["ES", "DE"], ["US"]],
    "urgency.time_sensitive": [True, False],
    "urgency.eagerly_wanted": [True, False],
    "urgency.deadline": ["2024-07-01"],
    "item.published": [True, False],
    "item.owner": ["the state", "the office"],
    "item.quantity": [2, 3, Decimal("3.0"), 4, 5],
    "department.name": ["the office"],
    "handover.by": ["receiving_department", "committee", "other"],
    "visit.border_area": ["none", "sino_korean", None],
    "visit.starts_on": ["2024-06-30"],
    "visit.ends_on": ["2024-06-29", "2024-07-02"],
    "trigger": ["host_offer", "legacy_list"],
}
RANDOM_FACTS = st.fixed_dictionaries({name: known_or_not(values) for name, values in FACT_VALUES.items()})


def as_request(facts: dict[str, Any], more: list[dict[str, Any]], day: str | None) -> Request:
    stated = {name: value for name, value in facts.items() if value is not ABSENT}
    items = [
        {name: value for name, value in line.items() if name.startswith("item.") and value is not ABSENT}
        for line in more
    ]
    return make_request(spread(stated, *items, as_of=day))


@settings(max_examples=120, suppress_health_check=[HealthCheck.filter_too_much])
@given(policy_folders(), st.data())
def test_random_policies_decide_alike_compiled_and_walked(
    files: dict[str, bytes], data: st.DataObject
) -> None:
    try:
        policies = load_policies(files)
    except PolicyFaults as error:
        event(f"refused for {sorted({finding.code for finding in error.diagnostics})}")
        assume(False)
    drawn = st.tuples(RANDOM_FACTS, st.lists(RANDOM_FACTS, max_size=2), st.sampled_from((None, *DAYS)))
    for facts, more, day in data.draw(st.lists(drawn, min_size=6, max_size=12)):
        request = as_request(facts, more, day)
        check_agreement(policies, request)
        withheld, claimed = withhold_claims(VERSION_1, request, COMMITTEE)
        check_agreement(policies, withheld, claimed)


# Caches


def test_a_copy_of_a_policy_set_starts_without_what_was_cached_for_the_first() -> None:
    policies = laboratory()
    compiled = compile_policies(policies)
    copied = copy.deepcopy(policies)
    assert copied == policies
    assert compile_policies(policies) is compiled
    assert compile_policies(copied) is not compiled


def test_a_memory_forgets_what_was_not_used_of_late() -> None:
    memory: BoundedCache[str] = BoundedCache(10)
    for number in range(100):
        memory.put(number, str(number))
        assert memory.get(0) == "0"
        assert len(memory) <= 10
    assert memory.get(50) is None


def test_a_memory_does_not_keep_what_is_too_heavy() -> None:
    memory: BoundedCache[str] = BoundedCache(10)
    memory.put("heavy", "thing", weight=6)
    assert memory.get("heavy") is None


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize(
    "unknown", ["", "department.id", "item.owner", "mission.countries", "item.published"]
)
def test_many_rules_decide_alike_compiled_and_walked(shape: str, unknown: str) -> None:
    policies = grown(shape)
    country = sorted(policies.countries)[-1]
    flat = dict.fromkeys(DIGITS, "3") | {"mission.countries": [country], "item.published": False}
    flat |= {unknown: None} if unknown else {}
    check_agreement(policies, make_request(spread(flat)))


@functools.cache
def grown(shape: str) -> PolicySet:
    return load_policies(SHAPES[shape](150))
