"""The second implementation of the default logic, as formulas, against `decide`: on all requests of small
vocabularies, on drawn policy sets, and on drawn requests of the shipped set and what officers make of it.

Covers: engine.analysis.cases, engine.analysis.formulas, engine.analysis.symbols, engine.analysis.translating
"""

from __future__ import annotations

import datetime as dt
import functools
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from engine import Outcome, PolicySet, load_policies
from engine.analysis.cases import ProofCase, Requests
from engine.analysis.formulas import Assignment, Formulas
from engine.analysis.symbols import Choices, Domain, Range, fact_terms
from engine.analysis.translating import Translator, number_of
from engine.contract.vocabulary import Value, country_facts
from engine.evaluation.default_logic import answer_line, assess
from engine.language.expressions import Expression, evaluate
from tests.engine.evaluation.test_default_logic import (
    ALWAYS_BEATEN,
    DAY,
    DOMAINS,
    RESTING_ON_WHAT_MAY_BE_BEATEN,
    SKELETON,
    Rule,
    accepted,
    rule_sets,
    sets,
)
from tests.properties.test_oracle import KIND_OF, VALUES, expressions
from tests.support.folders import FOLDERS, policies_of
from tests.support.shipped_words import VERSION_1, make_request
from tests.support.strategies import Plain, ask, requests, spread

# Conditions, over every way the facts can be known or not


def symbolic(value: Value | None) -> bool | str | Fraction | None:
    return value if value is None or isinstance(value, bool | str) else number_of(value)


TEXTS = ["KP", "AL", "", 'a"b', "a'\\b", "{x}", "é\n"]
CHOICES = ["document", "drawing", "sample", "none"]
FINITE: dict[str, Domain] = {
    name: Choices({"truth": (True, False), "text": tuple(TEXTS), "choice": tuple(CHOICES)}[kind])
    for name, kind in KIND_OF.items()
    if kind in ("truth", "text", "choice")
}
ANY_NUMBER = Range(Fraction(-100), Fraction(10**7), whole=False)
partial_facts = st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in KIND_OF.items()})


@settings(max_examples=400)
@given(expressions, partial_facts)
def test_a_translated_condition_is_true_false_or_unknown_exactly_as_the_tree(
    expression: Expression, facts: dict[str, Value | None]
) -> None:
    formulas = Formulas()
    ranges = {name: kind for name, kind in KIND_OF.items() if name not in FINITE}
    terms = fact_terms(formulas, {**FINITE, **dict.fromkeys(ranges, ANY_NUMBER)})
    true, false = Translator(formulas, terms).truth(expression)
    given_facts = {name: symbolic(value) for name, value in facts.items()}
    expected = evaluate(expression, facts)
    event(str(expected))
    assert formulas.holds(true, given_facts) is (expected is True)
    assert formulas.holds(false, given_facts) is (expected is False)


# Policy sets


def answered(requests: Requests, case: ProofCase, facts: Assignment) -> Outcome:
    """The one outcome that the formulas give; fails if they give none, or two."""
    answers = requests.situation(case).answers
    (outcome,) = [outcome for outcome, formula in answers.items() if requests.formulas.holds(formula, facts)]
    return outcome


def case_of(requests: Requests, day: dt.date, country: str | None) -> ProofCase:
    named = (
        country
        if country is None or country in requests.vocabulary.countries
        else requests.vocabulary.countries[-1]
    )
    (case,) = [
        case
        for case in requests.cases
        if case.interval.first <= day <= case.interval.last and case.country == named
    ]
    return case


COUNTRIES = ("FR", "DE", None)


@functools.cache
def every_state() -> list[dict[str, Any]]:
    """Every way of knowing, or not knowing, the facts of the drawn rule sets."""
    states = product(*((*values, None) for values in DOMAINS.values()))
    return [dict(zip(DOMAINS, values, strict=True)) for values in states]


def check_everywhere(policies: PolicySet, requests: Requests) -> None:
    for country in COUNTRIES:
        case = case_of(requests, DAY, country)
        facts = country_facts(country, policies.countries)
        for state in every_state():
            known = {name: value for name, value in state.items() if value is not None}
            expected = assess(policies, DAY, {**facts, **known}).outcome
            symbols = {name: symbolic(value) for name, value in known.items()}
            assert answered(requests, case, symbols) is expected, (country, known)


@settings(sets, max_examples=40)
@given(rule_sets())
@example(ALWAYS_BEATEN)
@example(RESTING_ON_WHAT_MAY_BE_BEATEN)
def test_every_request_of_a_small_vocabulary_is_answered_as_it_is_decided(rules: tuple[Rule, ...]) -> None:
    policies = accepted(rules)
    check_everywhere(policies, Requests(policies))


# The shipped set, and what officers may make of it


@functools.cache
def requests_of(name: str) -> Requests:
    return Requests(policies_of(name))


@settings(max_examples=600)
@given(st.sampled_from(sorted(FOLDERS)), requests())
def test_a_drawn_request_is_answered_as_it_is_decided(name: str, request: Plain) -> None:
    symbolically = requests_of(name)
    posted = make_request(request)
    decision = ask(policies_of(name), request)
    countries = posted.mission.countries if posted.mission and posted.mission.countries else [None]
    for item, line in zip(posted.items, decision.lines, strict=True):
        known = VERSION_1.flatten(posted, item, decision.as_of)
        outcomes = set()
        for country in countries:
            case = case_of(symbolically, decision.as_of, country)
            facts = {name: symbolic(value) for name, value in known.items()}
            facts[case.interval.as_of] = symbolic(decision.as_of)
            outcomes.add(answered(symbolically, case, facts))
        event(line.outcome)
        # What cases.py says of several countries: the strictest of the single answers is the answer.
        assert line.outcome is max(outcomes, key=lambda outcome: outcome.strictness)


def test_the_answer_for_several_countries_is_the_strictest_of_the_single_answers() -> None:
    for status in ("in_force", "proposed"):
        for one, other in product(Outcome, repeat=2):
            single = [answer_line([outcome], status) for outcome in (one, other)]
            strictest = max(single, key=lambda outcome: outcome.strictness)
            assert answer_line([one, other], status) is strictest


DATED = """
  - rule: by-the-day
    clause: H2
    when: handover.planned_on + t"P30D" < as_of or as_of > d"2024-06-15"
    outcome: refuse
    duties: [{who: host, must: wait}]
    say: So it is.
"""


def test_days_and_what_is_added_to_them_are_followed(dated: PolicySet) -> None:
    symbolically = Requests(dated)
    days = [dt.date.min, dt.date(2024, 5, 15), dt.date(2024, 5, 16), dt.date(2024, 5, 17), dt.date.max, None]
    for planned, as_of in product(days, [dt.date(2024, 6, 15), dt.date(2024, 6, 16), dt.date(2019, 12, 31)]):
        flat = {"mission.countries": ["FR"], "handover.planned_on": planned and str(planned)}
        case = case_of(symbolically, as_of, "FR")
        facts = {"handover.planned_on": symbolic(planned), case.interval.as_of: symbolic(as_of)}
        expected = ask(dated, spread(flat, as_of=str(as_of))).outcome
        assert answered(symbolically, case, facts) is expected, (planned, as_of)


@pytest.fixture(scope="module")
def dated() -> PolicySet:
    assert "\nrules:\n" in SKELETON["directive.yaml"]
    directive = SKELETON["directive.yaml"].replace("\nrules:\n", f"\nrules:{DATED}")
    return load_policies(
        {"directive.yaml": directive.encode(), "france.yaml": SKELETON["france.yaml"].encode()}
    )
