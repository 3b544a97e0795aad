"""What is spoken: the sentence that fits the facts of a line, and one text from those of several lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.language.expressions import Facts, evaluate
from engine.policy.rules import Rule
from engine.policy.sentences import LineWords, fill_in
from engine.policy.standing_answers import StandingAnswer

MOST_NAMED = 8
"""So many lines, or rows of neighbouring lines, are named for one sentence; of the others, their number is."""


def fitting_sentence(speaker: Rule | StandingAnswer, facts: Facts) -> str:
    """The first sentence whose condition is known to hold, else the plain one."""
    return next((one.say for one in speaker.say_when if evaluate(one.when, facts)), speaker.say)


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
