"""A question of the interview as text: its choices by number, its reasons, what was wrong with an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from rich.console import Console
from rich.text import Text

from api.cli.rendering.indented import print_indented, print_title
from api.cli.rendering.questions import list_answers, write_short
from api.domain.interview.countries import Mistake
from api.domain.interview.questions import QUANTITY, Consequence, InterviewQuestion, consequences
from api.domain.interview.state import Interview, InterviewTerms
from engine import ENGLISH, Kind, Missing, PolicySet
from engine.contract.vocabulary import COUNTRIES
from engine.contract.vocabulary_building import DESCRIPTION

KEYS = "Type a number, the words or the answer; - if it is not known, b to go back, ? for why it is asked, q to end."


@dataclass(frozen=True, slots=True)
class InterviewTexts:
    """The words of questions in a language; what nobody has translated is in English."""

    policies: PolicySet
    language: str

    def read(self, text: str) -> str:
        """Return a text of the policies in the language."""
        return text if self.language == ENGLISH else self.policies.languages.read(self.language, text)

    def choices_of(self, question: InterviewQuestion) -> dict[str, str]:
        """Return the choices of a question, each in words; none of a question that has no few answers."""
        return {choice: self.read(words) for choice, words in question.word.choices_in_words.items()}


def print_question(
    console: Console, texts: InterviewTexts, state: Interview, question: InterviewQuestion, number: int
) -> None:
    """Print a question with its number, which line it is about, and the answers that can be chosen."""
    if number == 1:
        print_indented(console, 0, KEYS)
    console.print()
    about = ""
    if question.line is not None and state.count_lines() > 1:
        described = state.stated_of(question.line).get(DESCRIPTION)
        about = f"Item {question.line + 1}{f', {described}' if described else ''}: "
    print_indented(console, 0, Text(f"{number}. {about}{texts.read(question.word.ask)}", style="bold"))
    for place, words in enumerate(texts.choices_of(question).values(), 1):
        print_indented(console, 3, f"{place}  {words}")
    if hint := _hint(question):
        print_indented(console, 3, hint)


def _hint(question: InterviewQuestion) -> str:
    """How an answer is written that is not chosen by number."""
    if question.fact == COUNTRIES:
        return "a name or a code such as KP; several with commas between"
    if question.fact == DESCRIPTION:
        return "in words; how much of it may stand behind a semicolon, as in: drawings of a mill; 2 sets"
    if question.fact == QUANTITY:
        return "in digits, with the unit behind it, as in: 2 sets"
    match question.word.kind:
        case Kind.TRUTH | Kind.CHOICE | Kind.TEXT:
            return ""
        case Kind.NUMBER:
            return "in digits"
        case Kind.DATE:
            return "a day, as YYYY-MM-DD"
        case _:
            assert_never(question.word.kind)


def print_mistake(console: Console, mistake: Mistake) -> None:
    """Print what was wrong with an answer, and the remedy."""
    print_indented(console, 3, f"{mistake.fact}; {mistake.remedy}")


def print_reasons(
    console: Console,
    texts: InterviewTexts,
    terms: InterviewTerms,
    state: Interview,
    question: InterviewQuestion,
) -> None:
    """Print why a question is put: what each answer leads to by itself, with the clauses."""
    policies = texts.policies
    found = consequences(terms, state, question)
    if not found:
        print_indented(console, 3, "Every request has it, so that whoever decides knows what it is about.")
        return
    print_indented(console, 3, "It can change the answer:")
    for one in found:
        print_indented(console, 5, _consequence(texts, one))
    if question.missing and question.missing.together_with:
        others = (policies.vocabulary.words.get(name) for name in question.missing.together_with)
        asks = [texts.read(word.ask) for word in others if word]
        print_indented(console, 3, f"It counts together with: {' '.join(asks)}")
    for clause in dict.fromkeys(clause for one in found for clause in one.clauses):
        print_indented(console, 3, f"{clause}: {policies.clauses[clause].text}")


def _consequence(texts: InterviewTexts, one: Consequence) -> str:
    answers = list_answers([texts.read(words) for words in one.answers])
    clauses = f", by {', '.join(one.clauses)}" if one.clauses else ""
    return f"{answers} -> {write_short(texts.policies, one.outcome)} ({one.outcome}){clauses}"


def print_left_to_others(
    console: Console, texts: InterviewTexts, by_party: Iterable[tuple[str, list[Missing]]]
) -> None:
    """Print what others have to answer before the decision is final, by party."""
    for party, questions in by_party:
        console.print()
        print_title(console, 0, f"To be asked of {texts.policies.parties.get(party, party)}")
        for missing in questions:
            print_indented(console, 2, f"{texts.read(missing.ask)} ({missing.fact})")
