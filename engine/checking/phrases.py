"""The phrases of a vocabulary file -> phrases that no scenario misreads, each fault with its place (V15 to V19)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from engine.checking.cache import PHRASES
from engine.checking.parameters import how_written, kind_of
from engine.checking.report import CheckReport, SourceFile
from engine.checking.vocabulary import version_1
from engine.contract.phrases import (
    DAY_OF_STATEMENT,
    Phrase,
    Phrases,
    choices_by_word,
    stated_word,
)
from engine.contract.statable import can_be_stated
from engine.contract.vocabulary import COUNTRIES, ITEM, Kind, Vocabulary, Word
from engine.diagnostics import suggestion
from engine.loading.document import Document, Path
from engine.loading.vocabulary_schema import StatingPhraseText, VocabularyFile

_Pieces = tuple[str | frozenset[str] | None, ...]
"""A sentence in pieces: a text, one of several texts, or None for any text that is not empty."""


def check_phrases(sources: Sequence[SourceFile[VocabularyFile]], report: CheckReport) -> Phrases:
    """Return the phrases of a folder, without a file those of version 1; its vocabulary is in the report."""
    if not sources:
        return phrases_in(version_1())
    document, content = sources[0].document, sources[0].content
    return PHRASES.of_sound(report, document, lambda: _checked(document, content, report))


def _checked(document: Document, content: VocabularyFile, report: CheckReport) -> Phrases:
    phrases = phrases_in(content)
    before = len(report.findings)
    for index, phrase in enumerate(phrases.facts):
        _check_placeholders(document, ("phrases", index), phrase, report)
        _check_states(document, ("phrases", index), content.phrases[index], report)
        _check_content(document, ("phrases", index), phrase, report)
    for sentence, fact in phrases.grounds.items():
        if fact not in report.vocabulary.words:
            remedy = suggestion(fact, report.vocabulary.words) or "name a word of conditions"
            at = ("ground_phrases", sentence)
            report.error(document, at, "V18", f"unknown fact `{fact}`", remedy)
    if len(report.findings) == before:
        _check_pairs(document, phrases.facts, report)
    return phrases


def phrases_in(content: VocabularyFile) -> Phrases:
    """The phrases as they are written."""
    facts = tuple(
        Phrase(text.phrase, {**text.states, **dict.fromkeys(text.not_known)}, text.line)
        for text in content.phrases
    )
    return Phrases(facts, content.outcome_phrases, content.ground_phrases)


def _check_placeholders(document: Document, path: Path, phrase: Phrase, report: CheckReport) -> None:
    """Report braces that name no fact, or one that is stated already (V17)."""
    known = (*report.vocabulary.order, DAY_OF_STATEMENT)
    for position, name in enumerate(phrase.placeholders):
        if name not in known:
            remedy = suggestion(name, known) or f"name a fact, or `{{{DAY_OF_STATEMENT}}}`"
            message = f"unknown placeholder `{{{name}}}`"
        elif name in phrase.placeholders[:position] or name in phrase.states:
            message, remedy = f"the phrase states `{name}` twice", "take one out"
        else:
            continue
        report.error(document, (*path, "phrase"), "V17", message, remedy)
    if phrase.text.count("{") != len(phrase.placeholders) or phrase.text.count("}") != len(
        phrase.placeholders
    ):
        message, remedy = "a brace stands alone", "write the name of a fact in braces, as `{item.quantity}`"
        report.error(document, (*path, "phrase"), "V17", message, remedy)


def _check_states(document: Document, path: Path, text: StatingPhraseText, report: CheckReport) -> None:
    """Report facts that do not exist, or stand twice, and values that they cannot have (V18)."""
    order = report.vocabulary.order
    for fact, value in text.states.items():
        at = (*path, "states", fact)
        word = stated_word(report.vocabulary, fact)
        if word is None:
            remedy = suggestion(fact, order) or "name a fact that a request states"
            report.error_at_key(document, at, "V18", f"unknown fact `{fact}`", remedy)
        elif value is None or not _is_value_of(word, value):
            message = f"`{document.written(at)}` is no value of `{fact}`"
            near = suggestion(str(value), word.choices) if word.choices else ""
            report.error(document, at, "V18", message, near or _how_stated(word))
    for position, fact in enumerate(text.not_known):
        at = (*path, "not_known", position)
        if fact not in order:
            remedy = suggestion(fact, order) or "name a fact that a request states"
            report.error(document, at, "V18", f"unknown fact `{fact}`", remedy)
        elif fact in text.states or fact in text.not_known[:position]:
            report.error(document, at, "V18", f"the phrase states `{fact}` twice", "take one out")


def _is_value_of(word: Word, value: bool | str | int | Decimal | dt.date) -> bool:
    if word.kind is Kind.CHOICE:
        return value in word.choices
    return kind_of(value) is word.kind and can_be_stated(word, value)


def _how_stated(word: Word) -> str:
    if word.name == COUNTRIES:
        return "write the code of one country in two capital letters (ISO 3166-1), such as FR"
    return how_written(word)


def _check_content(document: Document, path: Path, phrase: Phrase, report: CheckReport) -> None:
    """Report phrases that state nothing, or nothing of the line that they name (V19)."""
    facts = (*phrase.states, *phrase.takes)
    if not facts:
        message, remedy = "the phrase states no fact", "add `states`, or name a fact in braces"
        report.error(document, (*path, "phrase"), "V19", message, remedy)
    elif phrase.line > 1 and not all(fact.startswith(ITEM) for fact in facts):
        message = f"the phrase speaks of line {phrase.line}, but not all of its facts are facts of a line"
        report.error(document, (*path, "line"), "V19", message, "take `line` out, or the other facts")


def _check_pairs(document: Document, phrases: Sequence[Phrase], report: CheckReport) -> None:
    """Report phrases that stand twice (V15), and those that one sentence can be both of (V16)."""
    pieces = [_pieces(phrase, report.vocabulary) for phrase in phrases]
    for first, second in combinations(range(len(phrases)), 2):
        at = ("phrases", second, "phrase")
        place = document.place(("phrases", first, "phrase"))
        if phrases[first].text == phrases[second].text:
            message = f"the phrase stands at {place} as well"
            report.error(document, at, "V15", message, "take one out")
        elif _can_be_same(pieces[first], pieces[second]):
            message = f"a sentence can be this phrase and `{phrases[first].text}` at {place}"
            report.error(document, at, "V16", message, "word one of them so that no sentence is both")


def _pieces(phrase: Phrase, vocabulary: Vocabulary) -> _Pieces:
    found: list[str | frozenset[str] | None] = []
    for piece, named in phrase.pieces:
        word = stated_word(vocabulary, piece) if named else None
        if word is not None and word.kind is Kind.CHOICE:
            found.append(frozenset(choices_by_word(word)))
        elif named:
            found.append(None)
        elif piece:
            found.append(piece)
    return tuple(found)


def _can_be_same(one: _Pieces, other: _Pieces) -> bool:
    """Whether some text is both: a search through what may be left of each, from the left."""
    open_pairs, seen = [(one, other)], set[tuple[_Pieces, _Pieces]]()
    while open_pairs:
        pair = open_pairs.pop()
        if pair in seen:
            continue
        seen.add(pair)
        if not all(pair):
            if not any(pair):
                return True
            continue
        open_pairs += _next_pairs(*pair)
    return False


def _next_pairs(one: _Pieces, other: _Pieces) -> list[tuple[_Pieces, _Pieces]]:
    head, tail = one[0], other[0]
    if isinstance(head, frozenset):
        return [((text, *one[1:]), other) for text in head]
    if isinstance(tail, frozenset) or (head is not None and tail is None):
        return _next_pairs(other, one)
    if head is not None and tail is not None:
        common = min(len(head), len(tail))
        return [(_without(one, common), _without(other, common))] if head[:common] == tail[:common] else []
    # Any text: it takes one character more, and may end there.
    ends = (other, other[1:]) if tail is None else (_without(other, 1),)
    return [(rest, end) for rest in (one, one[1:]) for end in ends]


def _without(pieces: _Pieces, count: int) -> _Pieces:
    """The pieces without the first characters of the text that they begin with."""
    head = pieces[0]
    assert isinstance(head, str), "only what is a text has characters to take"
    return (head[count:], *pieces[1:]) if len(head) > count else pieces[1:]
