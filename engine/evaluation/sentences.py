"""What is spoken: the sentence that fits the facts of a line, and one text from those of several lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from engine.contract.decision import LineDecision
from engine.contract.trusted_models import with_members
from engine.language.expressions import Facts, evaluate
from engine.policy.model import PolicySet
from engine.policy.rules import Rule
from engine.policy.sentences import LineWords, Spoken, Translation, fill_in
from engine.policy.standing_answers import StandingAnswer

MOST_NAMED = 8
"""So many lines, or rows of neighbouring lines, are named for one sentence; of the others, their number is."""


def fitting_sentence(speaker: Rule | StandingAnswer, facts: Facts) -> Spoken:
    """The first sentence whose condition is known to hold, else the plain one."""
    fitting = next((one for one in speaker.say_when if evaluate(one.when, facts)), speaker)
    return Spoken(fitting.say, fitting.say_in)


def join_sentences(sentences: Sequence[Spoken]) -> Spoken:
    """The sentences as one text, each once; in another language where each of them has it."""
    if len(sentences) == 1:
        return sentences[0]
    distinct = dict.fromkeys(sentences)
    by_language: dict[str, list[Translation]] = {}
    for sentence in distinct:
        for language, text in sentence.say_in:
            by_language.setdefault(language, []).append(text)
    joined = tuple(
        (language, Translation(_joined(one.text for one in texts), any(one.draft for one in texts)))
        for language, texts in sorted(by_language.items())
        if len(texts) == len(distinct)
    )
    return Spoken(_joined(one.say for one in distinct), joined)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(texts))


def spoken_members(spoken: Spoken) -> dict[str, Any]:
    """The members of an answer that hold what is spoken."""
    return {
        "say": spoken.say,
        "say_in": {language: text.text for language, text in spoken.say_in},
        "say_in_draft": tuple([language for language, text in spoken.say_in if text.draft]),
    }


def spoken_in(line: LineDecision, languages: Set[str]) -> LineDecision:
    """The line with its sentence in no other languages than these."""
    if languages >= line.say_in.keys():
        return line
    say_in = {language: text for language, text in line.say_in.items() if language in languages}
    return with_members(
        line,
        say_in=say_in,
        say_in_draft=tuple([language for language in line.say_in_draft if language in say_in]),
    )


class WholeSentence(NamedTuple):
    """The one text for the lines of a request, in parts, and in other languages; of which some are drafts."""

    say: Sequence[str]
    say_in: Mapping[str, Sequence[str]]
    say_in_draft: tuple[str, ...]

    def members(self) -> dict[str, Any]:
        """The members of the answer that hold it."""
        say_in = {language: "".join(parts) for language, parts in self.say_in.items()}
        return {"say": "".join(self.say), "say_in": say_in, "say_in_draft": self.say_in_draft}


def compose_sentence(
    policies: PolicySet, lines: Sequence[LineDecision], marks: Sequence[int | str]
) -> WholeSentence:
    """The one text for lines that have these marks; in another language where all that it is made of has it."""
    languages = [tag for tag in lines[0].say_in if all(tag in line.say_in for line in lines)]
    found, drafts = dict[str, Sequence[str]](), list[str]()
    for language in languages:
        texts = [line.say_in[language] for line in lines]
        words, draft = policies.line_words, False
        if len(set(texts)) > 1:
            translated = policies.languages.line_words(language, words)
            if translated is None:
                continue
            words, draft = translated
        found[language] = sentence_parts(words, zip(marks, texts, strict=True))
        if draft or any(language in line.say_in_draft for line in lines):
            drafts.append(language)
    say = sentence_parts(policies.line_words, zip(marks, [line.say for line in lines], strict=True))
    return WholeSentence(say, found, tuple(drafts))


def sentence_parts(words: LineWords, lines: Iterable[tuple[int | str, str]]) -> list[str]:
    """The one text for lines of which mark and sentence are given; the sentence itself where all have the same.

    It comes in parts: text around the sentences and sentences, in alternation. Each sentence stands once, in the
    order of the first line that it is for.
    """
    marks: dict[str, list[int | str]] = {}
    for mark, sentence in lines:
        marks.setdefault(sentence, []).append(mark)
    if len(marks) == 1:
        return ["", *marks, ""]
    parts, gap = [""], ""
    for sentence, concerned in marks.items():
        pattern = words.one if len(concerned) == 1 else words.several
        before, after = (
            fill_in(text, {"lines": _named(words, concerned)}) for text in pattern.split("{sentence}")
        )
        parts[-1] += gap + before
        parts += sentence, after
        gap = " "
    return parts


def _named(words: LineWords, marks: Sequence[int | str]) -> str:
    """The lines in words, those that follow one another as one."""
    rows = [part for row in _rows(marks) for part in ([row] if len(row) > 2 else [[mark] for mark in row])]
    named = [_row(words, row) for row in rows[:MOST_NAMED]]
    if rest := sum(map(len, rows[MOST_NAMED:])):
        named.append(fill_in(words.more, {"number": f"{rest:,}"}))
    *others, last = named
    return fill_in(words.last, {"lines": ", ".join(others), "last": last}) if others else last


def _rows(marks: Sequence[int | str]) -> Iterator[Sequence[int | str]]:
    """The marks, cut wherever one is not the number after the one before."""
    start = 0
    for end in range(1, len(marks) + 1):
        before, here = marks[end - 1], marks[end] if end < len(marks) else None
        if not isinstance(before, int) or here != before + 1:
            yield marks[start:end]
            start = end


def _row(words: LineWords, row: Sequence[int | str]) -> str:
    first, last = _mark(row[0]), _mark(row[-1])
    return first if len(row) == 1 else fill_in(words.span, {"first": first, "last": last})


def _mark(mark: int | str) -> str:
    """A mark as it is spoken of; quotation marks inside it would end it."""
    return f"{mark}" if isinstance(mark, int) else f"“{mark.translate(_PLAIN_QUOTES)}”"


_PLAIN_QUOTES = str.maketrans("“”", '""')
