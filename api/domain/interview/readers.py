"""Typed answers -> what they state, by the one reader of each kind; what cannot be read is explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import assert_never

from api.domain.interview.countries import Mistake, UnclearCountry, read_countries
from api.domain.interview.questions import QUANTITY, UNIT, InterviewQuestion
from api.domain.interview.relevance import closed_values
from api.domain.interview.state import InterviewAnswer, StatedFacts
from api.parsing.answers import as_number
from api.parsing.characters import in_normal_form
from api.parsing.fields import MAX_COUNTRIES, MAX_TEXT, read_amount, read_day, read_whole_number
from api.parsing.stated_texts import find_text_fault
from api.parsing.strict_json import is_text
from engine import Kind, Word, suggestion
from engine.contract.request_models import is_value_of
from engine.contract.vocabulary import COUNTRIES, Value
from engine.contract.vocabulary_building import DESCRIPTION

NOT_KNOWN = ("-", "not known")
"""What is typed where the answer is not known."""
_YES, _NO = ("y", "yes", "true"), ("n", "no", "false")
_AMOUNT = Word(QUANTITY, Kind.NUMBER, least=0)


def read_answer(
    question: InterviewQuestion,
    text: str,
    listed: Collection[str],
    meant: Mapping[str, str],
    words: Mapping[str, str],
) -> InterviewAnswer | Mistake | UnclearCountry:
    """Return the answer that was typed, or what is wrong with it.

    `listed` are the countries that the policies name, `meant` says which country an unclear name stands for, `words`
    says each choice in the words in which it is shown.
    """
    typed = in_normal_form(text.strip())
    if typed.casefold() in NOT_KNOWN:
        return InterviewAnswer(question.fact, question.line, {question.fact: None})
    if not is_text(typed):
        return Mistake("what was typed is not UTF-8", "set the terminal to UTF-8, and type it anew")
    if not typed:
        return Mistake("nothing was typed", "type an answer, or - if it is not known")
    stated: StatedFacts | Mistake | UnclearCountry
    if question.fact == COUNTRIES:
        stated = _read_countries(typed, listed, meant)
    elif question.fact == DESCRIPTION:
        stated = _read_item(typed)
    elif question.fact == QUANTITY:
        stated = _read_quantity(typed)
    else:
        chosen = _by_number(question.word, typed)
        value = _read_numbered(question.word, typed, words) if chosen is None else chosen
        stated = value if isinstance(value, Mistake) else {question.fact: value}
    return (
        stated
        if isinstance(stated, Mistake | UnclearCountry)
        else InterviewAnswer(question.fact, question.line, stated)
    )


def _read_countries(
    typed: str, listed: Collection[str], meant: Mapping[str, str]
) -> StatedFacts | Mistake | UnclearCountry:
    found = read_countries(typed, listed, meant)
    if isinstance(found, Mistake | UnclearCountry):
        return found
    if len(found) > MAX_COUNTRIES:
        return Mistake(f"{len(found)} countries are named", f"name at most {MAX_COUNTRIES}")
    return {COUNTRIES: [*found]}


def _read_item(typed: str) -> StatedFacts | Mistake:
    """What an item is; behind the last semicolon, how much there is of it."""
    description, semicolon, amount = typed.rpartition(";")
    if not semicolon or not amount.strip()[:1].isdigit():
        return _text_fault(DESCRIPTION, typed) or {DESCRIPTION: typed}
    described, quantity = description.strip(), _read_quantity(amount.strip())
    fault = _text_fault(DESCRIPTION, described)
    return fault or (quantity if isinstance(quantity, Mistake) else {DESCRIPTION: described, **quantity})


def _read_quantity(typed: str) -> StatedFacts | Mistake:
    """An amount, with the unit behind it if there is one."""
    number, _, unit = typed.partition(" ")
    value = read_value(_AMOUNT, number, {})
    if isinstance(value, Mistake):
        return Mistake(value.fact, "type it in digits, with the unit behind it, such as 2 sets")
    if not (unit := unit.strip()):
        return {QUANTITY: value}
    return _text_fault(UNIT, unit) or {QUANTITY: value, UNIT: unit}


def _by_number(word: Word, text: str) -> Value | None:
    """The answer that has this number among those that are shown."""
    values = [*closed_values(word).values()]
    number = read_whole_number(text, 1, len(values))
    return None if number is None else values[number - 1]


def _read_numbered(word: Word, text: str, words: Mapping[str, str]) -> Value | Mistake:
    """The value of a fact whose choices are shown with numbers, by which they can be named too."""
    if word.kind is not Kind.CHOICE:
        return read_value(word, text, words)
    return _read_choice(
        word, text, words, f"type a number from 1 to {len(word.choices)}, or - if it is not known"
    )


def read_value(word: Word, text: str, words: Mapping[str, str]) -> Value | Mistake:
    """Return the value of a fact; a choice is typed by its code or its words, as `words` has them."""
    match word.kind:
        case Kind.TRUTH:
            return _read_truth(text, words)
        case Kind.CHOICE:
            shown = ", ".join(words.get(choice, choice) for choice in word.choices)
            return _read_choice(word, text, words, f"write one of: {shown}")
        case Kind.TEXT:
            return _text_fault(word.name, text) or text
        case Kind.NUMBER:
            return _read_number(word, text)
        case Kind.DATE:
            day = read_day(text)
            return day or Mistake(f"`{text}` is no day of the calendar", "write it as YYYY-MM-DD")
        case _:
            assert_never(word.kind)


def _read_truth(text: str, words: Mapping[str, str]) -> bool | Mistake:
    typed = text.casefold()
    if typed in (*_YES, words.get("true", "yes").casefold()):
        return True
    if typed in (*_NO, words.get("false", "no").casefold()):
        return False
    return Mistake(f"`{text}` is neither yes nor no", "type y or n, or - if it is not known")


def _read_choice(word: Word, text: str, words: Mapping[str, str], remedy: str) -> str | Mistake:
    by_words = {shown.casefold(): choice for choice, shown in words.items()}
    found = by_words.get(text.casefold(), text.casefold())
    if found in word.choices:
        return found
    near = suggestion(text.casefold(), (*word.choices, *by_words))
    return Mistake(f"`{text}` is none of the choices", f"{near}, or {remedy}" if near else remedy)


def _text_fault(name: str, text: str) -> Mistake | None:
    if not text:
        return Mistake("nothing was typed", "type an answer, or - if it is not known")
    if len(text) > MAX_TEXT:
        return Mistake(f"the text has {len(text)} characters", f"write at most {MAX_TEXT}")
    if fault := find_text_fault(name.rpartition(".")[2], text):
        fact, _, remedy = fault.partition("; ")
        return Mistake(fact, remedy)
    return None


def _read_number(word: Word, text: str) -> Value | Mistake:
    value: Value | None = read_amount(text)
    if word.whole:
        value = read_whole_number(text, 0, 10**18)
    if isinstance(value, Decimal) and Decimal(str(as_number(value))) != value:
        return Mistake(f"`{text}` has more digits than a request holds", "round it")
    if value is not None and is_value_of(word, value):
        return value
    sort = "a whole number" if word.whole else "a number in plain digits, with a point if need be"
    least = f" from {word.least}" if word.least is not None else ""
    most = f" to {word.most}" if word.most is not None else ""
    return Mistake(f"`{text}` is not {sort}{least}{most}", "type it in digits, or - if it is not known")
