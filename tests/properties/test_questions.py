"""The questions about unknown facts: none that could turn the answer is left out, and the next one comes first.

Covers: engine.evaluation.missing_facts, engine.evaluation.open_rules
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from engine import LineDecision, Missing, Outcome, PolicySet
from tests.properties.test_invariants import fact_value
from tests.support.folders import FOLDERS, policies_of
from tests.support.strategies import DECISIVE, PERMITTED, Plain, ask, spread

ANSWERS: dict[str, list[Any]] = DECISIVE | {
    "mission.countries": [[code] for code in ("AL", "CU", "KP", "VN", "FR")],
    "trigger": ["ad_hoc_request", "repeat_request", "legacy_list"],
    "item.kind": ["drawing", "oral_or_visual"],
}
"""For each fact that decides, answers that stand for all others."""

DAYS = ("1965-06-30", "1964-12-31")
folders = st.sampled_from(sorted(FOLDERS))


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[Plain, tuple[str, ...]]:
    """The facts of a line that are known, and the names of up to three that are not."""
    names = sorted(ANSWERS)
    flat = dict(draw(st.sampled_from(sorted(PERMITTED.items())))[1])
    flat = {name: draw(st.sampled_from(ANSWERS[name])) for name in names} | flat
    for name in draw(st.lists(st.sampled_from(names), max_size=len(names), unique=True)):
        flat[name] = draw(st.sampled_from(ANSWERS[name]))
    unknown = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    return {name: value for name, value in flat.items() if name not in unknown}, tuple(sorted(unknown))


def line_of(policies: PolicySet, flat: dict[str, Any], day: str) -> LineDecision:
    return ask(policies, spread(flat, as_of=day)).lines[0]


def outcomes_of(
    policies: PolicySet, flat: dict[str, Any], unknown: tuple[str, ...], day: str
) -> dict[tuple[Any, ...], Outcome]:
    """The outcome of the line for every combination of answers; each may stay unknown, as None."""
    found = {}
    for places in product(*(range(-1, len(ANSWERS[name])) for name in unknown)):
        answered = {name: ANSWERS[name][at] for name, at in zip(unknown, places, strict=True) if at >= 0}
        found[places] = line_of(policies, flat | answered, day).outcome
    return found


def able_to_change(outcomes: dict[tuple[Any, ...], Outcome], unknown: tuple[str, ...]) -> Iterator[str]:
    """The facts some answer to which changes the outcome, alone or after others were answered."""
    for position, name in enumerate(unknown):
        if any(
            outcome is not outcomes[*places[:position], -1, *places[position + 1 :]]
            for places, outcome in outcomes.items()
        ):
            yield name


@settings(max_examples=150, deadline=None)
@given(folders, partly_known(), st.sampled_from([*DAYS[:1] * 4, DAYS[1]]))
def test_no_fact_is_left_out_that_can_change_the_outcome_alone_or_with_others(
    name: str, drawn: tuple[Plain, tuple[str, ...]], day: str
) -> None:
    policies = policies_of(name)
    flat, unknown = drawn
    line = line_of(policies, flat, day)
    able = set(able_to_change(outcomes_of(policies, flat, unknown, day), unknown))
    if line.if_in_force:
        return  # referred until there is an instruction, whatever is known
    event(f"{len(able)} facts can change it")
    assert able <= {missing.fact for missing in line.missing}, line.outcome


# One question at a time

Chooser = Callable[[Sequence[Missing]], Missing]


def first(missing: Sequence[Missing]) -> Missing:
    return missing[0]


def alphabetical(missing: Sequence[Missing]) -> Missing:
    return min(missing, key=lambda question: question.fact)


def answer_to(question: Missing, world: int) -> Any:
    """What is the case in a world of chance: the same whenever the question comes."""
    label = random.Random(f"{world} {question.fact}").choice(sorted(question.would_lead_to))
    if question.fact == "mission.countries":
        return ["FR"] if label == "any other" else [label]
    return fact_value(question.fact, label)


def interview(policies: PolicySet, world: int, choose: Chooser) -> list[str]:
    """The facts in the order of the questions, one at a time, until no fact of the request is missing."""
    flat: dict[str, Any] = {}
    while missing := [m for m in line_of(policies, flat, DAYS[0]).missing if m.state != "not_found"]:
        question = choose(missing)
        assert question.fact not in flat, "it was answered before"
        flat[question.fact] = answer_to(question, world)
    return list(flat)


@pytest.mark.parametrize("name", ["shipped", "all registered"])
def test_asking_the_first_question_each_time_ends_sooner_than_asking_by_the_alphabet(name: str) -> None:
    policies, worlds = policies_of(name), range(60)
    ours = [len(interview(policies, world, first)) for world in worlds]
    others = [len(interview(policies, world, alphabetical)) for world in worlds]
    assert max(ours) <= len(ANSWERS)
    assert sum(ours) <= sum(others), f"{sum(ours) / sum(others):.2f}"


def test_where_nothing_is_known_the_country_comes_first_and_what_gave_rise_to_it_next() -> None:
    policies = policies_of("shipped")
    (country, *_) = line_of(policies, {}, DAYS[0]).missing
    (trigger, *_) = line_of(policies, {"mission.countries": ["KP"]}, DAYS[0]).missing
    assert [country.fact, trigger.fact] == ["mission.countries", "trigger"]


def test_what_is_stated_as_not_known_comes_after_everything_else() -> None:
    policies, flat = policies_of("shipped"), {"mission.countries": None}
    *_, last = [m for m in line_of(policies, flat, DAYS[0]).missing if m.state != "not_found"]
    assert (last.fact, last.state) == ("mission.countries", "asked_not_known")


def test_a_question_whose_every_answer_leads_to_the_same_is_still_a_question() -> None:
    flat = {name: value for name, value in PERMITTED["signed"].items() if name != "trigger"}
    (trigger,) = line_of(policies_of("shipped"), flat, DAYS[0]).missing
    assert set(trigger.would_lead_to.values()) == {Outcome.DELIVER}
    assert trigger.together_with == ()
