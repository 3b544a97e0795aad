"""The interview: one question a page, sent back and forth with the answers so far."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from api.console.desk.interview_state import (
    AS_OF,
    begin,
    put,
    read_as_of,
    read_state,
    terms_of,
    unreadable,
    with_another_item,
)
from api.console.desk.mistake_words import mistake_words
from api.console.desk.question_views import (
    control_of,
    is_of_line,
    lines_without,
    typed_before,
    value_of_choice,
    view_answers,
    view_items,
    view_question,
    word_of,
)
from api.console.frame.countries import choosable_names, in_english, show_country
from api.console.frame.forms import Form
from api.console.frame.visits import Visit
from api.domain.interview.countries import Mistake, UnclearCountry
from api.domain.interview.questions import InterviewQuestion, next_question
from api.domain.interview.readers import read_answer
from api.domain.interview.state import Interview, InterviewAnswer, InterviewTerms, back
from api.domain.interview.written import write_interview
from api.parsing.fields import is_country, read_whole_number
from engine.contract.vocabulary import COUNTRIES

NO_CHOICE = Mistake("no answer is chosen", "choose one")
"""The mistake of a question whose answer has to be chosen."""
QUESTION, QUESTION_LINE, TYPED, AMOUNT = "question", "question_line", "answer", "amount"
UNCLEAR, MEANT = "unclear", "meant"
RESOLVED, RESOLVED_AS = "resolved", "resolved_as"
ANSWERS_BEFORE = "answers_before"
"""Of many answers so far, before which those on the page end."""
MOST_ANSWERS = 50
"""So many answers so far are on a page, mostly the newest."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed in answer to a question, and what is wrong with it."""

    text: str = ""
    amount: str = ""
    mistake: Mistake | None = None
    unclear: UnclearCountry | None = None
    meant: Mapping[str, str] = field(default_factory=dict)


_NOTHING = _Typed()


async def begin_interview(visit: Visit) -> Response:
    """Ask the first question about one item."""
    as_of = read_as_of(visit, visit.query.get(AS_OF, ""))
    if isinstance(as_of, str):
        return visit.redirect("/desk")
    return await show_state(visit, begin(visit, as_of))


async def go_on(visit: Visit) -> Response:
    """Take the answer, or go back, and ask the next question."""
    state = read_state(visit)
    if change := visit.form.get("change"):
        line, _, fact = change.partition(":")
        return _show_question(visit, state, _question(visit, state, fact, line), changing=True)
    action = visit.form.get("do")
    if visit.form.get(ANSWERS_BEFORE):
        return await show_state(visit, state)
    if action == "back":
        return await show_state(visit, back(state))
    if action == "item":
        return await show_state(visit, with_another_item(state))
    if action == "show":
        return await show_state(visit, state)
    question = _question(visit, state, visit.form.get(QUESTION), visit.form.get(QUESTION_LINE))
    if action == "unknown":
        return await show_state(visit, _with_answer(visit, state, question, _not_known(question)))
    read = _read(visit, question)
    if isinstance(read, InterviewAnswer):
        return await show_state(visit, _with_answer(visit, state, question, read))
    return _show_question(visit, state, question, read, changing="changing" in visit.form)


async def show_state(visit: Visit, state: Interview) -> Response:
    """Show the next question, or that there is no other; of a long table it is long in coming."""
    terms = terms_of(visit)
    question = await asyncio.to_thread(next_question, terms, state)
    if question is not None:
        return _show_question(visit, state, question, terms=terms)
    return visit.render("desk/ready.html", **_common(visit, state))


def _common(visit: Visit, state: Interview) -> dict[str, Any]:
    texts = visit.texts
    answers = view_answers(texts, state)
    end = read_whole_number(visit.form.get(ANSWERS_BEFORE), 1, len(answers)) or len(answers)
    begin = max(0, end - MOST_ANSWERS)
    return {
        "state": write_interview(state),
        "answers": answers[begin:end],
        "earlier_answers": begin,
        "later_answers": min(end + MOST_ANSWERS, len(answers)) if end < len(answers) else 0,
        "items": view_items(texts, state),
        "count": state.count_lines(),
        "as_of": state.as_of,
        "has_steps": bool(state.steps),
    }


def _show_question(
    visit: Visit,
    state: Interview,
    question: InterviewQuestion,
    typed: _Typed = _NOTHING,
    *,
    changing: bool = False,
    terms: InterviewTerms | None = None,
) -> Response:
    terms = terms or terms_of(visit)
    view = view_question(visit.texts, terms, state, question)
    if changing and typed is _NOTHING:
        typed = _Typed(*typed_before(state, question.fact, question.line))
    unclear = typed.unclear
    return visit.render(
        "desk/question.html",
        200 if typed.mistake is None and unclear is None else 422,
        question=view,
        number=len(state.steps) + 1,
        typed=typed,
        unclear=unclear,
        fault=mistake_words(visit, view.control, typed.text, typed.mistake) if typed.mistake else None,
        meant_countries={code: show_country(visit.language, code) for code in unclear.codes}
        if unclear
        else {},
        changing=changing,
        country_names=choosable_names(visit.language) if view.control == "countries" else (),
        **_common(visit, state),
    )


def _question(visit: Visit, state: Interview, fact: str, line: str) -> InterviewQuestion:
    """The question that a form names, which has to be one of these policies and of a line that there is."""
    word = word_of(visit.policies, fact)
    place = read_whole_number(line, 0, state.count_lines() - 1) if line else None
    if word is None or is_of_line(fact) != (place is not None) or fact in _known(visit):
        raise unreadable(visit)
    return InterviewQuestion(fact, word, place)


def _known(visit: Visit) -> tuple[str, ...]:
    office = visit.policies.vocabulary.declarations.asking_office
    return (office,) if office and visit.caller.department else ()


def _not_known(question: InterviewQuestion) -> InterviewAnswer:
    return InterviewAnswer(question.fact, question.line, {question.fact: None})


def _with_answer(
    visit: Visit, state: Interview, question: InterviewQuestion, step: InterviewAnswer
) -> Interview:
    """The state with the answer, for the other items that have none as well if the visitor says so."""
    others = lines_without(state, question.fact, question.line) if "same" in visit.form else ()
    return put(state, step, *(InterviewAnswer(step.fact, line, step.stated) for line in others))


def _read(visit: Visit, question: InterviewQuestion) -> InterviewAnswer | _Typed:
    """The answer of the form by the reader of its kind, or what was typed with what is wrong with it."""
    form, texts = visit.form, visit.texts
    control = control_of(question.fact, question.word)
    text, amount = form.get(TYPED).strip(), form.get(AMOUNT).strip()
    if control == "choices":
        value = value_of_choice(question.word, text)
        if value is None:
            return _Typed(mistake=NO_CHOICE)
        return InterviewAnswer(question.fact, question.line, {question.fact: value})
    meant = read_meant(form)
    typed = f"{text}; {amount}" if amount and control == "item" else text
    if question.fact == COUNTRIES:
        typed = in_english(visit.language, typed)
    words = {code: found.text for code, found in texts.choices(question.word).items()}
    read = read_answer(question, typed, visit.policies.countries, meant, words)
    if isinstance(read, InterviewAnswer):
        return read
    if isinstance(read, UnclearCountry):
        return _Typed(text, amount, unclear=read, meant=meant)
    return _Typed(text, amount, mistake=read, meant=meant)


def read_meant(form: Form) -> Mapping[str, str]:
    """Return which country each unclear name of a form stands for, as far as the visitor has chosen."""
    resolved = [
        *zip(form.all(RESOLVED), form.all(RESOLVED_AS), strict=False),
        (form.get(UNCLEAR), form.get(MEANT)),
    ]
    return {name: code for name, code in resolved if name and is_country(code)}
