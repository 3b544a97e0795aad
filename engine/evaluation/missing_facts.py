"""Which unknown facts could change an answer, and what each possible value of them would lead to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Literal, get_args

from engine.contract.decision import Missing, Outcome, PolicyStatus
from engine.contract.request import Item, Request, RequestPart
from engine.contract.vocabulary import AS_OF, COUNTRY, Value, Vocabulary, Word
from engine.evaluation.default_logic import Assessment, answer_line, reassess
from engine.evaluation.open_conditions import LinkedCondition, OpenCondition, Question
from engine.evaluation.open_rules import Outlook, outlook_of
from engine.evaluation.possible_answers import answers_in_words, possible_answers

Reassessment = Callable[[Sequence[dict[str, Value]], str | None], Sequence[Sequence[Outlook]]]
"""For each country, what follows from each of several answers to a question: see `reassess`."""


def list_missing(
    vocabulary: Vocabulary,
    listed_countries: frozenset[str],
    request: Request,
    item: Item,
    as_of: dt.date,
    outcomes: Sequence[Outcome],
    opened: Sequence[Sequence[LinkedCondition]],
    status: PolicyStatus,
    reassess_all: Reassessment,
) -> tuple[Missing, ...]:
    """List the unknown facts that could change the answer for a line, each with what its answers lead to.

    `listed_countries` are those that the policies name, `outcomes` those for each country, `opened` the conditions
    open there; `reassess_all` evaluates the line again. First comes the next question to ask: see `measure`.

    A fact is left out only if no answer to it, alone or beside other answers, changes the outcome. The reverse does
    not hold in full, since all combinations of answers are too many to try: rules are bounded by what each could do
    by itself (`open_rules`). So a fact may be listed although the conditions it stands in never hold together, and,
    while the directive is only proposed, although all that depends on it is referred.
    """
    outcome = answer_line(outcomes, status)
    linked = [condition for found in opened for condition in found]
    conditions = [condition for condition, _ in linked]
    beside = questions_beside(linked)
    in_order = sorted(beside, key=partial(place_of, vocabulary))
    listed: list[tuple[Measure, Missing]] = []
    for question in in_order:
        word = word_of(vocabulary, question, conditions)
        labelled = possible_answers(question, word, listed_countries, conditions)
        changes = [as_counted(vocabulary, found, as_of) for found in labelled.values()]
        outlooks = list(zip(*reassess_all(changes, question.policy or None), strict=True))
        leads = [_led_to(tuple([each.outcome for each in outlook]), status) for outlook in outlooks]
        alone = any(led is not outcome for led in leads)
        others = () if alone else beside[question] or beside.keys() - {question}
        together = tuple([other.fact for other in in_order if other in others])
        if not alone and not together:
            continue
        state = "not_found" if question.policy else _state(request, item, question.name)
        missing = Missing(
            fact=question.fact,
            ask=word.ask,
            answered_by=word.answered_by,
            would_lead_to=dict(zip(labelled, leads, strict=True)),
            answers=answers_in_words(question, word, labelled),
            state=state,
            together_with=together,
        )
        left = sum([each.open for outlook in outlooks for each in outlook])
        listed.append((measure(outcome, state, leads, left), missing))
    return tuple([missing for _, missing in sorted(listed, key=itemgetter(0))])


_led_to = lru_cache(maxsize=4096)(answer_line)
"""There are few outcomes, and every question leads to some of them."""

_STATES = tuple(get_args(Missing.model_fields["state"].annotation))


Measure = tuple[int, float, float]
"""How much the answers to a question leave to ask, to sort by; equal ones stay in the order of the vocabulary."""


def measure(outcome: Outcome, state: str, leads: Sequence[Outcome], left: int) -> Measure:
    """Measure a question by what its answers lead to; `left` are the conditions that they leave open in all.

    A question that is known to have no answer so far, or that no desk can answer, stands behind all others. Where
    information is needed, what counts first is the share of the answers after which it still is; then how many
    conditions of rules that may apply are open after an answer, on the average.
    """
    needed = Outcome.NEEDS_INFORMATION
    undecided = leads.count(needed) / len(leads) if outcome is needed else 0.0
    return _STATES.index(state), undecided, left / len(leads)


def place_of(vocabulary: Vocabulary, question: Question) -> tuple[str, int, str]:
    """The place of a question in the vocabulary; behind the facts come the parameters, policy by policy."""
    return question.policy, vocabulary.order.get(question.name, 0), question.name


def assess_each(
    answers: Sequence[Assessment], changes: Sequence[dict[str, Value]], policy: str | None
) -> list[list[Outlook]]:
    """For each country, what follows from each of the changes, by the reference."""
    return [[outlook_of(reassess(before, found, policy).findings) for found in changes] for before in answers]


def questions_beside(linked: Sequence[LinkedCondition]) -> dict[Question, set[Question]]:
    """For each question, the others that it has to be answered with where no answer to it changes anything alone."""
    found: dict[Question, set[Question]] = {}
    for (_, _, _, questions), beside in linked:
        for question in questions:
            found.setdefault(question, set()).update(questions, beside)
    return {question: others - {question} for question, others in found.items()}


def as_counted(vocabulary: Vocabulary, found: dict[str, Value], as_of: dt.date) -> dict[str, Value]:
    """What an answer makes known, as it counts on the day of the request."""
    counted = vocabulary.as_counted({**found, AS_OF: as_of})
    return {name: counted[name] for name in found}


def word_of(vocabulary: Vocabulary, question: Question, conditions: Iterable[OpenCondition]) -> Word:
    """The word that a question is about; a parameter is declared in a policy of the open conditions."""
    if not question.policy:
        return vocabulary.words.get(question.name, vocabulary.words[COUNTRY])
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
