"""Groups of countries, on whatever days: however a request is decided, the answer is the same."""

import datetime as dt
import random
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine import Decision, Outcome, decide, decide_by_walking, load_policies
from engine.analysis.cases import Requests
from tests.engine.analysis.test_symbolic_logic import answered, case_of, symbolic
from tests.support.country_groups import FILES, PARTNERS, RESTRICTED, grouped
from tests.support.shipped_words import VERSION_1, make_request
from tests.support.strategies import NOW, Plain, ask, spread

DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=200 * n) for n in range(4)]
COUNTRIES = [
    ["IS"],
    ["NZ"],
    ["UY"],
    ["CL"],
    ["BV"],
    ["HM"],
    ["LU"],
    ["FR"],
    ["CD"],
    ["IS", "FR"],
    ["LU", "NZ", "CD"],
]
STATES: list[dict[str, Any]] = [
    {"item.kind": "sample", "item.quantity": quantity, "handover.by": by}
    for quantity, by in product((1, 4, None), ("committee", "other", None))
] + [{"item.kind": "oral_or_visual"}, {"item.kind": None}]
RULES_ABOUT_COUNTRIES = [
    '{country} == "IS" or item.published',
    'mission.country != {country} or {country} in ["CD", "UY"]',
    "{country} != null and mission.country_listed",
    'mission.country == {country} and visit.border_area == "none"',
]


@st.composite
def folders(draw: st.DrawFn) -> dict[str, bytes]:
    """The folder with other days, some of its files, and rules that ask about the country in every way."""

    def days(code: str) -> str:
        first, last = draw(st.sampled_from([*DAYS, None])), draw(st.sampled_from([*DAYS, None]))
        if first and last and last < first:
            first, last = last, first
        ends = [f"from: {first}"] * bool(first) + [f"until: {last}"] * bool(last)
        return ", ".join([f"country: {code}", *ends])

    partners = PARTNERS
    for code in ("UY", "CL"):
        partners = partners.replace(f"{{country: {code}, from: 2026-02-01}}", f"{{{days(code)}}}")
    restricted = RESTRICTED.replace("[BV, HM]", f"[BV, {{{days('HM')}}}]")
    asking = draw(st.sampled_from(RULES_ABOUT_COUNTRIES))
    rule = f"""
  - rule: about-the-country
    clause: H2
    when: {asking!r}
    outcome: {draw(st.sampled_from(["hold", "refuse", "deliver"]))}
    duties: [{{who: host, must: wait}}]
    say: So it is.
"""
    directive = FILES["directive.yaml"].replace("\nrules:\n", f"\nrules:{rule}")
    others = draw(st.sampled_from([FILES["others.yaml"], None]))
    return grouped(directive=directive, partners=partners, restricted=restricted, others=others)


def some_requests() -> list[Plain]:
    """Some of the requests about every country, known and not, around every day."""
    days = [day + dt.timedelta(days=n) for day in DAYS for n in (-1, 0, 1)]
    found = [
        {
            **spread({**state, **({"mission.countries": countries} if countries else {})}, as_of=str(day)),
            "request_id": f"r-{number}",
        }
        for number, (countries, day, state) in enumerate(product([*COUNTRIES, None], days, STATES))
    ]
    return random.Random(len(found)).sample(found, 300)


few = settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)


@few
@given(folders())
def test_the_compiled_policies_answer_as_walking_the_conditions_does(files: dict[str, bytes]) -> None:
    policies = load_policies(files)
    for plain in some_requests():
        request = make_request(plain)
        found: list[Decision] = [
            way(policies, request, decision_id="d", evaluated_at=NOW) for way in (decide, decide_by_walking)
        ]
        event(found[0].outcome)
        assert found[0] == found[1], plain


@few
@given(folders())
def test_the_formulas_of_proofs_answer_as_is_decided(files: dict[str, bytes]) -> None:
    policies = load_policies(files)
    requests = Requests(policies)
    for plain in some_requests():
        assert by_formulas(requests, plain) is ask(policies, plain).outcome, plain


def by_formulas(requests: Requests, plain: Plain) -> Outcome:
    request = make_request(plain)
    assert request.as_of is not None
    outcomes = []
    for country in request.mission.countries if request.mission and request.mission.countries else [None]:
        case = case_of(requests, request.as_of, country)
        facts = {
            name: symbolic(value)
            for name, value in VERSION_1.flatten(request, request.items[0], request.as_of).items()
        }
        outcomes.append(answered(requests, case, {**facts, case.interval.as_of: symbolic(request.as_of)}))
    return max(outcomes, key=lambda outcome: outcome.strictness)


@settings(few, max_examples=3)
@given(folders())
def test_tables_are_answered_as_is_decided(files: dict[str, bytes]) -> None:
    pytest.importorskip("ibis", reason="the extra `tables` is not installed")
    from api.bulk.screening.screening import screen_requests
    from tests.support.screened import DAY, assert_as_decided, read_all

    policies = load_policies(files)
    rows = read_all(some_requests())
    assert_as_decided(policies, rows, screen_requests(policies, rows, DAY))


def test_a_country_that_no_file_names_is_one_of_all_others_whatever_its_code() -> None:
    policies = load_policies(grouped())
    answers = set()
    for code in ("FR", "ZW", "KP", "US", "UY"):
        state = {**STATES[0], "mission.countries": [code]}
        (line,) = ask(policies, spread(state, as_of="2024-06-30")).lines
        answers.add((line.outcome, line.rules, line.clauses, line.say))
    assert len(answers) == 1
