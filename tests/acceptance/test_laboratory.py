"""Another subject with its own parties and countries is another folder, without a line of Python."""

from pathlib import Path
from typing import Any

import pytest

from engine import LineDecision, Outcome, PolicySet, load_policies
from tests.support.strategies import ABSENT, ask, restated, spread

FOLDER = {
    path.name: path.read_bytes()
    for path in (Path(__file__).parents[1] / "data" / "laboratory").glob("*.yaml")
}
SENT: dict[str, Any] = {
    "mission.countries": ["FR"],
    "item.kind": "sample",
    "item.quantity": 3,
    "handover.by": "committee",
}


@pytest.fixture(scope="module")
def laboratory() -> PolicySet:
    return load_policies(FOLDER)


def line(policies: PolicySet, day: str, **changed: Any) -> LineDecision:
    """The answer for the one item of a request like SENT; `__` in a name stands for the dot."""
    facts = SENT | {name.replace("__", "."): value for name, value in changed.items()}
    return ask(policies, spread(facts, as_of=day)).lines[0]


def test_its_own_rule_and_clause_decide(laboratory: PolicySet) -> None:
    answer = line(laboratory, "2024-06-30", handover__by="other")
    assert answer.outcome is Outcome.ROUTE_BILATERAL
    assert answer.rules == ("no-sample-leaves",)
    assert answer.clauses == ("H1", "H2")
    assert answer.say == "Please ask the safety office."
    assert [duty.who for duty in answer.duties] == ["host"]


@pytest.mark.parametrize(
    ("day", "quantity", "outcome"),
    [
        ("2024-12-31", 2, Outcome.DELIVER),
        ("2024-12-31", 3, Outcome.DELIVER),
        ("2024-12-31", 4, Outcome.ROUTE_BILATERAL),
        ("2024-12-31", 5, Outcome.ROUTE_BILATERAL),
        ("2025-01-01", 4, Outcome.DELIVER),
        ("2025-01-01", 5, Outcome.DELIVER),
        ("2025-01-01", 6, Outcome.ROUTE_BILATERAL),
    ],
)
def test_the_value_of_a_parameter_holds_from_its_first_day_to_its_last(
    laboratory: PolicySet, day: str, quantity: int, outcome: Outcome
) -> None:
    assert line(laboratory, day, item__quantity=quantity).outcome is outcome


@pytest.mark.parametrize(("day", "spoken"), [("2024-12-31", "3"), ("2025-01-01", "5")])
def test_duties_speak_of_the_value_of_the_day(laboratory: PolicySet, day: str, spoken: str) -> None:
    assert [duty.must for duty in line(laboratory, day).duties] == [f"send at most {spoken} samples"]


def test_an_answer_is_not_relied_on_beyond_the_day_on_which_a_value_changes(laboratory: PolicySet) -> None:
    request = spread(SENT, as_of="2024-12-31")
    assert str(ask(laboratory, request).valid_until) == "2024-12-31"


@pytest.mark.parametrize(
    ("day", "status", "outcome"),
    [
        ("2019-12-31", "proposed", Outcome.REFER),
        ("2020-01-01", "in_force", Outcome.DELIVER),
        ("2029-12-31", "in_force", Outcome.DELIVER),
        ("2030-01-01", "proposed", Outcome.REFER),
    ],
)
def test_it_holds_from_its_first_day_to_its_last(
    laboratory: PolicySet, day: str, status: str, outcome: Outcome
) -> None:
    decision = ask(laboratory, spread(SENT, as_of=day))
    assert (decision.policy.status, decision.outcome) == (status, outcome)
    would = decision.lines[0].if_in_force
    assert (would and would.outcome) == (Outcome.DELIVER if status == "proposed" else None)


def test_a_country_of_the_other_directive_is_not_governed(laboratory: PolicySet) -> None:
    answer = line(laboratory, "2024-06-30", mission__countries=["KP"])
    assert answer.outcome is Outcome.NOT_GOVERNED
    assert answer.clauses == ("H4",)
    assert answer.say == "The rules do not cover this."


def test_what_no_rule_settles_is_referred(laboratory: PolicySet) -> None:
    answer = line(laboratory, "2024-06-30", item__kind="drawing")
    assert answer.outcome is Outcome.REFER
    assert answer.say == "The safety office has to decide."


@pytest.mark.parametrize("unknown", [None, ABSENT])
@pytest.mark.parametrize("fact", SENT)
def test_no_fact_can_be_left_out(laboratory: PolicySet, fact: str, unknown: Any) -> None:
    request = restated(spread(SENT, as_of="2024-06-30"), fact, unknown)
    assert not ask(laboratory, request).outcome.permits


def test_a_third_country_is_one_more_file() -> None:
    spain = FOLDER["france.yaml"].replace(b"france", b"spain").replace(b"France", b"Spain")
    policies = load_policies(
        {**FOLDER, "spain.yaml": spain.replace(b"FR", b"ES").replace(b"value: 3", b"value: 1")}
    )
    assert policies.countries == {"ES", "FR"}
    for country, quantity, outcome in (
        ("ES", 1, Outcome.DELIVER),
        ("ES", 3, Outcome.ROUTE_BILATERAL),
        ("FR", 3, Outcome.DELIVER),
        ("PT", 1, Outcome.NOT_GOVERNED),
    ):
        answer = line(policies, "2024-06-30", mission__countries=[country], item__quantity=quantity)
        assert answer.outcome is outcome
