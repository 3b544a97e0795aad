"""What a sound set does not say in a language in which it should be spoken (T06 to T08)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from engine.checking.languages import languages_in
from engine.checking.report import CheckReport, SourceFile
from engine.checking.translatable_texts import TextSort, TranslatableText
from engine.diagnostics import Diagnostic, Severity
from engine.loading.document import Path
from engine.loading.file_schema import PolicyFile
from engine.loading.language_schema import LanguageFile
from engine.policy.languages import Languages, TranslationGaps

MOST_PLACES = 3
"""So many places are named in one remark."""


def hint_at_languages(
    sources: Sequence[SourceFile[LanguageFile]],
    policies: Sequence[SourceFile[PolicyFile]],
    texts: Collection[TranslatableText],
    report: CheckReport,
) -> Mapping[str, TranslationGaps]:
    """Remark on texts without a translation (T06), stale translations (T07), and languages without a file (T08).

    Returns how many there are of both in each language.
    """
    gaps: dict[str, TranslationGaps] = {}
    spoken = frozenset().union(*report.languages.spoken.values())
    current = {one.text for one in texts} | {word.ask for word in report.vocabulary.words.values()}
    for source in sources:
        language = source.content.language
        missing = _missing(language, language in spoken, texts, report.languages)
        for file, untranslated in missing.items():
            message = f"{_texts(untranslated)} of {file} without a translation: {_places(untranslated)}"
            remedy = "add each, with the English text beside it; until then it is said in English alone"
            report.hint(source.document, ("language",), "T06", message, remedy)
        gaps[language] = TranslationGaps(_count(missing), _hint_at_stale(source, current, report))
    for policy in policies:
        for language in sorted(languages_in(policy.content) - report.languages.books.keys()):
            message = f"no file has translations into `{language}`, so that nothing is said in it"
            remedy = f"add a file with `language: {language}`, or take the language out"
            place = policy.document.key_place(_languages_path(policy.content))
            report.findings.append(Diagnostic(place, "T08", message, remedy, Severity.HINT))
            gaps[language] = TranslationGaps(_count(_missing(language, True, texts, report.languages)), 0)
    return gaps


def _count(missing: Mapping[str, Sequence[TranslatableText]]) -> int:
    return sum(map(len, missing.values()))


def _missing(
    language: str, spoken: bool, texts: Collection[TranslatableText], languages: Languages
) -> Mapping[str, Sequence[TranslatableText]]:
    """The texts by file that should be in the language and are not.

    The sentences of a file are to be in the languages of its countries, or in all languages if it is for none; and in
    those of no country, which readers want. Of another sort all are to be there once one is; a text that is of
    several sorts does not count for that.
    """
    book = languages.books.get(language, {})
    sorts: dict[str, set[TextSort]] = {}
    for one in texts:
        sorts.setdefault(one.text, set()).add(one.sort)
    begun = {TextSort.SENTENCE}.union(*(of for text, of in sorts.items() if text in book and len(of) == 1))
    found: dict[str, list[TranslatableText]] = {}
    for one in texts:
        concerned = not spoken or one.languages is None or language in one.languages
        if concerned and one.sort in begun and one.text not in book:
            found.setdefault(one.document.file, []).append(one)
    return found


def _hint_at_stale(source: SourceFile[LanguageFile], current: Collection[str], report: CheckReport) -> int:
    """Remark on translations of what no longer stands in the policies; return how many there are."""
    paths: list[Path] = [
        ("translations", index, "english")
        for index, text in enumerate(source.content.translations)
        if text.english not in current
    ]
    if paths:
        message = "a translation is of an English text that no longer stands in the policies"
        if len(paths) > 1:
            named = _named([str(source.document.place(path)) for path in paths])
            message = f"{len(paths)} translations are of English texts that no longer stand in the policies: {named}"
        remedy = "translate the text as it is now, and put it in the place of the old one; what is stale is not said"
        report.hint(source.document, paths[0], "T07", message, remedy)
    return len(paths)


def _languages_path(content: PolicyFile) -> Path:
    if content.languages or not isinstance(content.countries, list):
        return ("languages",)
    index = next(index for index, entry in enumerate(content.countries) if entry.languages)
    return ("countries", index, "languages")


def _texts(found: Sequence[TranslatableText]) -> str:
    return "1 text" if len(found) == 1 else f"{len(found)} texts"


def _places(found: Sequence[TranslatableText]) -> str:
    return _named([str(one.document.place(one.path)) for one in found])


def _named(places: Sequence[str]) -> str:
    rest = len(places) - MOST_PLACES
    return ", ".join(places[:MOST_PLACES]) + (f" and {rest} more" if rest > 0 else "")
