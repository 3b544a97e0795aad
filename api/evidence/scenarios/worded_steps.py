"""Steps that speak in the words of the policies: patterns whose words the lint looks up, and phrases of a folder.

Which phrases there are only the policies of a session know; their steps are defined when it starts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from pytest_bdd import parsers
from pytest_bdd.parsers import StepParser

from api.evidence.scenarios.step_decorators import given, rows, then
from api.evidence.scenarios.words import Statement, Words
from engine.contract.phrases import Phrase

Table = Sequence[Sequence[str]] | None
PARTY = r"(?P<party>[A-Za-z][A-Za-z _-]*?)"
ASKING = r"(?P<asking>[A-Za-z][A-Za-z _-]*?)"
COUNTRY = r"(?P<country>[A-Z][\w' -]*?)"
FACT = r"(?P<fact>\S+)(?: of line (?P<line>\d+))?"

_READERS: Mapping[str, Callable[[Words, str], object]] = {
    "party": Words.party,
    "asking": Words.asking,
    "outcome": Words.outcome,
    "asked": Words.condition_word,
    "ground": Words.ground,
    "country": Words.country,
    "rule": Words.rule,
    "reading": Words.reading,
    "clause": Words.clauses,
    "clauses": Words.clauses,
    "choice": Words.choice,
    "deliverer": Words.deliverer,
}
"""What the group of a pattern names, and how it is looked up."""


class InWords(parsers.re):
    """A pattern whose groups are words of the policies: those of `_READERS`, `fact` and `parameter`."""

    def check(self, words: Words, text: str, table: Table) -> None:
        """Look the words of a step up. Raises UnknownWord."""
        found = self.parse_arguments(text) or {}
        for name, read in _READERS.items():
            if found.get(name) is not None:
                read(words, found[name])
        if "fact" in found:
            words.statement(found["fact"], found["value"], found.get("line"))
        if "fact" in found and "party" in found:
            words.check_owner(found["party"], found["fact"])
        if "parameter" in found:
            words.parameter(found["country"], found["parameter"], found["value"])
        if table is not None:
            statements_in(words, table)


def statements_in(words: Words, table: Sequence[Sequence[str]]) -> list[Statement]:
    """The facts of a table with the columns `fact` and `value`. Raises UnknownWord, and ValueError if it has others."""
    found = []
    for row in rows(table, "fact", "value"):
        named = re.fullmatch(FACT, row["fact"])
        fact, line = (named["fact"], named["line"]) if named else (row["fact"], None)
        found.append(words.statement(fact, row["value"], line))
    return found


class PhraseParser(StepParser):
    """Takes the sentences of a phrase; the arguments are what they state, and the day of it."""

    def __init__(self, phrase: Phrase, words: Words) -> None:
        super().__init__(phrase.text)
        self._phrase = phrase
        self._words = words
        self._regex = re.compile(words.pattern(phrase))

    def is_matching(self, name: str) -> bool:
        """Whether a sentence is this phrase."""
        return self._regex.fullmatch(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """What a sentence states. Raises UnknownWord."""
        found = self._regex.fullmatch(name)
        if found is None:
            return None
        statements, day = self._words.statements(self._phrase, found.groups())
        return {"statements": statements, "day": day} if self._phrase.is_dated else {"statements": statements}

    def check(self, words: Words, text: str, table: Table) -> None:
        """Look the words of a step up. Raises UnknownWord."""
        self.parse_arguments(text)


class OutcomeParser(StepParser):
    """Takes the one sentence of a folder for an outcome."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)

    def is_matching(self, name: str) -> bool:
        """Whether a sentence is this one."""
        return name == self.name

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """The outcome, which is looked up when it is checked."""
        return {"outcome": name}


StepFunction = Callable[..., None]


def define_phrases(
    words: Words, state: StepFunction, record: StepFunction, answer: StepFunction
) -> ModuleType:
    """Return a plugin with the steps of the folder's phrases.

    `state` takes the facts of a request, `record` those that became so of a case on a day, and `answer` an outcome.
    """
    phrases = words.policies.phrases
    module = ModuleType("phrases of the policies")
    for phrase in phrases.facts:
        _define_in(module, given, PhraseParser(phrase, words), record if phrase.is_dated else state)
    for sentence in phrases.outcomes:
        _define_in(module, then, OutcomeParser(sentence), answer)
    return module


def _define_in(
    module: ModuleType, decorate: Callable[..., Any], parser: StepParser, function: StepFunction
) -> None:
    # pytest-bdd leaves a definition in the frame from which it is called: here one whose names are the module's.
    names = {"decorate": decorate, "parser": parser, "function": function}
    exec("decorate(parser)(function)", names, vars(module))
