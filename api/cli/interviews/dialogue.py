"""The interview as a dialogue in lines of text: each question printed, the answer typed, mistakes explained."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TextIO, assert_never

from rich.console import Console

from api.cli.exit_codes import fail
from api.cli.interviews.rendering import InterviewTexts, print_mistake, print_question, print_reasons
from api.domain.interview.countries import Mistake, UnclearCountry, describe_country
from api.domain.interview.questions import InterviewQuestion, next_question
from api.domain.interview.readers import read_answer
from api.domain.interview.state import ANOTHER_ITEM, Interview, InterviewAnswer, InterviewTerms, answer, back
from api.parsing.fields import read_whole_number


class _DialogueCommand(Enum):
    """What can be typed in the place of an answer."""

    BACK = "b"
    WHY = "?"
    QUIT = "q"


class InterviewEnded(Exception):
    """Whoever answered has ended the interview before an answer."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where questions are printed and answers are read from, and the words of the language."""

    console: Console
    source: TextIO
    texts: InterviewTexts

    def hold(self, terms: InterviewTerms, state: Interview) -> Interview:
        """Return the state once nothing is left to ask. Raises `InterviewEnded` where it is ended before.

        From the end of the input on, nothing more is known and there is no other item.
        """
        number = len(state.steps)
        while (question := next_question(terms, state)) is not None:
            print_question(self.console, self.texts, state, question, len(state.steps) - number + 1)
            state = self._take(terms, state, question)
        return state

    def _take(self, terms: InterviewTerms, state: Interview, question: InterviewQuestion) -> Interview:
        """The state after an answer, or after going back; whatever else is typed leaves the question."""
        meant: dict[str, str] = {}
        while True:
            typed = self._read("> ")
            if typed is None:
                return answer(state, _not_known(question))
            command = next((one for one in _DialogueCommand if one.value == typed.casefold()), None)
            if command is not None:
                if (after := self._obey(command, terms, state, question)) is not None:
                    return after
                continue
            read = self._read_answer(terms, question, typed, meant)
            if isinstance(read, InterviewAnswer):
                return answer(state, read)
            print_mistake(self.console, read)

    def _obey(
        self, command: _DialogueCommand, terms: InterviewTerms, state: Interview, question: InterviewQuestion
    ) -> Interview | None:
        match command:
            case _DialogueCommand.BACK:
                if state.steps:
                    return back(state)
                print_mistake(
                    self.console, Mistake("this is the first question", "answer it, or type q to end")
                )
                return None
            case _DialogueCommand.WHY:
                print_reasons(self.console, self.texts, terms, state, question)
                return None
            case _DialogueCommand.QUIT:
                raise InterviewEnded
            case _:
                assert_never(command)

    def _read_answer(
        self, terms: InterviewTerms, question: InterviewQuestion, typed: str, meant: dict[str, str]
    ) -> InterviewAnswer | Mistake:
        words = self.texts.choices_of(question)
        while True:
            read = read_answer(question, typed, terms.policies.countries, meant, words)
            if not isinstance(read, UnclearCountry):
                return read
            code = self._choose(read)
            if code is None:
                return Mistake(
                    f"`{read.text}` may be {_list(read)}", "answer by the code of the one that is meant"
                )
            meant[read.text] = code

    def _choose(self, unclear: UnclearCountry) -> str | None:
        """The code of the country that is meant by an unclear name; None where none of them is chosen."""
        self.console.print(f"Which one is meant by `{unclear.text}`?", markup=False)
        choices: Mapping[int, str] = dict(enumerate(unclear.codes, 1))
        for number, code in choices.items():
            self.console.print(f"  {number}  {describe_country(code)}", markup=False)
        typed = self._read("> ")
        if typed is None:
            return None
        number_typed = read_whole_number(typed, 1, len(choices))
        if number_typed is not None:
            return choices[number_typed]
        return typed.upper() if typed.upper() in unclear.codes else None

    def _read(self, prompt: str) -> str | None:
        """The next line without blanks around it; None at the end of the input."""
        self.console.print(prompt, end="", soft_wrap=True)
        sys.stdout.flush()
        try:
            line = self.source.readline()
        except UnicodeDecodeError:
            fail("what was typed is not UTF-8", "set the terminal to UTF-8")
        if not line:
            self.console.print()
            return None
        if not self.source.isatty():
            self.console.print()
        return line.strip()


def _not_known(question: InterviewQuestion) -> InterviewAnswer:
    value = False if question.fact == ANOTHER_ITEM else None
    return InterviewAnswer(question.fact, question.line, {question.fact: value})


def _list(unclear: UnclearCountry) -> str:
    return " or ".join(map(describe_country, unclear.codes))
