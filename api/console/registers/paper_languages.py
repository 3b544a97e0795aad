"""The languages of the papers that are printed: those of the console, and those of other sides.

A catalogue `papers.po` in a language is what makes papers in it possible; the office's own words in it are those of
the policies' translations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.console.frame.languages import CATALOGUES, LANGUAGES, translations_in
from engine import PolicySet

PAPER_LANGUAGES = (
    *LANGUAGES,
    *sorted(file.parent.name for file in CATALOGUES.glob("*/papers.po") if file.parent.name not in LANGUAGES),
)
"""The languages that papers can be in."""


@dataclass(frozen=True, slots=True)
class PaperLanguage:
    """A language of a paper: its code, the words of the paper in it, and how texts of the policies are read in it."""

    code: str
    say: Callable[..., str]
    count: Callable[..., str]
    read: Callable[[str], str]

    @classmethod
    def of(cls, code: str, policies: PolicySet) -> PaperLanguage:
        """Return a language, which is one of `PAPER_LANGUAGES`."""

        def say(text: str, **values: object) -> str:
            return message_in(code, text, **values)

        def count(one: str, many: str, num: int) -> str:
            found: str = translations_in(code).ngettext(one, many, num)
            return found % {"num": f"{num:,}"}

        return cls(code, say, count, lambda text: policies.languages.read(code, text))


def message_in(code: str, text: str, **values: object) -> str:
    """Return a message in a language of papers."""
    found: str = translations_in(code).gettext(text)
    return found % values if values else found


def languages_of(policies: PolicySet, country: str, office: str) -> tuple[PaperLanguage, ...]:
    """Return the languages of a paper for a country: the office's, and those of the country that papers can be in."""
    spoken = sorted(code for code in policies.languages.spoken.get(country, ()) if code in PAPER_LANGUAGES)
    return tuple(PaperLanguage.of(code, policies) for code in dict.fromkeys((office, *spoken)))


def unspoken(policies: PolicySet, country: str) -> Mapping[str, str]:
    """Return the languages of a country that papers cannot be in."""
    spoken = sorted(policies.languages.spoken.get(country, ()))
    return {code: code for code in spoken if code not in PAPER_LANGUAGES}
