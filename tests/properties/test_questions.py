"""What is asked where facts are unknown: nothing that could turn the answer is left out, whatever stands beside it.

Covers: engine.evaluation.missing_facts
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from engine import LineDecision, Outcome, PolicySet
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
