"""The whole form: every fact that the visitor may state, on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from api.console.desk.answers import decide_state
from api.console.desk.interview import NO_CHOICE, read_meant, show_state
from api.console.desk.interview_state import (
    ANOTHER,
    AS_OF,
    begin,
    read_as_of,
    steps_of_line,
    terms_of,
    with_steps,
)
from api.console.desk.mistake_words import mistake_words
from api.console.desk.question_views import control_of, is_of_line, value_of_choice, word_of
from api.console.frame.countries import choosable_names, in_english, show_country
from api.console.frame.policy_texts import ShownText
from api.console.frame.visits import Visit
from api.domain.interview.countries import Mistake, UnclearCountry
from api.domain.interview.questions import InterviewQuestion
from api.domain.interview.readers import NOT_KNOWN, read_answer, read_value
from api.domain.interview.state import Interview, InterviewAnswer
from api.parsing.characters import in_normal_form
from api.parsing.fields import read_whole_number
from engine.contract.vocabulary import COUNTRIES

LINES = "lines"
MOST_LINES = 20
"""So many items have room on the form; more come in a table."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: the question, by what it is answered, what was typed and what is wrong with it."""

    name: str
    ask: ShownText
    control: str
    choices: Mapping[str, ShownText]
    value: str
    fault: ShownText | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """Fields that belong together."""

    title: ShownText
    fields: Sequence[FieldView]


@dataclass(frozen=True, slots=True)
class _ReadForm:
    """What a form states, the faults by the names of its fields, and a country that has to be confirmed."""

    state: Interview
    faults: Mapping[str, ShownText]
    unclear: UnclearCountry | None


async def show_form(visit: Visit) -> Response:
    """Show the empty form."""
    return _show(visit, 1)


async def take_form(visit: Visit) -> Response:
    """Decide what the form states, go on with the interview, or show it again with its faults or one more item."""
    count = read_whole_number(visit.form.get(LINES), 1, MOST_LINES) or 1
    if visit.form.get("do") == "item":
        return _show(visit, min(count + 1, MOST_LINES))
    read = _read(visit, count)
    if read.faults or read.unclear:
        return _show(visit, count, read, 422)
    if visit.form.get("do") == "ask":
        return await show_state(visit, read.state)
    return await decide_state(visit, read.state)


def _show(visit: Visit, count: int, read: _ReadForm | None = None, status: int = 200) -> Response:
    faults = read.faults if read else {}
    groups = [*_groups(visit, [*_facts(visit, of_line=False)], faults)]
    items = [
        GroupView(
            ShownText(visit.message("Item %(number)s", number=line + 1)),
            [_field(visit, fact, line, faults) for fact in _facts(visit, of_line=True)],
        )
        for line in range(count)
    ]
    unclear = read.unclear if read else None
    return visit.render(
        "desk/form.html",
        status,
        groups=groups,
        items=items,
        count=count,
        faults=list(faults.items()),
        as_of=visit.form.get(AS_OF),
        unclear=unclear,
        meant_countries={code: show_country(visit.language, code) for code in unclear.codes}
        if unclear
        else {},
        resolved=read_meant(visit.form),
        country_names=choosable_names(visit.language),
        is_full=count == MOST_LINES,
    )


def _facts(visit: Visit, *, of_line: bool) -> Iterator[str]:
    """The facts of the whole or of a line that the visitor may state, in the order of the vocabulary."""
    terms, vocabulary = terms_of(visit), visit.policies.vocabulary
    known = begin(visit).whole
    if not of_line:
        yield COUNTRIES
    for fact in vocabulary.facts:
        if is_of_line(fact) == of_line and fact not in (COUNTRIES, *known) and terms.may_be_stated(fact):
            yield fact


def _groups(visit: Visit, facts: Sequence[str], faults: Mapping[str, ShownText]) -> Iterator[GroupView]:
    """The fields of the whole request in groups, as the policies put them together."""
    texts, titles = visit.texts, dict(visit.policies.vocabulary.declarations.groups)
    by_group: dict[str, list[FieldView]] = {}
    for fact in facts:
        prefix = next((name for name in titles if fact.startswith(f"{name}.")), "")
        by_group.setdefault(prefix, []).append(_field(visit, fact, None, faults))
    for prefix, fields in by_group.items():
        own = ShownText(texts.message("The request"))
        title = texts.read(titles[prefix]) if prefix else own
        yield GroupView(title._replace(text=title.text.rstrip(".。")), fields)


def _field(visit: Visit, fact: str, line: int | None, faults: Mapping[str, ShownText]) -> FieldView:
    texts, word = visit.texts, word_of(visit.policies, fact)
    assert word is not None, "a fact of the vocabulary has a word"
    name = _name(fact, line)
    return FieldView(
        name,
        texts.read(word.ask),
        control_of(fact, word),
        texts.choices(word),
        visit.form.get(name),
        faults.get(name),
    )


def _name(fact: str, line: int | None) -> str:
    return fact if line is None else f"{line}.{fact}"


def _read(visit: Visit, count: int) -> _ReadForm:
    """What the form states by the readers of the interview."""
    faults: dict[str, ShownText] = {}
    as_of = read_as_of(visit, visit.form.get(AS_OF))
    if isinstance(as_of, str):
        faults[AS_OF] = ShownText(as_of)
        as_of = None
    steps, unclear = list[InterviewAnswer](), None
    for fact in _facts(visit, of_line=False):
        value = _value(visit, fact, None)
        if isinstance(value, UnclearCountry):
            unclear = value
        elif isinstance(value, Mistake):
            faults[fact] = _fault(visit, fact, None, value)
        elif value is not Ellipsis:
            steps.append(InterviewAnswer(fact, None, {fact: value}))
    for line in range(count):
        stated: dict[str, Any] = {}
        for fact in _facts(visit, of_line=True):
            value = _value(visit, fact, line)
            if isinstance(value, Mistake):
                faults[_name(fact, line)] = _fault(visit, fact, line, value)
            elif value is not Ellipsis:
                stated[fact] = value
        steps += [*([ANOTHER] if line else []), *steps_of_line(line, stated)]
    return _ReadForm(with_steps(begin(visit, as_of), steps), faults, unclear)


def _fault(visit: Visit, fact: str, line: int | None, mistake: Mistake) -> ShownText:
    """What is wrong with a field, in words."""
    word = word_of(visit.policies, fact)
    assert word is not None, "a fact of the vocabulary has a word"
    return mistake_words(visit, control_of(fact, word), visit.form.get(_name(fact, line)).strip(), mistake)


def _value(visit: Visit, fact: str, line: int | None) -> Any:
    """What a field states: a value, None where it is not known, `...` where nothing was stated, or what is wrong."""
    text = in_normal_form(visit.form.get(_name(fact, line)).strip())
    word = word_of(visit.policies, fact)
    if not text or word is None:
        return ...
    if text.casefold() in NOT_KNOWN:
        return None
    if fact == COUNTRIES:
        question = InterviewQuestion(fact, word)
        read = read_answer(
            question, in_english(visit.language, text), visit.policies.countries, read_meant(visit.form), {}
        )
        return read.stated[fact] if isinstance(read, InterviewAnswer) else read
    if control_of(fact, word) == "choices":
        chosen = value_of_choice(word, text)
        return NO_CHOICE if chosen is None else chosen
    return read_value(word, text, {})
