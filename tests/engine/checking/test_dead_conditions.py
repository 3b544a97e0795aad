"""Which conditions are reported never to hold (X02): what some facts make true is never among them.

The search is held against facts that are drawn, against every combination of a few facts, and against the solver.

Covers: engine.checking.inequalities
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from engine import Verdict, load_policies, prove
from engine.analysis.formulas import Formulas
from engine.analysis.solving import Solver
from engine.analysis.symbols import Choices, Domain, Range, fact_terms
from engine.analysis.translating import LAST_DAY, Translator
from engine.checking.dead_conditions import can_hold
from engine.contract.vocabulary import Kind, Value, Word
from engine.language.expression_parts import fact_names, walk
from engine.language.expressions import (
    And,
    Choose,
    Compare,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
    evaluate,
)
from engine.language.rule_engine_parser import parse_condition
from tests.engine.evaluation.test_default_logic import SKELETON
from tests.properties.test_oracle import VALUES as OF_KIND
from tests.properties.test_oracle import comparisons, durations, equalities, expressions, joined, signs
from tests.support.shipped_words import WORDS
from tests.support.vocabulary import PARAMETERS, VOCABULARY, parse

ALL = {**VOCABULARY, **{f"{{{name}}}": word for name, word in PARAMETERS.items()}}


@pytest.mark.parametrize(
    "text",
    [
        'visit.starts_on + t"P30D" <= as_of',
        'visit.starts_on + t"P30D" < as_of',
        'visit.starts_on + t"P30D" == as_of',
        'visit.starts_on <= as_of - t"P30D"',
        'visit.starts_on + t"P30D" >= as_of',
        "visit.starts_on < as_of",
        'visit.starts_on >= as_of + t"P1D" and visit.starts_on <= as_of + t"P1D"',
        "item.quantity + item.channel.inclusion_session == 7.3 and item.quantity == 2",
        "item.quantity - item.channel.inclusion_session > 500",
        "item.quantity > 1.5 and item.quantity < 1.6",
        "visit.starts_on < as_of and as_of < visit.ends_on and visit.ends_on < handover.planned_on",
        "visit.starts_on < as_of and as_of < visit.ends_on and visit.ends_on < handover.planned_on"
        ' and visit.starts_on > d"1965-01-01" and handover.planned_on < d"1965-01-06"',
        "mission.name != mission.organiser and mission.organiser != visit.place and visit.place != mission.name",
        'item.quantity + (item.published ? 20 : 10) == 15 and item.kind not in ["data", "software"]',
        '(visit.starts_on < as_of) == (visit.ends_on + t"P90D" < as_of)',
        "visit.starts_on == null",
    ],
)
def test_a_condition_that_some_facts_make_true_can_hold(text: str) -> None:
    assert can_hold(parse_condition(text, WORDS, {}), WORDS)


@pytest.mark.parametrize(
    "text",
    [
        'visit.starts_on + t"P30D" <= as_of and visit.starts_on >= as_of',
        'visit.starts_on + t"P30D" == as_of and visit.starts_on == as_of + t"P30D"',
        'as_of > d"1965-01-01" and as_of < d"1965-01-02"',
        'as_of >= d"1965-01-01" and as_of <= d"1965-01-02" and as_of not in [d"1965-01-01", d"1965-01-02"]',
        'as_of - t"P3D" > d"9999-12-30"',
        "visit.starts_on < as_of and as_of < visit.ends_on and visit.ends_on < visit.starts_on",
        "visit.starts_on < as_of and as_of < visit.ends_on and visit.ends_on < handover.planned_on"
        ' and visit.starts_on > d"1965-01-01" and handover.planned_on < d"1965-01-05"',
        "item.quantity > 5 and item.quantity < 3",
        "item.quantity > 5 and item.quantity + item.channel.inclusion_session < 3 and"
        " item.channel.inclusion_session > 0",
        'item.kind == "sample" and item.kind == "drawing"',
        'item.kind == "sample" and item.kind not in ["sample", "drawing"]',
        'handover.by not in ["other", "committee"] and handover.by != "receiving_department"',
        'mission.country == "KP" and mission.country == mission.name and mission.name == "AL"',
        "item.published and not item.published",
        "item.published != urgency.time_sensitive and urgency.time_sensitive != urgency.eagerly_wanted"
        " and urgency.eagerly_wanted != item.published",
        "item.quantity + (item.published ? 20 : 10) == 15 and item.published and item.quantity >= 0",
        'mission.name != null and item.kind == "sample" and item.kind == "drawing"',
    ],
)
def test_a_condition_that_no_facts_make_true_cannot_hold(text: str) -> None:
    assert not can_hold(parse_condition(text, WORDS, {}), WORDS)


@pytest.mark.parametrize(
    "when",
    [
        'visit.starts_on + t"P30D" <= as_of',
        'visit.starts_on + t"P30D" == as_of',
        'visit.starts_on <= as_of - t"P30D"',
    ],
)
def test_a_rule_that_waits_for_days_to_pass_loads_and_is_proved_to_decide_something(when: str) -> None:
    rule = f"""
  - rule: days-have-passed
    clause: H2
    when: {when}
    outcome: refuse
    duties: [{{who: host, must: wait}}]
    say: So it is.
"""
    directive = SKELETON["directive.yaml"].replace("\nrules:\n", f"\nrules:{rule}")
    files = {"directive.yaml": directive, "france.yaml": SKELETON["france.yaml"]}
    policies = load_policies({name: text.encode() for name, text in files.items()})
    verdicts = {o.name: o.verdict for group in prove(policies).groups for o in group.obligations}
    assert verdicts["no-dead-rule days-have-passed"] is Verdict.PROVED


# Conditions that do sums with few facts, so that they are often true, and often never

FEW = ("as_of", "visit.starts_on", "{first_day}", "item.quantity", "item.channel.session", "urgent")
DAYS = [dt.date(1965, 1, 1) + dt.timedelta(days) for days in range(7)]
SMALL: dict[str, list[Value]] = {
    "as_of": [*DAYS],
    "visit.starts_on": [*DAYS],
    "{first_day}": [*DAYS],
    "item.quantity": [0, 1, 2, 3],
    "item.channel.session": [0, 1, 2, 3],
    "urgent": [True, False],
}


def of(kind: Kind) -> st.SearchStrategy[Fact]:
    return st.builds(Fact, st.sampled_from([name for name in FEW if ALL[name].kind is kind]))


urgency = st.just(Fact("urgent"))
days = st.recursive(
    of(Kind.DATE) | of(Kind.DATE) | st.builds(Constant, st.sampled_from(DAYS)),
    lambda inner: st.builds(Sum, signs, inner, durations) | st.builds(Choose, urgency, inner, inner),
    max_leaves=3,
)
amounts = st.recursive(
    of(Kind.NUMBER) | of(Kind.NUMBER) | st.builds(Constant, st.integers(-2, 5)),
    lambda inner: st.builds(Sum, signs, inner, inner) | st.builds(Choose, urgency, inner, inner),
    max_leaves=3,
)
calculating: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(
        st.builds(Compare, comparisons, days, days),
        st.builds(Compare, comparisons, amounts, amounts),
        st.builds(OneOf, days, st.lists(st.sampled_from(DAYS), min_size=1, max_size=3).map(tuple)),
        urgency,
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(joined, st.just(And), st.lists(inner, min_size=2, max_size=4)),
        st.builds(joined, st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=3)),
        st.builds(Compare, equalities, inner, inner),
    ),
    max_leaves=6,
)


def small_facts(condition: Expression) -> Iterator[dict[str, Value]]:
    """Every combination of a few values of the facts that the condition reads."""
    names = sorted(fact_names(condition))
    for values in product(*(SMALL[name] for name in names)):
        yield dict(zip(names, values, strict=True))


@settings(max_examples=150)
@given(calculating)
@example(parse('visit.starts_on + t"P3D" <= as_of'))
@example(parse('visit.starts_on == as_of - t"P5D"'))
def test_what_some_of_all_combinations_of_a_few_facts_makes_true_can_hold(condition: Expression) -> None:
    holds = any(evaluate(condition, facts) is True for facts in small_facts(condition))
    possible = can_hold(condition, ALL)
    event(f"holds: {holds}, said to: {possible}")
    assert possible or not holds


def values_of(word: Word) -> st.SearchStrategy[Value]:
    return st.sampled_from(word.choices) if word.choices else OF_KIND[word.kind]


known_or_not = st.fixed_dictionaries({name: st.none() | values_of(word) for name, word in ALL.items()})


@settings(max_examples=300)
@given(expressions, st.lists(known_or_not, min_size=5, max_size=10))
def test_what_drawn_facts_some_of_them_unknown_make_true_can_hold(
    condition: Expression, drawn: list[dict[str, Value | None]]
) -> None:
    holds = any(evaluate(condition, facts) is True for facts in drawn)
    event(f"holds: {holds}")
    assert can_hold(condition, ALL) or not holds


# The solver, over all facts there are

TEXTS = ("KP", "AL", "", 'a"b', "a'\\b", "{x}", "é\n", "another", "another 2")
DOMAIN_OF: dict[Kind, Domain] = {
    Kind.TRUTH: Choices((True, False)),
    Kind.TEXT: Choices(TEXTS),
    Kind.DATE: Range(Fraction(1), LAST_DAY, whole=True),
    Kind.NUMBER: Range(Fraction(-(10**28)), Fraction(10**28), whole=False),
}
DOMAINS = {
    name: Choices(word.choices) if word.choices else DOMAIN_OF[word.kind] for name, word in ALL.items()
}


@settings(max_examples=200)
@given(expressions | calculating)
def test_the_solver_finds_facts_exactly_for_what_is_reported_to_be_able_to_hold(
    condition: Expression,
) -> None:
    formulas = Formulas()
    true, _ = Translator(formulas, fact_terms(formulas, DOMAINS)).truth(condition)
    holds = Solver(formulas, DOMAINS).find(true) is not None
    event(f"holds: {holds}")
    possible = can_hold(condition, ALL)
    assert possible or not holds
    if not any(isinstance(part, Known) for part in walk(condition)):
        assert possible is holds
