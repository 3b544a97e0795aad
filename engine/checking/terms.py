"""The terms of duties: whether each can be counted, and whether something recorded ends the duty it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import assert_never

from engine.checking.report import CheckReport
from engine.contract.decision import DoneBy
from engine.contract.terms import MAX_DAYS, TERM_PATTERN, CountsFrom, Term, read_term
from engine.loading.document import Document, Path
from engine.loading.rule_schema import DutyText

TERM_CODES = frozenset({"R30", "R31"})
"""The checks of this module. Earlier versions had none of them: in a set recorded then, they are remarks."""

_EXAMPLE = f"30 days of {CountsFrom.DELIVERY}"
_WRITE = f"write days, weeks, months or years in figures, as in `{_EXAMPLE}`"
_LINK = re.compile(r" (?:of|after) ")
_CLOCK = re.compile(r"P[0-9YMWD]*T.*|.*\b(?:hour|minute|second)s?\b.*", re.IGNORECASE)


def check_term(report: CheckReport, document: Document, path: Path, duty: DutyText) -> Term | None:
    """Return the term of the duty at `path`, reporting one that cannot be counted (R30) or never ends (R31)."""
    text, at = duty.within, (*path, "within")
    if text is None:
        return None
    term = read_term(text)
    if term is None:
        start, end, message, remedy = _explained(text)
        report.add(document.place_within(at, start, end), "R30", message, remedy)
    elif duty.done_by != (end_of_duty := _end_of_duty(term.counts_from)):
        message = "nothing that is recorded ends this duty, so that it would never fall due"
        remedy = f"add `done_by: {end_of_duty}`, or say the time in `must`"
        report.add(document.place(at), "R31", message, remedy)
    return term


def _end_of_duty(event: CountsFrom) -> DoneBy:
    """What ends a duty whose term counts from an event; for no other duty is it known when it was done."""
    match event:
        case CountsFrom.DELIVERY:
            return "transfer_record"
        case _:
            assert_never(event)


def _explained(text: str) -> tuple[int, int, str, str]:
    """Which part of a text makes it no term, from and to which character, why, and the remedy."""
    link = _LINK.search(text)
    duration = text[: link.start()] if link else text
    sample = f"{duration} of {CountsFrom.DELIVERY}"
    if read_term(sample) is None:
        return 0, len(duration), *_explained_duration(duration, sample, text)
    if link is None:
        return 0, len(text), "the term does not say from when it counts", f"did you mean `{sample}`?"
    event = text[link.end() :]
    message = f"from `{_shortened(event)}` no term can be counted"
    return link.end(), len(text), message, _nearest(text) or f"count from {' or '.join(CountsFrom)}"


def _explained_duration(duration: str, sample: str, text: str) -> tuple[str, str]:
    if "{" in duration:
        return "a parameter stands in the term", f"write the duration itself, as in `{_EXAMPLE}`"
    if _CLOCK.fullmatch(duration):
        return "a term counts whole days, and this has a time of day", _WRITE
    if re.fullmatch(TERM_PATTERN, sample) is None:
        what = "duration" if duration != text else "term"
        return f"`{_shortened(duration)}` is no {what}", _nearest(text) or _WRITE
    if re.search("[1-9]", duration) is None:
        return "the term is shorter than a day", "write one day or more"
    return f"the term is longer than {MAX_DAYS:,} days", f"write {MAX_DAYS:,} days or less"


_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_MEANT = {word: str(number) for number, word in enumerate(_NUMBERS, 1)}
_MEANT |= {"a": "1", "an": "1", "thirty": "30", "forty": "40", "sixty": "60", "ninety": "90"}
_MEANT |= {"from": "after", "since": "after", "following": "after", "handover": str(CountsFrom.DELIVERY)}
_KNOWN = ["of", "after", "and", *CountsFrom]
_KNOWN += [unit + ending for unit in ("day", "week", "month", "year") for ending in ("", "s")]


def _nearest(text: str) -> str:
    """The question whether the nearest term was meant; an empty text if nothing is near."""
    near = " ".join(_nearest_words(text))
    for candidate in (near, f"{near} of {CountsFrom.DELIVERY}"):
        if read_term(candidate) is not None:
            return f"did you mean `{candidate}`?"
    return ""


def _nearest_words(text: str) -> Iterator[str]:
    for word in text[:100].casefold().split():
        if word.isdecimal():
            yield str(int(word))
        elif word not in ("the", "within"):
            yield _MEANT.get(word) or next(iter(get_close_matches(word, _KNOWN, n=1, cutoff=0.7)), word)


def _shortened(text: str) -> str:
    """The text as it can stand in a message: on one line, and not too long."""
    shown = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
