"""What is missing: whatever could change the answer, alone or with other answers; and which question comes first."""

import datetime as dt
import sys
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine import LineDecision, Outcome, PolicySet, decide, decide_by_walking, load_policies
from engine.contract.vocabulary import country_facts
from engine.evaluation.default_logic import assess
from tests.engine.evaluation.test_default_logic import (
    ALWAYS,
    DAY,
    DOMAINS,
    Condition,
    Rule,
    accepted,
    load,
    rule,
    rule_sets,
)
from tests.support.folders import policies_of
from tests.support.mistakes import ROOT
from tests.support.shipped_words import make_request
from tests.support.strategies import ask, spread

STARTER = ROOT / "api" / "files" / "starter" / "policies"
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
AGREED: dict[str, Any] = {
    "request_id": "r",
    "as_of": "1965-06-30",
    "mission": {"countries": ["KP"]},
    "visit": {"border_area": "none"},
    "handover": {"by": "committee", "to": "counterpart_institution"},
    "items": [
        {
            "kind": "drawing",
            "legacy_list": "none",
            "channel": {
                "reported_to_committee": True,
                "consultation": "agreed",
                "committee_agrees": True,
                "accepted_as_project": True,
                "inclusion": "agreed_to_include",
                "inclusion_session": 8,
            },
        }
    ],
}


def missing(**stated: Any) -> tuple[Outcome, list[str]]:
    policies = policies_of("Korea's institution is not known")
    request = make_request(AGREED | stated)
    (line,) = decide(policies, request, decision_id="d", evaluated_at=NOW).lines
    return line.outcome, [found.fact for found in line.missing]


def test_a_question_that_only_leads_to_the_next_one_comes_first_and_names_it() -> None:
    assert missing() == (Outcome.NEEDS_INFORMATION, ["trigger", "parameters.korea.counterpart"])


def test_the_next_question_comes_once_the_first_is_answered() -> None:
    outcome, facts = missing(trigger="ad_hoc_request")
    assert outcome is Outcome.NEEDS_INFORMATION
    assert facts == ["parameters.korea.counterpart"]


Values = tuple[Any, ...]
LABORATORY_FACTS = tuple(DOMAINS)


def able_to_change(outcomes: dict[Values, Outcome], known: Values) -> set[str]:
    """The unknown facts some answer to which changes the outcome, alone or after others were answered."""
    able = set()
    for values, outcome in outcomes.items():
        if all(stated in (None, value) for stated, value in zip(known, values, strict=True)):
            for position, name in enumerate(LABORATORY_FACTS):
                without = (*values[:position], None, *values[position + 1 :])
                if known[position] is None and outcome is not outcomes[without]:
                    able.add(name)
    return able


@settings(max_examples=100, suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(
    rule_sets(),
    st.lists(st.tuples(*(st.sampled_from((*v, None, None)) for v in DOMAINS.values())), max_size=5),
)
def test_whatever_the_rules_no_fact_is_left_out_that_can_change_the_outcome(
    rules: tuple[Rule, ...], requests: list[Values]
) -> None:
    policies = accepted(rules)
    country = country_facts("FR", policies.countries)
    outcomes = {
        values: assess(policies, DAY, country | dict(zip(DOMAINS, values, strict=True))).outcome
        for values in product(*((*values, None) for values in DOMAINS.values()))
    }
    for known in [(None,) * len(DOMAINS), *requests]:
        flat = {"mission.countries": ["FR"], **dict(zip(DOMAINS, known, strict=True))}
        (line,) = ask(policies, spread(flat, as_of=str(DAY))).lines
        able = able_to_change(outcomes, known)
        event(f"{len(able)} can change it, {len(line.missing) - len(able)} more are listed")
        assert able <= {missing.fact for missing in line.missing}, known


@pytest.mark.parametrize(
    "condition",
    [
        "visit.starts_on < handover.planned_on",
        'visit.starts_on - t"P3D" > handover.planned_on',
        'handover.planned_on < visit.starts_on - t"P3D"',
        'handover.planned_on + t"P1D" == visit.starts_on',
    ],
)
def test_a_day_is_missing_that_is_compared_with_another_however_it_is_written(condition: str) -> None:
    policies = load((rule("r0", ALWAYS, "hold"), rule("r1", Condition(condition, bool), "refuse", "r0")))
    flat = {"mission.countries": ["FR"], "handover.by": "committee", "handover.planned_on": "2024-07-10"}
    (line,) = ask(policies, spread(flat, as_of=str(DAY))).lines
    (question,) = line.missing
    assert question.fact == "visit.starts_on"
    assert Outcome.REFUSE in question.would_lead_to.values()


def _a_table_of(rows: int) -> PolicySet:
    """The folder of `channelgate new`, its table beginning with rows each of which asks a fact of its own."""
    files = {file.name: file.read_text() for file in STARTER.glob("*.yaml")}
    files["vocabulary.yaml"] += "".join(
        f"\n  - fact: item.of_{n}\n    kind: truth\n    ask: Is it?\n    answered_by: host\n"
        for n in range(rows)
    )
    first = "      - rule: refused-by-the-desk\n"
    before = "".join(
        f"      - {{rule: row-{n}, clause: [C3], when: item.of_{n}, outcome: hold,\n"
        "         duties: [{who: host, must: wait, clause: C2}], say: Please wait.}\n"
        for n in range(rows)
    )
    assert first in files["directive.yaml"]
    files["directive.yaml"] = files["directive.yaml"].replace(first, before + first)
    return load_policies({name: text.encode() for name, text in files.items()})


def _answered_by_a_table(rows: int) -> tuple[int, LineDecision]:
    """The answer where nothing but the country is known, and how many calls it takes to walk to it."""
    policies, calls = _a_table_of(rows), 0
    request = policies.vocabulary.request.model_validate(
        {"request_id": "r", "as_of": "2026-11-20", "mission": {"countries": ["FR"]}, "items": [{}]}
    )

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        walked = decide_by_walking(policies, request, decision_id="d", evaluated_at=NOW)
    finally:
        sys.setprofile(None)
    assert walked == decide(policies, request, decision_id="d", evaluated_at=NOW)
    return calls, walked.lines[0]


def test_twice_the_rows_of_a_table_whose_facts_are_unknown_are_at_most_about_four_times_the_work() -> None:
    (few, _), (many, line) = _answered_by_a_table(30), _answered_by_a_table(60)
    assert {f"item.of_{n}" for n in range(60)} < {missing.fact for missing in line.missing}
    assert many < 5 * few
