"""Facts in words, as the vocabulary has them, in the visitor's language where the policies have translations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.console.frame.areas import marked
from api.console.frame.countries import show_country
from api.console.frame.visits import Visit
from api.domain.cases.recordable_facts import COUNTRIES
from engine import DELIVERER, RECIPIENT, Kind, Vocabulary, Word
from engine.contract.vocabulary import COUNTRY

YES, NO, NOT_KNOWN = marked("yes"), marked("no"), marked("not known")


def word_of(vocabulary: Vocabulary, fact: str) -> Word | None:
    """Return the word of a fact; None for one that the policies in force do not know any more."""
    return vocabulary.words.get(COUNTRY if fact == COUNTRIES else fact)


def ask_of(visit: Visit, fact: str) -> str:
    """Return the question that asks for a fact, or its name in words."""
    word = word_of(visit.policies.vocabulary, fact)
    if word is None or not word.ask:
        return fact.rpartition(".")[2].replace("_", " ")
    return read(visit, word.ask)


def choices_of(visit: Visit, word: Word) -> Mapping[str, str]:
    """Return the choices of a fact in words, by what stands for each; none where the answer is typed."""
    if word.kind is Kind.TRUTH:
        return {"true": visit.message(YES), "false": visit.message(NO)}
    return {choice: read(visit, text) for choice, text in word.choices_in_words.items()}


def show_value(visit: Visit, fact: str, value: Any) -> str:
    """Return a value of a fact in words."""
    if value is None:
        return visit.message(NOT_KNOWN)
    if fact == COUNTRIES and isinstance(value, list):
        return ", ".join(show_country(visit.language, code) for code in value)
    if isinstance(value, bool):
        return visit.message(YES if value else NO)
    word = word_of(visit.policies.vocabulary, fact)
    return choices_of(visit, word).get(str(value), str(value)) if word else str(value)


def party_name(visit: Visit, party: str) -> str:
    """Return what a party is called."""
    return read(visit, visit.policies.parties.get(party, party.replace("_", " ")))


def handing_words(visit: Visit) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return those who hand over and those who receive, in words."""
    words = visit.policies.vocabulary.words
    return choices_of(visit, words[DELIVERER]), choices_of(visit, words[RECIPIENT])


def read(visit: Visit, text: str) -> str:
    """Return a text of the policies in the visitor's language, where it has a translation."""
    return visit.policies.languages.read(visit.language, text)
