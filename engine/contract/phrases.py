"""Phrases: sentences by which the scenarios of a folder state facts, outcomes and grounds in words of its own.

A phrase takes values where it names a fact in braces. How a word of a phrase is read is here as well, so that what is
checked at load and what a scenario says later are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.contract.decision import Outcome
from engine.contract.vocabulary import COUNTRIES, Kind, Value, Vocabulary, Word

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
DAY_OF_STATEMENT = "happened_on"
"""The placeholder for the day on which something became so: such a phrase records facts of a case."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of scenarios, and the facts that it states beside those it names in braces.

    A fact that it states as None is not known to those who could state it. `line` is the line of the request that it
    speaks of.
    """

    text: str
    states: Mapping[str, Value | None]
    line: int = 1

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What stands in braces, in order."""
        return tuple(PLACEHOLDER.findall(self.text))

    @property
    def takes(self) -> tuple[str, ...]:
        """The facts whose values it takes from the sentence."""
        return tuple(name for name in self.placeholders if name != DAY_OF_STATEMENT)

    @property
    def is_dated(self) -> bool:
        """Whether it says on which day something became so."""
        return DAY_OF_STATEMENT in self.placeholders

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The sentence in pieces: each literal text or the name of a placeholder, and whether it is one."""
        for number, piece in enumerate(PLACEHOLDER.split(self.text)):
            yield piece, number % 2 == 1


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of a policy folder: those that state facts, and those for outcomes and for grounds.

    A ground is the fact by which a rule did not decide.
    """

    facts: tuple[Phrase, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    grounds: Mapping[str, str] = field(default_factory=dict)


NO_PHRASES = Phrases()


def stated_word(vocabulary: Vocabulary, fact: str) -> Word | None:
    """The word of a fact that a request can state; None for any other name."""
    if fact not in vocabulary.order:
        return None
    return vocabulary.words.get(fact) or Word(fact, Kind.TEXT)


def choices_by_word(word: Word) -> dict[str, str]:
    """The choices of a fact by what may stand for each: itself, with spaces for underscores, or what it says."""
    found = {choice: choice for choice in word.choices}
    for choice in word.choices:
        found.setdefault(choice.replace("_", " "), choice)
    for choice, says in word.choices_in_words.items():
        found.setdefault(says, choice)
    return found


def pattern_of(phrase: Phrase, vocabulary: Vocabulary) -> str:
    """The regular expression of the sentences that are this phrase, a group for each placeholder, in their order."""
    return "".join(
        f"({_pattern_of_value(vocabulary, piece)})" if named else re.escape(piece)
        for piece, named in phrase.pieces
    )


def _pattern_of_value(vocabulary: Vocabulary, name: str) -> str:
    word = stated_word(vocabulary, name)
    if word is not None and word.kind is Kind.CHOICE:
        return "|".join(re.escape(text) for text in sorted(choices_by_word(word), key=len, reverse=True))
    if word is not None and (word.kind is Kind.TEXT or name == COUNTRIES):
        return ".+"
    return r"\S+"
