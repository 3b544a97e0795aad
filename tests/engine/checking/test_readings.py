"""A rule that requires a ruling is in force on the days of the ruling, and cites it."""

import datetime as dt

import pytest

from engine import Outcome, PolicyFaults, PolicySet, load_policies
from tests.engine.evaluation.test_default_logic import SKELETON
from tests.support.strategies import ask, spread

BOOK = """
readings: []
rulings:
  - ruling: R-12
    given_on: 2024-03-01
    given_by: safety_office
    until: 2024-12-31
    allows: Published samples may be given away.
    clause: H2
    source: minutes of 1 March 2024
"""
RULE = """
  - rule: published-samples
    exception_to: no-sample-leaves
    ruling: R-12
    clause: H2
    when: item.published
    outcome: deliver
    duties: [{who: host, must: give it}]
    say: Here it is.
"""


def ruled(book: str = BOOK, rule: str = RULE) -> PolicySet:
    directive = SKELETON["directive.yaml"].replace(
        "standing_answers:", rule.lstrip("\n") + "standing_answers:"
    )
    files = {**SKELETON, "directive.yaml": directive, "readings.yaml": book}
    return load_policies({name: text.encode() for name, text in files.items()})


@pytest.mark.parametrize(
    ("day", "delivered"),
    [("2024-02-29", False), ("2024-03-01", True), ("2024-12-31", True), ("2025-01-01", False)],
)
def test_the_rule_is_in_force_on_the_days_of_the_ruling(day: str, delivered: bool) -> None:
    facts = {"mission.countries": ["FR"], "item.kind": "sample", "item.quantity": 9, "item.published": True}
    answer = ask(ruled(), spread(facts, as_of=day))
    assert (answer.outcome is Outcome.DELIVER) is delivered
    assert ("R-12" in answer.lines[0].readings) is delivered
    assert answer.valid_until <= dt.date(2024, 12, 31) or not delivered


def test_without_its_ruling_the_rule_is_a_fault() -> None:
    with pytest.raises(PolicyFaults) as refused:
        ruled("readings: []\n")
    assert [one.code for one in refused.value.diagnostics] == ["R48"]


def test_the_ruling_is_explained_by_its_mark() -> None:
    policies = ruled()
    assert policies.readings["R-12"].taken == "Published samples may be given away."
    assert policies.readings["R-12"].status == "ruled"


def test_it_is_remarked_once_it_has_ended() -> None:
    policies = ruled()
    assert not [hint for hint in policies.hints_on(dt.date(2024, 12, 31)) if "R-12" in hint.message]
    assert [hint.code for hint in policies.hints_on(dt.date(2025, 1, 1)) if "R-12" in hint.message] == ["H08"]
