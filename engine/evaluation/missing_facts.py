"""Which unknown facts could change an answer, and what each possible value of them would lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from engine.contract.decision import Missing, Outcome, PolicyStatus
from engine.contract.request import Item, Request, RequestPart
from engine.contract.vocabulary import COUNTRY, WORDS, Value, Word
from engine.evaluation.default_logic import Assessment, answer_line, reassess
from engine.evaluation.open_conditions import OpenCondition, Question
from engine.evaluation.possible_answers import possible_answers
from engine.policy.model import PolicySet

Reassessment = Callable[[Sequence[dict[str, Value]], str | None], Sequence[Sequence[Outcome]]]
"""For each country, what follows from each of several answers to a question: see `reassess`."""


def list_missing(
    policies: PolicySet,
    request: Request,
    item: Item,
    outcomes: Sequence[Outcome],
    opened: Sequence[Sequence[OpenCondition]],
    status: PolicyStatus,
    reassess_all: Reassessment,
) -> tuple[Missing, ...]:
    """List the unknown facts that could change the answer for a line, each with what its answers lead to.

    `outcomes` are those for each country, `opened` the conditions open there; `reassess_all` evaluates the line
    again.
    """
    outcome = answer_line(outcomes, status)
    conditions = tuple([condition for found in opened for condition in found])
    deciding = [found for decided, found in zip(outcomes, opened, strict=True) if decided is outcome]
    linked = _linked_questions(deciding, outcome)
    missing: list[Missing] = []
    opening: list[Missing] = []
    for question in sorted({question for condition in conditions for question in condition.questions}):
        word = _word(question, conditions)
        labelled = possible_answers(question, word, policies, conditions)
        found = list(labelled.values())
        together = zip(*reassess_all(found, question.policy or None), strict=True)
        leads = {label: _led_to(each, status) for label, each in zip(labelled, together, strict=True)}
        alone = any(led is not outcome for led in leads.values())
        others = linked.get(question)
        if alone or others:
            listed = missing
        elif others is not None and outcome is Outcome.NEEDS_INFORMATION:
            listed = opening  # every answer only opens the next question, which is not there to be linked yet
        else:
            continue
        listed.append(
            Missing(
                fact=question.fact,
                ask=word.ask,
                answered_by=word.answered_by,
                would_lead_to=leads,
                state="not_found" if question.policy else _state(request, item, question.name),
                together_with=() if alone else tuple(sorted(other.fact for other in linked[question])),
            )
        )
    return tuple(missing or opening)


_led_to = lru_cache(maxsize=4096)(answer_line)
"""There are few outcomes, and every question leads to some of them."""


def assess_each(
    answers: Sequence[Assessment], changes: Sequence[dict[str, Value]], policy: str | None
) -> list[list[Outcome]]:
    """For each country, what follows from each of the changes, by the reference."""
    return [[reassess(before, found, policy).outcome for found in changes] for before in answers]


def _linked_questions(
    deciding: Sequence[Sequence[OpenCondition]], outcome: Outcome
) -> dict[Question, set[Question]]:
    """For each question that the outcome depends on, the others it may have to be answered with.

    These are the others of its condition; of a condition with no other question, where information is needed,
    all others that it is needed from.
    """
    linked: dict[Question, set[Question]] = {}
    for condition in (condition for found in deciding for condition in found):
        for question in condition.questions:
            linked.setdefault(question, set()).update(condition.questions - {question})
    if outcome is Outcome.NEEDS_INFORMATION:
        return {question: others or linked.keys() - {question} for question, others in linked.items()}
    return linked


def _word(question: Question, conditions: Iterable[OpenCondition]) -> Word:
    if not question.policy:
        return WORDS.get(question.name, WORDS[COUNTRY])
    policy = next(entry.policy for entry in conditions if entry.policy.name == question.policy)
    return policy.declared[question.name.strip("{}")]


def _state(request: Request, item: Item, fact: str) -> Literal["not_stated", "asked_not_known"]:
    """Whether a fact of the request was left out, or stated as not known."""
    steps = fact.split(".")
    part: RequestPart | None = request
    if steps[0] == "item":
        part, steps = item, steps[1:]
    for step in steps:
        if part is None or step not in part.model_fields_set:
            return "not_stated"
        part = getattr(part, step)
    return "asked_not_known"
