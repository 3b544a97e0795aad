"""The interview of a visit: it stands in a hidden field of the page, and nothing of it on the server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from api.console.frame.visits import Visit
from api.domain.believed_parties import believed_of
from api.domain.interview.questions import QUANTITY, UNIT
from api.domain.interview.state import (
    ANOTHER_ITEM,
    Interview,
    InterviewAnswer,
    InterviewTerms,
    StatedFacts,
)
from api.domain.interview.written import InterviewUnreadable, read_interview, received_of
from api.parsing.fields import read_day
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.services.decision_ids import new_decision_id
from engine import Request, Vocabulary
from engine.contract.vocabulary import COUNTRIES
from engine.contract.vocabulary_building import DESCRIPTION

STATE = "interview"
AS_OF = "as_of"
ANOTHER = InterviewAnswer(ANOTHER_ITEM, None, {ANOTHER_ITEM: True})
"""The answer by which there is one more item."""
MOST_ALIKE = 20
"""Of a request with more items, these come as the rows of a table do: not as answers, to be changed one by one."""


def terms_of(visit: Visit) -> InterviewTerms:
    """Return by what a visitor is interviewed: the policies in force, and the parties whose statements count."""
    parties = believed_of(visit.policies.vocabulary, visit.caller.role)
    return InterviewTerms(visit.policies, parties, visit.context.clock())


def begin(visit: Visit, as_of: dt.date | None = None, lines: Sequence[StatedFacts] = ({},)) -> Interview:
    """Return an interview that has just begun."""
    return Interview(
        new_decision_id(visit.context.clock()),
        as_of=as_of,
        whole=_known_of(visit),
        lines=tuple(lines),
        more_lines=False,
    )


def read_state(visit: Visit) -> Interview:
    """Return the interview that the form holds. Raises `ProblemError`: a visitor can change it."""
    try:
        state = read_interview(visit.form.get(STATE), visit.policies.vocabulary)
    except InterviewUnreadable as error:
        raise unreadable(visit) from error
    if state.as_of is not None and not visit.context.settings.takes_old_days:
        raise unreadable(visit)
    office = _known_of(visit)
    if not office:
        return state
    if any(fact in step.stated for step in state.steps for fact in office):
        raise unreadable(visit)
    return replace(state, whole={**state.whole, **office})


def unreadable(visit: Visit) -> ProblemError:
    """Return the problem of a form whose interview is none."""
    detail = visit.message(
        "The answers that came with this page cannot be read: they were changed, or are for other policies than those"
        " in force now. Nothing was recorded. Begin anew at the desk."
    )
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))


def read_as_of(visit: Visit, text: str) -> dt.date | str | None:
    """Return the day that a request is about, None for today, or what is wrong with it."""
    if not text or not visit.context.settings.takes_old_days:
        return None
    return read_day(text) or visit.message("This is no day of the calendar; write it as YYYY-MM-DD.")


def put(state: Interview, *steps: InterviewAnswer) -> Interview:
    """Return the state with these answers, each in the place of an earlier one to the same question.

    What an answer states beside its own fact, as how much there is of an item, does not replace an answer to that.
    """
    found = [*state.steps]
    places = {(one.fact, one.line): place for place, one in enumerate(found)}
    for step in steps:
        place = places.get((step.fact, step.line))
        others = replace(state, steps=tuple(one for at, one in enumerate(found) if at != place))
        stated = others.stated_of(step.line)
        own = {fact: value for fact, value in step.stated.items() if fact == step.fact or fact not in stated}
        step = replace(step, stated=own)
        if place is None:
            found.append(step)
        else:
            found[place] = step
    return replace(state, steps=tuple(found))


def with_steps(state: Interview, steps: Sequence[InterviewAnswer]) -> Interview:
    """Return the state with these answers, and no others."""
    return replace(state, steps=tuple(steps))


def with_another_item(state: Interview) -> Interview:
    """Return the state with one more item."""
    return replace(state, steps=(*state.steps, ANOTHER))


def _known_of(visit: Visit) -> StatedFacts:
    """What is known from the sign-in: the office that asks."""
    office = visit.policies.vocabulary.declarations.asking_office
    department = visit.caller.department
    return {office: department} if office and department else {}


def begin_alike(visit: Visit, request: Request, vocabulary: Vocabulary) -> Interview:
    """Return an interview that begins with what a request states, as far as the policies in force know it."""
    begun = begin(visit, request.as_of if visit.context.settings.takes_old_days else None)
    known = frozenset(visit.policies.vocabulary.facts) - begun.whole.keys()
    countries = request.mission.countries if request.mission else None
    steps = [InterviewAnswer(COUNTRIES, None, {COUNTRIES: [*countries]})] if countries else []
    steps += [
        InterviewAnswer(fact, None, {fact: value})
        for fact, value in vocabulary.stated_in_whole(request).items()
        if fact in known
    ]
    items = [
        {fact: value for fact, value in vocabulary.stated_of(item).items() if fact in known}
        for item in request.items
    ]
    if len(items) > MOST_ALIKE:
        state = with_steps(replace(begun, lines=tuple(items)), steps)
    else:
        for line, stated in enumerate(items):
            steps += [*([ANOTHER] if line else []), *steps_of_line(line, stated)]
        state = with_steps(begun, steps)
    return begun if isinstance(received_of(visit.policies.vocabulary, state), Problem) else state


def steps_of_line(line: int, stated: StatedFacts) -> Sequence[InterviewAnswer]:
    """Return the answers that state these facts of a line; how much there is of an item belongs to what it is."""
    amount = {fact: stated[fact] for fact in (QUANTITY, UNIT) if fact in stated and DESCRIPTION in stated}
    return [
        InterviewAnswer(fact, line, {fact: value, **(amount if fact == DESCRIPTION else {})})
        for fact, value in stated.items()
        if fact not in amount
    ]
