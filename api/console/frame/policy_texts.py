"""What the policies say, in the language of the page where they are translated, else in English and marked so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, assert_never

from babel import Locale, UnknownLocaleError

from api.console.frame.areas import marked
from api.console.frame.countries import country_names_in, show_country
from api.console.frame.languages import translations_in
from engine import ENGLISH, Outcome, Permission, PolicySet, Word
from engine.contract.offices import AUDITOR
from engine.contract.vocabulary import COUNTRIES, COUNTRY


class ShownText(NamedTuple):
    """A text; `lang` is its language where that is another than the page's."""

    text: str
    lang: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text)


class ShownOutcome(NamedTuple):
    """An outcome in words: the class of its sign, whether it may be handed over, and what the policies call it."""

    sign: str
    permission: str
    title: ShownText
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The words of a set of policies on pages in a language."""

    policies: PolicySet
    language: str

    def read(self, text: str | None) -> ShownText:
        """Return a text of the policies; an empty one where there is none."""
        if not text:
            return ShownText("")
        found = self.policies.languages.books.get(self.language, {}).get(text)
        return ShownText(found.text) if found else self.english(text)

    def english(self, text: str) -> ShownText:
        """Return a text that there is in English alone, as those of the program itself."""
        return ShownText(text, None if self.language == ENGLISH else ENGLISH)

    def message(self, text: str, **values: object) -> str:
        """Return a message of the console."""
        translated = translations_in(self.language).gettext(text)
        return translated % values if values else translated

    def party(self, name: str) -> ShownText:
        """Return what a party is called."""
        return self.read(self.policies.parties.get(name, name.replace("_", " ")))

    def role(self, name: str) -> ShownText:
        """Return what a role is called: in English by its name, elsewhere by the one party that it speaks for."""
        if self.language == ENGLISH:
            return ShownText(name.replace("_", " "))
        if name == AUDITOR:
            return ShownText(self.message("auditor"))
        role = self.policies.roles.get(name)
        if role is None or len(role.parties) != 1:
            return self.english(name.replace("_", " "))
        return self.party(*role.parties)

    def country(self, code: str) -> str:
        """Return the name of a country."""
        return country_names_in(self.language).get(code, code)

    def countries(self, codes: Iterable[str]) -> str:
        """Return countries by their names and codes, with commas between them."""
        return ", ".join(show_country(self.language, code) for code in codes)

    def question(self, fact: str) -> ShownText:
        """Return the question for a fact; the fact's name where the policies have none."""
        word = self.word(fact)
        return self.read(word.ask if word and word.ask else fact)

    def word(self, fact: str) -> Word | None:
        """Return the word of a fact; None for one that the policies do not know, such as a fact of earlier ones."""
        return self.policies.vocabulary.words.get(COUNTRY if fact == COUNTRIES else fact)

    def choices(self, word: Word) -> dict[str, ShownText]:
        """Return each choice of a word in words."""
        return {code: self._choice(word, code, text) for code, text in word.choices_in_words.items()}

    def _choice(self, word: Word, code: str, text: str) -> ShownText:
        if word.meanings:
            return self.read(text)
        return ShownText(self.truth(code == "true")) if code in ("true", "false") else self.english(text)

    def truth(self, value: bool) -> str:
        """Return yes or no."""
        return self.message("yes") if value else self.message("no")

    def value(self, fact: str, value: Any) -> ShownText:
        """Return what was stated of a fact."""
        if value is None:
            return ShownText(self.message("not known"))
        if isinstance(value, bool):
            return ShownText(self.truth(value))
        if isinstance(value, list | tuple):
            return ShownText(self.countries(value))
        word = self.word(fact)
        if word and (words := word.choices_in_words.get(str(value))):
            return self._choice(word, str(value), words)
        return ShownText(f"{value:f}" if isinstance(value, Decimal) else str(value))

    def outcome(self, outcome: Outcome) -> ShownOutcome:
        """Return an outcome in words."""
        permission = outcome.handover_as_asked
        words = self.message(permission_words(permission))
        return ShownOutcome(sign_of(permission), words, self.title(outcome), outcome)

    def title(self, outcome: Outcome) -> ShownText:
        """Return what an outcome is called, to begin a line."""
        title = self.read(self.policies.titles[outcome])
        return title._replace(text=title.text[:1].upper() + title.text[1:])

    def language_name(self, tag: str) -> str:
        """Return the name of a language, in that of the page."""
        return _language_name(tag, self.language)

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
