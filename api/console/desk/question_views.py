"""A question of the interview as the page shows it, and the answers so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from api.console.frame.policy_texts import PolicyTexts, ShownOutcome, ShownText
from api.domain.interview.questions import QUANTITY, UNIT, InterviewQuestion, consequences
from api.domain.interview.relevance import closed_values
from api.domain.interview.state import ANOTHER_ITEM, Interview, InterviewTerms
from api.parsing.answers import as_number
from engine import Kind, PolicySet, Word
from engine.contract.vocabulary import COUNTRIES, COUNTRY, ITEM
from engine.contract.vocabulary_building import DESCRIPTION

SHOWN_ITEMS = 50
"""So many items of a table are shown on the page of a question."""


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """An answer that can be chosen, and what it leads to by itself, if that is known."""

    code: str
    words: ShownText
    leads_to: ShownOutcome | None


@dataclass(frozen=True, slots=True)
class ConsequenceView:
    """What answers lead to that are not chosen but typed."""

    answers: str
    leads_to: ShownOutcome


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause by its id, with its text and whom it binds; the text is empty where these policies have none."""

    id: str
    text: ShownText
    who: ShownText | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as it is shown: of which line (from 0; None for the whole), and what hangs on it."""

    fact: str
    line: int | None
    ask: ShownText
    control: str
    about: str
    choices: Sequence[ChoiceView]
    typed: Sequence[ConsequenceView]
    clauses: Sequence[ClauseView]
    together_with: Sequence[ShownText]
    least: int | None
    most: int | None
    other_lines: int
    """How many other items have no answer to it yet."""

    @property
    def is_basic(self) -> bool:
        """Whether every request has it, whatever hangs on it."""
        return not self.choices and not self.typed and not self.together_with


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer so far: to which question, of which line, and how its change is named in the form."""

    ask: ShownText
    value: ShownText
    more: str
    about: str
    change: str


def control_of(fact: str, word: Word) -> str:
    """Return by what the answer to a question is given: the name under which the templates know it."""
    if fact == COUNTRIES:
        return "countries"
    if fact == DESCRIPTION:
        return "item"
    match word.kind:
        case Kind.TRUTH | Kind.CHOICE:
            return "choices"
        case Kind.DATE:
            return "date"
        case Kind.NUMBER:
            return "text" if fact == QUANTITY else "number"
        case Kind.TEXT:
            return "text"
        case _:
            assert_never(word.kind)


def word_of(policies: PolicySet, fact: str) -> Word | None:
    """Return the word whose question a fact answers; None for none of the vocabulary."""
    words = policies.vocabulary.words
    if fact == COUNTRIES:
        return words[COUNTRY]
    return words.get(fact) if fact in policies.vocabulary.facts else None


def view_question(
    texts: PolicyTexts, terms: InterviewTerms, state: Interview, question: InterviewQuestion
) -> QuestionView:
    """Return a question as it is shown."""
    found = consequences(terms, state, question)
    by_answer = {answer: one for one in found for answer in one.answers}
    choices = []
    for code, words in texts.choices(question.word).items():
        leads = by_answer.get(question.word.choices_in_words[code])
        choices.append(ChoiceView(code, words, texts.outcome(leads.outcome) if leads else None))
    typed = () if choices else found
    missing = question.missing
    return QuestionView(
        fact=question.fact,
        line=question.line,
        ask=texts.read(question.word.ask),
        control=control_of(question.fact, question.word),
        about=about_line(texts, state, question.line),
        choices=choices,
        typed=[
            ConsequenceView(", ".join(one.answers), texts.outcome(one.outcome))
            for one in typed
            if not (missing and missing.together_with)
        ],
        clauses=view_clauses(texts, [clause for one in found for clause in one.clauses]),
        together_with=[texts.question(fact) for fact in (missing.together_with if missing else ())],
        least=question.word.least,
        most=question.word.most,
        other_lines=len(lines_without(state, question.fact, question.line)),
    )


def lines_without(state: Interview, fact: str, line: int | None) -> Sequence[int]:
    """Return the other lines of which a fact is not answered; none of one that differs from item to item."""
    if line is None or fact == DESCRIPTION:
        return ()
    answered = {step.line for step in state.steps if fact in step.stated}
    return [
        other
        for other in range(state.count_lines())
        if other != line
        and other not in answered
        and not (other < len(state.lines) and fact in state.lines[other])
    ]


def view_clauses(texts: PolicyTexts, ids: Sequence[str]) -> Sequence[ClauseView]:
    """Return clauses with their texts, each once."""
    found = []
    for name in dict.fromkeys(ids):
        clause = texts.policies.clauses.get(name)
        who = texts.party(clause.who) if clause and clause.who else None
        found.append(ClauseView(name, texts.read(clause.text if clause else ""), who))
    return found


def about_line(texts: PolicyTexts, state: Interview, line: int | None) -> str:
    """Return which item a question is about, where there are several; else an empty text."""
    if line is None or state.count_lines() == 1:
        return ""
    number = texts.message("Item %(number)s", number=line + 1)
    described = state.stated_of(line).get(DESCRIPTION)
    return f"{number}: {described}" if described else number


def view_answers(texts: PolicyTexts, state: Interview) -> Sequence[AnswerView]:
    """Return the answers so far, the first first."""
    return [
        AnswerView(
            ask=texts.question(step.fact),
            value=texts.value(step.fact, step.stated[step.fact]),
            more=write_amount(step.stated) if step.fact == DESCRIPTION else "",
            about=about_line(texts, state, step.line),
            change=f"{'' if step.line is None else step.line}:{step.fact}",
        )
        for step in state.steps
        if step.fact != ANOTHER_ITEM
    ]


def view_items(texts: PolicyTexts, state: Interview) -> Sequence[Sequence[tuple[ShownText, ShownText]]]:
    """Return what the rows state with which an interview began, of each its questions and values."""
    return [
        [(texts.question(fact), texts.value(fact, value)) for fact, value in line.items()]
        for line in state.lines[:SHOWN_ITEMS]
        if line
    ]


def write_amount(stated: Any) -> str:
    """Return how much there is of an item, with its unit; an empty text where that is not stated."""
    quantity = stated.get(QUANTITY)
    if quantity is None:
        return ""
    number = as_number(quantity) if not isinstance(quantity, int) else quantity
    return f"{number} {stated.get(UNIT) or ''}".strip()


def typed_before(state: Interview, fact: str, line: int | None) -> tuple[str, str]:
    """Return an earlier answer as it would be typed or chosen again, and how much there is of an item."""
    stated = state.stated_of(line)
    value = stated.get(fact)
    if value is None:
        return "", write_amount(stated) if fact == DESCRIPTION else ""
    if isinstance(value, bool):
        return ("true" if value else "false"), ""
    if isinstance(value, list):
        return ", ".join(value), ""
    text = write_amount(stated) if fact == QUANTITY else str(value)
    return text, write_amount(stated) if fact == DESCRIPTION else ""


def is_of_line(fact: str) -> bool:
    """Whether a fact is one of a line."""
    return fact.startswith(ITEM)


def value_of_choice(word: Word, code: str) -> bool | str | None:
    """Return the value that a choice stands for; None for none of the word's."""
    return closed_values(word).get(code)
