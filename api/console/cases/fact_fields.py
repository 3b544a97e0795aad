"""The fields of the form that records facts, one for each fact of each line, and how they are read.

A field is named by the place of its line (0 for the whole request) and its fact; an empty one records nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.console.cases.words import ask_of, choices_of, show_value
from api.console.frame.countries import in_english
from api.console.frame.visits import Visit
from api.domain.case_view import CaseView
from api.domain.cases.case import RecordedFact
from api.domain.cases.recordable_facts import COUNTRIES, ITEM, recordable_facts
from api.domain.interview.countries import Mistake, UnclearCountry, read_countries
from api.domain.interview.readers import read_value
from api.parsing.characters import in_normal_form
from engine import Kind, Word

NOT_KNOWN = "-"
"""What a field holds where the answer is not known to anybody."""


@dataclass(frozen=True, slots=True)
class FactField:
    """A field: its fact and line, the question, the choices where there are few, what is known, what was typed."""

    name: str
    fact: str
    line: int | str | None
    word: Word
    ask: str
    choices: Mapping[str, str]
    known: str | None
    own: bool
    offered: bool
    typed: str = ""
    fault: str = ""

    @property
    def input_type(self) -> str:
        """The type of the input where the answer is typed."""
        return "date" if self.word.kind is Kind.DATE else "text"


def fields_of(visit: Visit, view: CaseView, lines: Collection[int | str]) -> list[FactField]:
    """Return the fields of the facts of a case and of some of its lines, in the order of the vocabulary.

    Those are offered that the visitor's role may record; a form that states others is refused by the service.
    """
    role, vocabulary = visit.caller.role, visit.policies.vocabulary
    recordable = recordable_facts(vocabulary)
    facts = [fact for fact in (COUNTRIES, *vocabulary.facts) if fact in recordable]
    known = {(fact.line, fact.name): fact for fact in view.state.facts}
    found = list[FactField]()
    for place, mark in enumerate((None, *view.case.lines)):
        if mark is not None and mark not in lines:
            continue
        for fact in facts:
            word = visit.texts.word(fact)
            if fact.startswith(ITEM) == (mark is None) or word is None:
                continue
            now: RecordedFact | None = known.get((None if mark is None else str(mark), fact))
            found.append(
                FactField(
                    name=f"{place}.{fact}",
                    fact=fact,
                    line=mark,
                    word=word,
                    ask=ask_of(visit, fact),
                    choices=choices_of(visit, word),
                    known=show_value(visit, fact, now.value) if now else None,
                    own=word.owner in role.parties,
                    offered=fact in role.records,
                )
            )
    return found


def read_field(visit: Visit, field: FactField) -> Any | Mistake:
    """Return what a field states, None for what is not known, or what is wrong with it."""
    typed = in_normal_form(field.typed)
    if typed == NOT_KNOWN:
        return None
    if field.fact != COUNTRIES:
        return read_value(field.word, typed, {})
    return read_country_codes(in_english(visit.language, typed), visit.policies.countries)


def read_country_codes(typed: str, listed: Collection[str]) -> list[str] | Mistake:
    """Return the codes of the countries typed; a code that is written as one stands for itself."""
    codes = {part: part for part in _parts(typed) if len(part) == 2 and part.isalpha() and part.isupper()}
    found = read_countries(typed, listed, {})
    if isinstance(found, UnclearCountry) and found.text in codes:
        found = read_countries(typed, listed, codes)
    if isinstance(found, UnclearCountry):
        return Mistake(f"`{found.text}` can be several countries", f"write one of {', '.join(found.codes)}")
    return found if isinstance(found, Mistake) else [*found]


def _parts(typed: str) -> Iterator[str]:
    return (part.strip() for part in typed.split(","))
