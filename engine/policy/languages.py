"""What the policies say in other languages: translations found by the English text, and who is spoken to in which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

from engine.policy.sentences import BRACES, LineWords, Translation, Translations, fill_in

ENGLISH = "en"
"""In which everything is written; the language of no book."""

Book = Mapping[str, Translation]
"""The translations into one language, by the English text."""


class TranslationGaps(NamedTuple):
    """Of a language: how many texts should be spoken in it and are not, and how many translations are stale."""

    missing: int
    stale: int


@dataclass(frozen=True, slots=True)
class Languages:
    """The translations of a set by their languages, and the languages of countries, by their codes.

    `readers` are languages in which everything is spoken besides, whoever visits.
    """

    books: Mapping[str, Book] = field(default_factory=dict)
    spoken: Mapping[str, frozenset[str]] = field(default_factory=dict)
    readers: frozenset[str] = frozenset()

    def of(self, countries: Iterable[str | None]) -> frozenset[str]:
        """The languages in which visitors from these countries are spoken to."""
        return self.readers.union(*(self.spoken.get(country or "", ()) for country in countries))

    def also_in(self, language: str) -> Languages:
        """The same, and everything is spoken in that language as well."""
        return replace(self, readers=self.readers | {language})

    def translations(self, text: str) -> Translations:
        """The text in every language that has it, in the order of their tags; names in braces stay as they are."""
        return tuple((tag, book[text]) for tag, book in sorted(self.books.items()) if text in book)

    def read(self, language: str, text: str) -> str:
        """The text as somebody reads it who prefers that language; in English where there is no translation."""
        found = self.books.get(language, {}).get(text)
        return found.text if found else text

    def fill_in(self, texts: Translations, values: Mapping[str, str]) -> Translations:
        """The texts with the value of each name in braces, in the same language if it has one; else in English.

        A text is a draft where it or a value in it is one.
        """
        return tuple((tag, self._filled_in(tag, text, values)) for tag, text in texts)

    def line_words(self, language: str, words: LineWords) -> tuple[LineWords, bool] | None:
        """The words around the sentences for several lines, and whether one is a draft; None if any is missing."""
        book = self.books[language]
        english = asdict(words)
        if not all(text in book for text in english.values()):
            return None
        found = {key: book[text] for key, text in english.items()}
        return (
            LineWords(**{key: one.text for key, one in found.items()}),
            any(one.draft for one in found.values()),
        )

    def _filled_in(self, language: str, text: Translation, values: Mapping[str, str]) -> Translation:
        if "{" not in text.text:
            return Translation(text.text[:1].upper() + text.text[1:], text.draft)
        book = self.books[language]
        inserted = {
            name: book.get(values[name], Translation(values[name], draft=False))
            for name in BRACES.findall(text.text)
        }
        filled = fill_in(text.text, {name: one.text for name, one in inserted.items()})
        draft = text.draft or any(one.draft for one in inserted.values())
        return Translation(filled[:1].upper() + filled[1:], draft)


NO_LANGUAGES = Languages()
"""Of a set that says everything in English alone."""
