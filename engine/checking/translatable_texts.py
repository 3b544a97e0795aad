"""The texts of a policy folder that can be translated, by what they are for, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from engine.checking.languages import languages_in
from engine.checking.membership import entries_of
from engine.checking.report import SourceFile
from engine.checking.row_tables import placed_rules
from engine.loading.country_schema import ValueTexts
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DirectiveFile,
    Parameters,
    PolicyFile,
    StandingAnswerText,
)
from engine.loading.rule_schema import RuleText
from engine.loading.vocabulary_schema import VocabularyFile
from engine.policy.sentences import BRACES, LineWords
from engine.policy.standing_answers import TOO_OLD


class TextSort(StrEnum):
    """What a text is for: what is spoken to the guest, and what the reader of an answer sees of it."""

    SENTENCE = "what is spoken"
    TITLE = "titles of outcomes"
    PARTY = "names of parties"
    QUESTION = "questions"
    CHOICE = "words of choices"


@dataclass(frozen=True, slots=True)
class TranslatableText:
    """A text of a file, and the languages of the countries that the file names; None if it is for no such country."""

    sort: TextSort
    document: Document
    path: Path
    text: str
    languages: frozenset[str] | None = None


def translatable_texts(
    directive: SourceFile[DirectiveFile],
    policies: Sequence[SourceFile[PolicyFile]],
    vocabularies: Sequence[SourceFile[VocabularyFile]],
) -> Iterator[TranslatableText]:
    """Yield every text that can be translated; a parameter's only where a sentence names it."""
    sentences = list(_sentences(directive, policies))
    yield from sentences
    yield from _inserted(
        directive, policies, {name for one in sentences for name in BRACES.findall(one.text)}
    )
    document, content = directive.document, directive.content
    for outcome, titled in content.outcomes.items():
        yield TranslatableText(TextSort.TITLE, document, ("outcomes", outcome, "title"), titled.title)
    for party, stated in content.parties.items():
        place: Path = ("parties", party)
        if isinstance(document.value["parties"][party], dict):
            place = (*place, "title")
        yield TranslatableText(TextSort.PARTY, document, place, stated.title)
    owners: list[SourceFile[DirectiveFile] | SourceFile[PolicyFile]] = [directive, *policies]
    for owner in owners:
        for path, parameters in _declared(owner):
            for name, declared in parameters.items():
                yield TranslatableText(TextSort.QUESTION, owner.document, (*path, name, "ask"), declared.ask)
    for source in vocabularies:
        for index, fact in enumerate(source.content.facts):
            at = ("facts", index)
            yield TranslatableText(TextSort.QUESTION, source.document, (*at, "ask"), fact.ask)
            for word, text in (fact.choices or {}).items():
                yield TranslatableText(TextSort.CHOICE, source.document, (*at, "choices", word), text)


def _declared(source: SourceFile[DirectiveFile] | SourceFile[PolicyFile]) -> list[tuple[Path, Parameters]]:
    if isinstance(source.content, DirectiveFile):
        return [(("parameters",), source.content.parameters)]
    return [(("own_parameters",), source.content.own_parameters)]


def _languages(content: DirectiveFile | PolicyFile) -> frozenset[str] | None:
    names_countries = isinstance(content, PolicyFile) and (content.country or entries_of(content))
    return languages_in(content) if names_countries and isinstance(content, PolicyFile) else None


def _sentences(
    directive: SourceFile[DirectiveFile], policies: Sequence[SourceFile[PolicyFile]]
) -> Iterator[TranslatableText]:
    owners: list[SourceFile[DirectiveFile] | SourceFile[PolicyFile]] = [directive, *policies]
    for source in owners:
        languages = _languages(source.content)
        for placed in placed_rules(source.content):
            yield from _spoken(source.document, placed.path, placed.text, languages)
    document, content = directive.document, directive.content
    for case, answer in content.standing_answers.cases.items():
        yield from _spoken(document, ("standing_answers", case), answer, None)
    if too_old := content.standing_answers.policies_too_old:
        at = ("standing_answers", TOO_OLD, "say")
        yield TranslatableText(TextSort.SENTENCE, document, at, too_old.say, None)
    usual = LineWords()
    for one in fields(LineWords):
        stated = getattr(content.several_lines, one.name, None) or getattr(usual, one.name)
        yield TranslatableText(TextSort.SENTENCE, document, ("several_lines", one.name), stated)


def _spoken(
    document: Document, path: Path, text: RuleText | StandingAnswerText, languages: frozenset[str] | None
) -> Iterator[TranslatableText]:
    yield TranslatableText(TextSort.SENTENCE, document, (*path, "say"), text.say, languages)
    for index, entry in enumerate(text.say_when):
        at = (*path, "say_when", index, "say")
        yield TranslatableText(TextSort.SENTENCE, document, at, entry.say, languages)


def _inserted(
    directive: SourceFile[DirectiveFile], policies: Sequence[SourceFile[PolicyFile]], named: set[str]
) -> Iterator[TranslatableText]:
    """The texts that stand in sentences for parameters: their values, and what is spoken while there is none."""
    owners: list[SourceFile[DirectiveFile] | SourceFile[PolicyFile]] = [directive, *policies]
    for source in owners:
        languages = _languages(source.content)
        for path, parameters in _declared(source):
            for name in (name for name in parameters if name in named):
                at, text = (*path, name, "otherwise"), parameters[name].otherwise
                yield TranslatableText(TextSort.SENTENCE, source.document, at, text, languages)
    for policy in policies:
        languages = _languages(policy.content)
        for at, values in _stated_values(policy.content):
            for name in (name for name in values if name in named):
                for index, one in enumerate(values[name]):
                    if isinstance(one.value, str):
                        path = (*at, name, index, "value")
                        yield TranslatableText(TextSort.SENTENCE, policy.document, path, one.value, languages)


def _stated_values(content: PolicyFile) -> Iterator[tuple[Path, ValueTexts]]:
    yield ("parameters",), content.parameters
    for index, entry in enumerate(entries_of(content)):
        yield ("countries", index, "parameters"), entry.parameters
