"""The files of translations, and the languages of countries, as text -> as checked, each fault with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from engine.checking.cache import BOOKS
from engine.checking.membership import entries_of
from engine.checking.names import DefinedNames
from engine.checking.report import CheckReport, SourceFile
from engine.loading.document import Document, Path
from engine.loading.file_schema import PolicyFile
from engine.loading.language_schema import LanguageFile, TranslationText
from engine.policy.languages import ENGLISH, Languages
from engine.policy.sentences import BRACES, Translation


def check_languages(
    sources: Sequence[SourceFile[LanguageFile]],
    policies: Sequence[SourceFile[PolicyFile]],
    names: DefinedNames,
) -> Languages:
    """Return the translations of a folder, and the languages that its files name for their countries (T01 to T05)."""
    report = names.report
    first: dict[str, str] = {}
    books = {}
    for source in sources:
        language = source.content.language
        if language == ENGLISH:
            message = "English is what the policies are written in, and is not translated into"
            report.error(source.document, ("language",), "T04", message, "change the sentences themselves")
        elif language in first:
            message = f"a second file of the language `{language}`; the first is {first[language]}"
            report.error(source.document, ("language",), "T02", message, "put both into one file")
        else:
            first[language] = source.document.file
            books[language] = BOOKS.of_sound(report, source.document, partial(_book, source, names))
    return Languages(books, _languages_of_countries(policies, report))


def _book(source: SourceFile[LanguageFile], names: DefinedNames) -> Mapping[str, Translation]:
    document, report = source.document, names.report
    book: dict[str, Translation] = {}
    places: dict[str, str] = {}
    for index, text in enumerate(source.content.translations):
        path = ("translations", index)
        if text.english in places:
            message = f"the sentence is translated twice, first at {places[text.english]}"
            report.error(document, (*path, "english"), "T02", message, "keep one of the two")
            continue
        places[text.english] = str(document.place((*path, "english")))
        found = len(report.findings)
        _check_places(document, path, text, names)
        _check_status(document, path, text, report)
        if not report.faulty_since(found):
            book[text.english] = Translation(text.translation, draft=text.status == "draft")
    return book


def _check_places(document: Document, path: Path, text: TranslationText, names: DefinedNames) -> None:
    """Report names in braces that the translation has and the English text has not (R07), or the other way (T01)."""
    at = (*path, "translation")
    wanted = Counter(BRACES.findall(text.english))
    names.sentence(document, at, text.translation, wanted)
    found = Counter(BRACES.findall(text.translation))
    for name, count in wanted.items():
        if not found[name]:
            message = f"the translation lacks `{{{name}}}`, which stands in the English text"
            names.report.error(document, at, "T01", message, "write it where it belongs")
        elif found[name] != count:
            message = (
                f"`{{{name}}}` stands in the translation {found[name]} times, in the English text {count}"
            )
            names.report.error(document, at, "T01", message, "write it as often as there")


def _check_status(document: Document, path: Path, text: TranslationText, report: CheckReport) -> None:
    """Report a review of which nobody or no day is known, and a draft that says who reviewed it (T03)."""
    for key in ("reviewed_by", "reviewed_on"):
        stated = getattr(text, key) is not None
        if text.status == "reviewed" and not stated:
            message = f"the translation is reviewed, but it has no `{key}`"
            remedy = (
                "say who has read it against the English text, and on which day, or write `status: draft`"
            )
            report.error(document, (*path, "status"), "T03", message, remedy)
        elif text.status == "draft" and stated:
            message = f"the translation is a draft, and has `{key}`"
            report.error_at_key(
                document, (*path, key), "T03", message, "write `status: reviewed`, or take it out"
            )


def _languages_of_countries(
    policies: Iterable[SourceFile[PolicyFile]], report: CheckReport
) -> Mapping[str, frozenset[str]]:
    """The languages of each country; a file that names none cannot say what is spoken there (T05)."""
    spoken: dict[str, frozenset[str]] = {}
    for source in policies:
        content = source.content
        named = list(_named(content))
        if content.languages and not named:
            message = "the languages of a country, in a file that names no country"
            remedy = "name the `country`, or take the languages out"
            report.error_at_key(source.document, ("languages",), "T05", message, remedy)
        for code, languages in named:
            spoken[code] = spoken.get(code, frozenset()).union(languages) - {ENGLISH}
    return spoken


def _named(content: PolicyFile) -> Iterator[tuple[str, Sequence[str]]]:
    """The countries that a file names, each with its languages."""
    if content.country is not None:
        yield content.country, content.languages or ()
    for entry in entries_of(content):
        yield entry.country, entry.languages or content.languages or ()


def languages_in(content: PolicyFile) -> frozenset[str]:
    """The languages of the countries that a file names, but for English."""
    return frozenset().union(*(languages for _, languages in _named(content))) - {ENGLISH}
