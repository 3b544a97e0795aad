"""The interview: it ends in the answer of the request it makes, asks nothing in vain, and can be taken back.

Covers: api.domain.interview.state, api.domain.interview.questions, api.domain.interview.relevance
"""

import datetime as dt
import functools
import itertools
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from api.domain.interview.questions import InterviewQuestion, consequences, left_to_others, next_question
from api.domain.interview.relevance import answer_for, askable, closed_values
from api.domain.interview.state import (
    ANOTHER_ITEM,
    Interview,
    InterviewAnswer,
    InterviewTerms,
    answer,
    back,
    decide_so_far,
    members_of,
)
from api.parsing.answers import as_plain
from api.parsing.requests import Received, read_request
from api.policies.folder import read_folder
from engine import Decision, Kind, Outcome, PolicySet, decide
from engine.contract.vocabulary import COUNTRIES
from engine.contract.vocabulary_building import DESCRIPTION

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
FOLDERS = {
    "shipped": ROOT / "policies",
    "second": ROOT / "examples" / "second_directive" / "policies",
    "starter": ROOT / "api" / "files" / "starter" / "policies",
}
DAYS = {"shipped": dt.date(1965, 6, 30), "second": dt.date(2026, 5, 1), "starter": dt.date(2026, 5, 1)}


@functools.cache
def policies_of(name: str) -> PolicySet:
    return read_folder(FOLDERS[name]).load()


def terms_of(name: str, *, everybody: bool) -> InterviewTerms:
    policies = policies_of(name)
    words = policies.vocabulary
    return InterviewTerms(policies, frozenset(words.owners if everybody else ()) | {words.asking_party}, NOW)


def begun(name: str) -> Interview:
    return Interview("drawn", as_of=DAYS[name])


def answer_in(terms: InterviewTerms, world: int, question: InterviewQuestion) -> InterviewAnswer:
    """What is answered in a world of chance: the same whenever the question comes; some things nobody knows."""
    chance = random.Random(f"{world} {question.fact} {question.line}")
    value: Any
    if question.fact == COUNTRIES:
        value = [chance.choice([*sorted(terms.policies.countries), "FR"])]
    elif question.fact == ANOTHER_ITEM:
        value = question.fact == ANOTHER_ITEM and chance.random() < 0.3
    else:
        value = _value(question, chance)
    if question.fact != ANOTHER_ITEM and chance.random() < 0.15:
        value = None
    return InterviewAnswer(question.fact, question.line, {question.fact: value})


def _value(question: InterviewQuestion, chance: random.Random) -> object:
    word = question.word
    match word.kind:
        case Kind.TRUTH | Kind.CHOICE:
            return chance.choice([*closed_values(word).values()])
        case Kind.TEXT:
            return "a text"
        case Kind.NUMBER:
            number = chance.choice([1, 2, 3, 8, 20])
            return number if word.whole else Decimal(number)
        case Kind.DATE:
            return chance.choice([dt.date(1965, 3, 1), dt.date(2026, 5, 2), dt.date(2028, 1, 1)])


def states_of(terms: InterviewTerms, begin: Interview, world: int) -> list[Interview]:
    """Every state that an interview goes through, and at most four lines of it."""
    states = [begin]
    while (question := next_question(terms, states[-1])) is not None:
        given_answer = answer_in(terms, world, question)
        if question.fact == ANOTHER_ITEM and states[-1].count_lines() == 4:
            given_answer = InterviewAnswer(ANOTHER_ITEM, None, {ANOTHER_ITEM: False})
        states.append(answer(states[-1], given_answer))
    return states


names, worlds = st.sampled_from(sorted(FOLDERS)), st.integers(0, 10_000)


@settings(max_examples=30, deadline=None)
@given(names, worlds, st.booleans())
def test_the_answer_of_an_interview_is_that_of_the_request_it_makes(
    name: str, world: int, everybody: bool
) -> None:
    terms = terms_of(name, everybody=everybody)
    state = states_of(terms, begun(name), world)[-1]
    body = json.dumps(members_of(state), default=as_plain).encode()
    received = read_request(body, terms.policies.vocabulary)
    assert isinstance(received, Received), received
    decided = decide(terms.policies, received.request, decision_id="-", evaluated_at=NOW)
    assert decided == decide_so_far(terms, state)
    event(decided.outcome)


@settings(max_examples=15, deadline=None)
@given(names, worlds, st.booleans())
def test_going_back_leads_to_the_state_and_the_question_before(
    name: str, world: int, everybody: bool
) -> None:
    terms = terms_of(name, everybody=everybody)
    states = states_of(terms, begun(name), world)
    for before, after in itertools.pairwise(states):
        assert back(after) == before
        question = next_question(terms, back(after))
        assert question is not None
        assert question.fact == after.steps[-1].fact


@settings(max_examples=15, deadline=None)
@given(names, worlds)
def test_no_question_comes_whose_answer_could_not_change_the_outcome(name: str, world: int) -> None:
    terms = terms_of(name, everybody=False)
    basic = {COUNTRIES, DESCRIPTION, ANOTHER_ITEM, terms.policies.vocabulary.declarations.asking_office}
    for state in states_of(terms, begun(name), world):
        question = next_question(terms, state)
        if question is None or question.fact in basic:
            continue
        lines = range(state.count_lines()) if question.line is None else (question.line,)
        assert any(Combinations(terms).turn(state.with_line_alone(line), question.fact) for line in lines), (
            question.fact
        )


class Combinations:
    """Every combination of answers that the parties can give besides, until one leaves a question that counts."""

    def __init__(self, terms: InterviewTerms) -> None:
        self.terms = terms
        self.without_effect: set[frozenset[tuple[str, Any]]] = set()

    def turn(self, state: Interview, fact: str, tried: frozenset[tuple[str, Any]] = frozenset()) -> bool:
        """Whether an answer for the fact turns the outcome, after others for what has few answers."""
        if tried in self.without_effect:
            return False
        self.without_effect.add(tried)
        (decided,) = decide_so_far(self.terms, state).lines
        missing = next((one for one in decided.missing if one.fact == fact), None)
        if missing is None:
            return False
        if set(missing.would_lead_to.values()) != {decided.outcome}:
            return True
        for other in askable(self.terms, decided):
            values = closed_values(self.terms.policies.vocabulary.words[other.fact])
            if other.fact not in missing.together_with:
                continue
            if not values or any(
                self.turn(
                    answer(state, answer_for(other.fact, 0, value)), fact, tried | {(other.fact, value)}
                )
                for value in values.values()
            ):
                return True
        return False


@settings(max_examples=15, deadline=None)
@given(names, worlds)
def test_once_nothing_is_left_to_ask_no_answer_of_the_parties_changes_the_outcome(
    name: str, world: int
) -> None:
    terms = terms_of(name, everybody=False)
    state = states_of(terms, begun(name), world)[-1]
    decision = decide_so_far(terms, state)
    for place, line in enumerate(decision.lines):
        for missing in askable(terms, line):
            assert not Combinations(terms).turn(state.with_line_alone(place), missing.fact), missing.fact


@settings(max_examples=15, deadline=None)
@given(names, worlds)
def test_what_others_own_is_no_question_and_is_listed_by_the_party_that_can_answer(
    name: str, world: int
) -> None:
    terms = terms_of(name, everybody=False)
    state = states_of(terms, begun(name), world)[-1]
    owned = set(terms.policies.vocabulary.owned_by_others(terms.parties))
    assert not owned & {step.fact for step in state.steps}
    decision = decide_so_far(terms, state)
    listed = {one.fact for found in left_to_others(terms, decision).values() for one in found}
    assert {one.fact for line in decision.lines for one in line.missing} & owned <= listed


def test_the_reasons_of_a_question_name_the_outcomes_and_the_clauses() -> None:
    terms = terms_of("shipped", everybody=False)
    state = begun("shipped")
    for stated in ({COUNTRIES: ["KP"]}, {DESCRIPTION: "drawings"}, {"department.id": None}):
        (fact,) = stated
        state = answer(state, InterviewAnswer(fact, 0 if fact == DESCRIPTION else None, stated))
    question = next_question(terms, state)
    assert question is not None
    assert question.fact == "trigger"
    found = consequences(terms, state, question)
    assert {one.outcome for one in found} == {Outcome.ROUTE_BILATERAL}
    assert {"S3.4a", "S3.4b"} <= {clause for one in found for clause in one.clauses}


# How many questions it takes

EXAMPLES = {path.stem: json.loads(path.read_text()) for path in (ROOT / "examples").glob("*.json")}
FOR_THE_DEPARTMENT = 8
FOR_ALL_PARTIES = 14
"""The most questions for an example, that for another item not counted."""


def flat(members: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


def example_interview(request: dict[str, Any], *, everybody: bool) -> tuple[list[str], Decision]:
    """The facts in the order of the questions, answered as an example states them, and the answer."""
    terms = terms_of("shipped", everybody=everybody)
    (item,) = request["items"]
    facts = flat({name: value for name, value in request.items() if name != "items"}) | flat(item, "item.")
    state = Interview(
        "x", dt.date.fromisoformat(request["as_of"]) if "as_of" in request else None, more_lines=False
    )
    while (question := next_question(terms, state)) is not None:
        value = facts.get(question.fact)
        state = answer(state, InterviewAnswer(question.fact, question.line, {question.fact: value}))
    return [step.fact for step in state.steps], decide_so_far(terms, state)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_takes_few_questions(name: str) -> None:
    of_department, _ = example_interview(EXAMPLES[name], everybody=False)
    of_all, decision = example_interview(EXAMPLES[name], everybody=True)
    assert len(of_department) <= FOR_THE_DEPARTMENT, of_department
    assert len(of_all) <= FOR_ALL_PARTIES, of_all
    assert decision.outcome == name


def test_the_usual_path_takes_seven_questions() -> None:
    facts, decision = example_interview(EXAMPLES["route_bilateral"], everybody=False)
    assert (len(facts), decision.outcome) == (7, Outcome.ROUTE_BILATERAL)
