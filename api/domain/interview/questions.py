"""The next question of an interview: first what every request has, then what can change the answer."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from api.domain.interview.relevance import answer_for, closed_values, relevant
from api.domain.interview.state import (
    ANOTHER_ITEM,
    MAX_LINES,
    Interview,
    InterviewTerms,
    StatedFacts,
    answer,
    decide_so_far,
)
from engine import Decision, Kind, LineDecision, Missing, Outcome, Vocabulary, Word
from engine.contract.vocabulary import COUNTRIES, COUNTRY, ITEM
from engine.contract.vocabulary_building import DESCRIPTION
from engine.explanation.fact_changes import names_read

QUANTITY, UNIT = "item.quantity", "item.unit"


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """A question: the fact it asks for, its word, and the line it is about (from 0; None for the whole).

    `missing` is what the engine says of it; None where nothing hangs on it.
    """

    fact: str
    word: Word
    line: int | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What some answers to a question lead to by themselves, and the clauses by which they do."""

    answers: tuple[str, ...]
    outcome: Outcome
    clauses: tuple[str, ...] = ()


def next_question(terms: InterviewTerms, state: Interview) -> InterviewQuestion | None:
    """Return the next question, or None once nothing is left to ask that the parties may state."""
    vocabulary = terms.policies.vocabulary
    basic = next(
        (one for one in _basics(vocabulary, state) if one.fact not in state.stated_of(one.line)), None
    )
    decision = decide_so_far(terms, state)
    if basic is not None:
        missing = decision.lines[basic.line or 0].missing
        return InterviewQuestion(
            basic.fact, basic.word, basic.line, next((one for one in missing if one.fact == basic.fact), None)
        )
    read = names_read(terms.policies.policies) if len(decision.lines) > 1 else frozenset[str]()
    settled = list[tuple[StatedFacts, LineDecision]]()
    for place, line in enumerate(decision.lines):
        # Lines that no condition distinguishes have the same questions: most tables have a few sorts of items.
        alike = _only(read, state.stated_of(place)), line.model_copy(update={"line": 0})
        if alike in settled:
            continue
        settled.append(alike)
        if found := relevant(terms, state, place, line):
            own = place if found.fact.startswith(ITEM) else None
            return InterviewQuestion(found.fact, vocabulary.words[found.fact], own, found)
    return _another_item(vocabulary, state)


def _only(names: Set[str], stated: StatedFacts) -> StatedFacts:
    return {name: value for name, value in stated.items() if name in names}


def _basics(vocabulary: Vocabulary, state: Interview) -> Iterator[InterviewQuestion]:
    """What every request has: whose mission it is, what each item is, and which office asks.

    How much there is of an item is typed behind it; where it is not, the question comes if the answer depends on it.
    """
    yield InterviewQuestion(COUNTRIES, vocabulary.words[COUNTRY])
    for line in range(state.count_lines()):
        yield InterviewQuestion(DESCRIPTION, vocabulary.words[DESCRIPTION], line)
    if office := vocabulary.declarations.asking_office:
        yield InterviewQuestion(office, vocabulary.words[office])


def _another_item(vocabulary: Vocabulary, state: Interview) -> InterviewQuestion | None:
    if (
        not state.more_lines
        or state.stated_of(None).get(ANOTHER_ITEM) is False
        or state.count_lines() >= MAX_LINES
    ):
        return None
    ask = "Is there another item?"
    return InterviewQuestion(
        ANOTHER_ITEM, Word(ANOTHER_ITEM, Kind.TRUTH, ask=ask, answered_by=vocabulary.asking_party)
    )


def consequences(terms: InterviewTerms, state: Interview, question: InterviewQuestion) -> list[Consequence]:
    """Return what the answers to a question lead to by themselves; none where nothing hangs on it."""
    missing = question.missing
    if missing is None:
        return []
    values, alone = closed_values(question.word), state.with_line_alone(question.line or 0)
    found: dict[tuple[Outcome, tuple[str, ...]], list[str]] = {}
    for label, outcome in missing.would_lead_to.items():
        clauses: tuple[str, ...] = ()
        if label in values:
            step = answer_for(question.fact, 0, values[label])
            clauses = decide_so_far(terms, answer(alone, step)).lines[0].clauses
        found.setdefault((outcome, clauses), []).append(missing.answers.get(label, label))
    return [Consequence(tuple(answers), *leads) for leads, answers in found.items()]


def left_to_others(terms: InterviewTerms, decision: Decision) -> dict[str, list[Missing]]:
    """Return what can change an answer and the parties may not state, by the party that can answer."""
    found: dict[str, dict[str, Missing]] = {}
    for line in decision.lines:
        for missing in line.missing:
            if not terms.may_be_stated(missing.fact) and missing.fact != COUNTRIES:
                found.setdefault(missing.answered_by, {}).setdefault(missing.fact, missing)
    return {party: [*by_fact.values()] for party, by_fact in found.items()}
