"""Facts in words, as the vocabulary has them, in the visitor's language where the policies have translations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.console.frame.visits import Visit
from engine import DELIVERER, RECIPIENT, Word


def ask_of(visit: Visit, fact: str) -> str:
    """Return the question that asks for a fact, or its name in words."""
    return visit.texts.question(fact).text


def choices_of(visit: Visit, word: Word) -> Mapping[str, str]:
    """Return the choices of a fact in words, by what stands for each; none where the answer is typed."""
    return {choice: shown.text for choice, shown in visit.texts.choices(word).items()}


def show_value(visit: Visit, fact: str, value: Any) -> str:
    """Return a value of a fact in words."""
    return visit.texts.value(fact, value).text


def party_name(visit: Visit, party: str) -> str:
    """Return what a party is called."""
    return visit.texts.party(party).text


def handing_words(visit: Visit) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return those who hand over and those who receive, in words."""
    words = visit.policies.vocabulary.words
    return choices_of(visit, words[DELIVERER]), choices_of(visit, words[RECIPIENT])
