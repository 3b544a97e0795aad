"""The answer after changes of facts, by the compiled policies: what walking the condition trees gives.

Covers: engine.compiling.variations
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.explanation.counterfactuals
from engine import Outcome, PolicySet, decide, explain
from engine.contract.serving_status import NO_STATUS, ServingStatus
from engine.contract.vocabulary import AS_OF, COUNTRY, PLANNED_ON, STATED_AS, country_facts
from engine.evaluation.answer import effective_day
from engine.evaluation.default_logic import answer_line, assess
from engine.evaluation.too_old import outcome_when
from engine.explanation.changed_outcomes import MOST_BEGUN, ChangedOutcomes
from engine.explanation.counterfactuals import MOST_CHANGES, find_changes, with_parameters
from engine.explanation.fact_changes import DecidedLine, FactStep, countries_of, possible_steps
from tests.engine.evaluation.test_too_old import TOO_OLD
from tests.support.folders import FOLDERS, policies_of
from tests.support.shipped_words import make_request
from tests.support.strategies import requests

AT = dt.datetime(1965, 3, 1, 12, tzinfo=dt.UTC)
Steps = tuple[FactStep, ...]


def line_of(policies: PolicySet, plain: dict[str, Any], status: ServingStatus = NO_STATUS) -> DecidedLine:
    """The first line of a request, as the search for changes is given it."""
    request = make_request(plain)
    decision = decide(policies, request, decision_id="of a test", evaluated_at=AT, status=status)
    found = list[DecidedLine]()

    def only_seen(line: DecidedLine, *_: Any) -> Any:
        found.append(line)
        return find_changes(line, 0, lambda: False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.explanation.assembly.find_changes", only_seen)
        explain(policies, request, decision, status=status)
    return found[0]


def outcome_by_walking(line: DecidedLine, steps: Steps) -> Outcome:
    """The reference: every condition is walked for every set of changes."""
    policies, vocabulary = with_parameters(line.policies, steps), line.policies.vocabulary
    changed = {step.name: step.value for step in steps if not step.policy}
    changed.pop(STATED_AS[COUNTRY], None)
    day = changed.get(AS_OF, line.day)
    assert isinstance(day, dt.date)
    stated = vocabulary.flatten(line.request, line.request.items[line.index], day)
    facts, evaluated = vocabulary.as_counted({**stated, **changed}), effective_day(policies, day)
    listed = policies.listed_on(evaluated)
    outcomes = [
        assess(policies, evaluated, {**facts, **country_facts(country, listed)}).outcome
        for country in countries_of(line, steps)
    ]
    return outcome_when(answer_line(outcomes, policies.status_on(day)), line.status)


@pytest.mark.parametrize("name", FOLDERS)
@settings(max_examples=12)
@given(plain=requests(), data=st.data())
def test_each_set_of_changes_has_the_answer_of_the_reference(
    name: str, plain: dict[str, Any], data: st.DataObject
) -> None:
    line = line_of(policies_of(name), plain, data.draw(st.sampled_from([NO_STATUS, TOO_OLD])))
    steps, outcomes = possible_steps(line), ChangedOutcomes(line)
    sets = st.lists(
        st.sampled_from(range(len(steps))), min_size=1, max_size=MOST_CHANGES, unique=True
    ).flatmap(lambda places: st.tuples(*(st.sampled_from(steps[place]) for place in sorted(places))))
    for chosen in data.draw(st.lists(sets, min_size=1, max_size=40)):
        assert outcomes.after(chosen) is outcome_by_walking(line, chosen)


def steps_of(line: DecidedLine, names: Sequence[str]) -> list[FactStep]:
    return [next(step for one in possible_steps(line) for step in one if step.name == name) for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("as_of",),
        (STATED_AS[COUNTRY],),
        (STATED_AS[COUNTRY], AS_OF),
        ("trigger", AS_OF),
        ("trigger", STATED_AS[COUNTRY], AS_OF),
        ("trigger", "item.kind", STATED_AS[COUNTRY]),
    ],
    ids="+".join,
)
def test_a_change_that_brings_in_other_policies_counts_at_every_place(names: Sequence[str]) -> None:
    line = line_of(policies_of("shipped"), {"request_id": "r", "items": [{"description": "an engine"}]})
    chosen = tuple(steps_of(line, names))
    assert ChangedOutcomes(line).after(chosen) is outcome_by_walking(line, chosen)


def test_a_day_planned_that_is_past_counts_as_the_day_itself() -> None:
    line = line_of(policies_of("shipped"), {"request_id": "r", "items": [{"description": "an engine"}]})
    chosen = (FactStep(PLANNED_ON, dt.date(1960, 1, 1)), *steps_of(line, ["trigger"]))
    assert ChangedOutcomes(line).after(chosen) is outcome_by_walking(line, chosen)


def test_more_beginnings_than_are_held_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    policies, plain = policies_of("shipped"), {"request_id": "r", "items": [{"description": "an engine"}]}
    request = make_request(plain)
    decision = decide(policies, request, decision_id="of a test", evaluated_at=AT)
    whole = explain(policies, request, decision, most_tried=2_000)
    assert MOST_BEGUN > 1
    monkeypatch.setattr("engine.explanation.changed_outcomes.MOST_BEGUN", 1)
    assert explain(policies, request, decision, most_tried=2_000) == whole


def test_a_whole_search_finds_what_the_reference_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    class ByWalking:
        def __init__(self, line: DecidedLine) -> None:
            self._line = line

        def after(self, steps: Steps) -> Outcome:
            return outcome_by_walking(self._line, steps)

    line = line_of(policies_of("shipped"), {"request_id": "r", "items": [{"description": "an engine"}]})
    found = find_changes(line, 3_000, lambda: False)
    monkeypatch.setattr(engine.explanation.counterfactuals, "ChangedOutcomes", ByWalking)
    assert find_changes(line, 3_000, lambda: False) == found
