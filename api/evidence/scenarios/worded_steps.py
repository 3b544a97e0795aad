"""Steps that speak in the words of the policies: patterns whose words the lint looks up, and phrases of a folder.

Which phrases there are only the policies of a session know; their steps are defined when it starts.
"""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from pytest_bdd import parsers
from pytest_bdd.parsers import StepParser

from api.evidence.scenarios.stated_facts import StatedFact, UnknownWord
from api.evidence.scenarios.step_decorators import given, rows, then
from api.evidence.scenarios.words import PolicyWords
from engine.contract.phrases import Phrase

StepTable = Sequence[Sequence[str]] | None
PARTY = r"(?P<party>[A-Za-z][A-Za-z _-]*?)"
ASKING = r"(?P<asking>[A-Za-z][A-Za-z _-]*?)"
COUNTRY = r"(?P<country>[A-Z][\w' -]*?)"
FACT = r"(?P<fact>\S+)(?: of line (?P<line>\d+))?"

_READERS: Mapping[str, Callable[[PolicyWords, str], object]] = {
    "party": PolicyWords.party,
    "asking": PolicyWords.asking,
    "outcome": PolicyWords.outcome,
    "queried": PolicyWords.condition_word,
    "ground": PolicyWords.ground,
    "country": PolicyWords.country,
    "rule": PolicyWords.rule,
    "reading": PolicyWords.reading,
    "clause": PolicyWords.clauses,
    "clauses": PolicyWords.clauses,
    "deliverer": PolicyWords.deliverer,
}
"""What the group of a pattern names, and how it is looked up."""


class InWords(parsers.re):
    """A pattern whose groups are words of the policies: those of `_READERS`, and what `read` makes of all groups."""

    def __init__(self, pattern: str, read: Callable[..., object] | None = None) -> None:
        super().__init__(pattern)
        self._read = read

    def check(self, words: PolicyWords, text: str, table: StepTable) -> None:
        """Look the words of a step up. Raises UnknownWord."""
        found = self.parse_arguments(text) or {}
        for name, read in _READERS.items():
            if name in found:
                read(words, found[name])
        if self._read is not None:
            self._read(words, **found)


class FactTable(InWords):
    """A pattern whose step has a table of facts."""

    def check(self, words: PolicyWords, text: str, table: StepTable) -> None:
        """Look the words of the table up. Raises UnknownWord."""
        statements_in(words, table or ())


def statements_in(words: PolicyWords, table: Sequence[Sequence[str]]) -> list[StatedFact]:
    """The facts of a table with the columns `fact` and `value`. Raises UnknownWord, also for others or none."""
    if not table:
        raise UnknownWord("the step has no table", "give it one with the columns fact and value")
    try:
        stated = rows(table, "fact", "value")
    except ValueError as error:
        raise UnknownWord(str(error), "give it a row for each fact") from error
    found = []
    for row in stated:
        named = re.fullmatch(FACT, row["fact"])
        fact, line = (named["fact"], named["line"]) if named else (row["fact"], None)
        found.append(words.statement(fact, row["value"], line))
    return found


class FolderParser(StepParser):
    """Takes sentences of a folder's own; `forms` are these, as they read in `vocabulary.yaml`."""

    forms: tuple[str, ...]

    @abstractmethod
    def check(self, words: PolicyWords, text: str, table: StepTable) -> None:
        """Look the words of a step up. Raises UnknownWord."""


class PhraseParser(FolderParser):
    """Takes the sentences of phrases; the arguments are what one states, and of a dated one the day."""

    def __init__(self, name: str, phrases: Iterable[Phrase], words: PolicyWords) -> None:
        super().__init__(name)
        self._words = words
        self._phrases = tuple((re.compile(words.pattern(phrase)), phrase) for phrase in phrases)
        self.forms = tuple(phrase.text for _, phrase in self._phrases)

    def is_matching(self, name: str) -> bool:
        """Whether a sentence is one of the phrases."""
        return self._found(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """What a sentence states. Raises UnknownWord."""
        found = self._found(name)
        if found is None:
            return None
        texts, phrase = found
        statements, day = self._words.statements(phrase, texts)
        return {"statements": statements, "day": day} if phrase.is_dated else {"statements": statements}

    def check(self, words: PolicyWords, text: str, table: StepTable) -> None:
        """Look the words of a step up. Raises UnknownWord."""
        self.parse_arguments(text)

    def _found(self, name: str) -> tuple[tuple[str, ...], Phrase] | None:
        for regex, phrase in self._phrases:
            if found := regex.fullmatch(name):
                return found.groups(), phrase
        return None


class OutcomeParser(FolderParser):
    """Takes the sentences for outcomes."""

    def __init__(self, name: str, sentences: Iterable[str]) -> None:
        super().__init__(name)
        self.forms = tuple(sentences)

    def is_matching(self, name: str) -> bool:
        """Whether a sentence is one of these."""
        return name in self.forms

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """The sentence, which is looked up where it is checked."""
        return {"outcome": name}

    def check(self, words: PolicyWords, text: str, table: StepTable) -> None:
        """There is nothing to look up: the sentence is one of the folder's."""


StepFunction = Callable[..., None]


def define_phrases(
    words: PolicyWords, state: StepFunction, record: StepFunction, answer: StepFunction
) -> ModuleType:
    """Return a plugin with the steps of the folder's phrases.

    `state` takes the facts of a request, `record` those that became so of a case on a day, and `answer` an outcome.
    """
    phrases = words.policies.phrases
    dated = [phrase for phrase in phrases.facts if phrase.is_dated]
    undated = [phrase for phrase in phrases.facts if not phrase.is_dated]
    module = ModuleType("phrases of the policies")
    # pytest-bdd leaves a definition in the frame from which it is called: here one whose names are the module's.
    for decorate, parser, function in (
        (given, PhraseParser("what is so", undated, words), state),
        (given, PhraseParser("what became so", dated, words), record),
        (then, OutcomeParser("the outcome", phrases.outcomes), answer),
    ):
        names = {"decorate": decorate, "parser": parser, "function": function}
        exec("decorate(parser)(function)", names, vars(module))
    return module
