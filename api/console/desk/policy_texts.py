"""What the policies say, in the language of the visitor where they are translated, else in English and marked so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, assert_never

from babel import Locale, UnknownLocaleError

from api.console.frame.areas import marked
from api.console.frame.countries import show_country
from api.console.frame.visits import Visit
from engine import ENGLISH, Outcome, Permission, PolicySet, Word
from engine.contract.vocabulary import COUNTRIES, COUNTRY


class ShownText(NamedTuple):
    """A text, and the language that it is in."""

    text: str
    language: str


class ShownOutcome(NamedTuple):
    """An outcome in words: the class of its sign, whether it may be handed over, and what the policies call it."""

    sign: str
    permission: str
    title: ShownText
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The words of a set of policies for one visitor."""

    visit: Visit

    @property
    def policies(self) -> PolicySet:
        """The policies whose words they are."""
        return self.visit.policies

    def read(self, text: str) -> ShownText:
        """Return a text of the policies."""
        language = self.visit.language
        found = self.policies.languages.books.get(language, {}).get(text)
        return ShownText(found.text, language) if found else ShownText(text, ENGLISH)

    def own(self, text: str) -> ShownText:
        """Return a text that is in the visitor's language already."""
        return ShownText(text, self.visit.language)

    def party(self, name: str) -> ShownText:
        """Return what a party is called."""
        return self.read(self.policies.parties.get(name, name))

    def question(self, fact: str) -> ShownText:
        """Return the question for a fact; the fact's name where the policies in force have none."""
        word = self.policies.vocabulary.words.get(COUNTRY if fact == COUNTRIES else fact)
        return self.read(word.ask if word and word.ask else fact)

    def choices(self, word: Word) -> dict[str, ShownText]:
        """Return each choice of a word in words."""
        return {code: self._choice(word, code, text) for code, text in word.choices_in_words.items()}

    def _choice(self, word: Word, code: str, text: str) -> ShownText:
        if word.meanings:
            return self.read(text)
        return self.own(self.truth(code == "true")) if code in ("true", "false") else ShownText(text, ENGLISH)

    def truth(self, value: bool) -> str:
        """Return yes or no."""
        return self.visit.message("yes") if value else self.visit.message("no")

    def value(self, fact: str, value: Any) -> ShownText:
        """Return what was stated of a fact."""
        if value is None:
            return self.own(self.visit.message("not known"))
        if isinstance(value, bool):
            return self.own(self.truth(value))
        if isinstance(value, list | tuple):
            return self.own(", ".join(show_country(self.visit.language, code) for code in value))
        word = self.policies.vocabulary.words.get(fact)
        if word and (words := word.choices_in_words.get(str(value))):
            return self._choice(word, str(value), words)
        return self.own(f"{value:f}" if isinstance(value, Decimal) else str(value))

    def outcome(self, outcome: Outcome) -> ShownOutcome:
        """Return an outcome in words."""
        title = self.read(self.policies.titles[outcome])
        title = ShownText(title.text[:1].upper() + title.text[1:], title.language)
        permission = outcome.handover_as_asked
        return ShownOutcome(
            sign_of(permission), self.visit.message(permission_words(permission)), title, outcome
        )

    def language(self, tag: str) -> str:
        """Return the name of a language, in that of the visitor."""
        return _language_name(tag, self.visit.language)

    def joined(self, texts: Iterable[ShownText]) -> Sequence[ShownText]:
        """Return texts without repetitions, in their order."""
        return [*dict.fromkeys(texts)]


def sign_of(permission: Permission) -> str:
    """Return the class by which a page shows whether something may be handed over."""
    match permission:
        case Permission.YES:
            return "good"
        case Permission.NO:
            return "bad"
        case Permission.NOT_DECIDED:
            return "wait"
        case _:
            assert_never(permission)


def permission_words(permission: Permission) -> str:
    """Return whether something may be handed over, in a word of the templates' language."""
    match permission:
        case Permission.YES:
            return marked("Yes")
        case Permission.NO:
            return marked("No")
        case Permission.NOT_DECIDED:
            return marked("Not decided")
        case _:
            assert_never(permission)


@cache
def _language_name(tag: str, reader: str) -> str:
    try:
        name = Locale.parse(tag, sep="-").get_display_name(reader)
    except (ValueError, UnknownLocaleError):
        return tag
    return name or tag
