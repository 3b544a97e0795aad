"""An interview as JSON, for a page that holds it between two answers; read back, it is input like any other."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Annotated, Any

from pydantic import Field

from api.domain.interview.state import (
    ANOTHER_ITEM,
    MAX_LINES,
    Interview,
    InterviewAnswer,
    StatedFacts,
    members_of,
)
from api.parsing.answers import as_plain
from api.parsing.fields import Day, Name, Strict, Text
from api.parsing.problems import Problem
from api.parsing.requests import Received, read_model, read_request
from engine import Vocabulary
from engine.contract.vocabulary import COUNTRIES, ITEM

MAX_STEPS = 5000
MOST_PLAIN = 4_000
"""An interview of more characters is packed by zlib (RFC 1950), in base64 behind `PACKED`."""
PACKED = "packed:"
MOST_UNPACKED = 8_000_000
"""What would unpack to more bytes than any interview has is not unpacked."""


class InterviewUnreadable(Exception):  # an answer to whoever sent it
    """What was sent is no interview in these words."""


class _WrittenStep(Strict):
    fact: Text
    line: Annotated[int, Field(ge=0, lt=MAX_LINES)] | None = None
    stated: dict[str, Any]


class _WrittenInterview(Strict):
    request_id: Name
    as_of: Day | None = None
    whole: dict[str, Any]
    lines: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_LINES)]
    more_lines: bool
    steps: Annotated[list[_WrittenStep], Field(max_length=MAX_STEPS)]


def write_interview(state: Interview) -> str:
    """Return an interview as JSON, packed where it is long: the texts of a thousand items repeat each other."""
    members = {
        "request_id": state.request_id,
        "as_of": state.as_of,
        "whole": state.whole,
        "lines": state.lines,
        "more_lines": state.more_lines,
        "steps": [{"fact": one.fact, "line": one.line, "stated": one.stated} for one in state.steps],
    }
    text = json.dumps(members, default=as_plain, ensure_ascii=False)
    if len(text) <= MOST_PLAIN:
        return text
    return PACKED + base64.b64encode(zlib.compress(text.encode())).decode()


def _unpack(text: str) -> bytes:
    """The JSON of an interview. Raises `InterviewUnreadable` for what was packed otherwise, or is too long."""
    if not text.startswith(PACKED):
        return text.encode()
    unpacking = zlib.decompressobj()
    try:
        packed = base64.b64decode(text.removeprefix(PACKED), validate=True)
        found = unpacking.decompress(packed, MOST_UNPACKED)
    except (ValueError, zlib.error) as error:
        raise InterviewUnreadable from error
    if not unpacking.eof:
        raise InterviewUnreadable
    return found


def read_interview(text: str, vocabulary: Vocabulary) -> Interview:
    """Return the interview in `text`: with facts of the vocabulary, each stated once, and values of their kinds.

    Raises `InterviewUnreadable`.
    """
    written = read_model(_unpack(text), _WrittenInterview)
    if isinstance(written, Problem):
        raise InterviewUnreadable
    state = Interview(
        written.request_id,
        as_of=written.as_of,
        whole=written.whole,
        lines=tuple(written.lines),
        more_lines=written.more_lines,
        steps=tuple(InterviewAnswer(one.fact, one.line, one.stated) for one in written.steps),
    )
    _check_places(vocabulary, state)
    if isinstance(received_of(vocabulary, state), Problem):
        raise InterviewUnreadable
    return state


def received_of(vocabulary: Vocabulary, state: Interview) -> Received | Problem:
    """Return the request that the answers make, with its bytes as a call sends them, or what is wrong with it."""
    body = json.dumps(members_of(state), default=as_plain, ensure_ascii=False).encode()
    return read_request(body, vocabulary)


def _check_places(vocabulary: Vocabulary, state: Interview) -> None:
    """Raise `InterviewUnreadable` unless each fact is one of its line or of the whole, and stated there once."""
    facts = frozenset((*vocabulary.facts, COUNTRIES))
    stated = set[tuple[int | None, str]]()
    count = len(state.lines)

    def take(line: int | None, found: StatedFacts) -> None:
        for fact in found:
            if fact not in facts or fact.startswith(ITEM) != (line is not None) or (line, fact) in stated:
                raise InterviewUnreadable
            stated.add((line, fact))

    take(None, state.whole)
    for line, found in enumerate(state.lines):
        take(line, found)
    for step in state.steps:
        if step.fact == ANOTHER_ITEM:
            if step.line is not None or step.stated != {ANOTHER_ITEM: True}:
                raise InterviewUnreadable
            count += 1
        elif step.fact in step.stated and (step.line is None or step.line < count):
            take(step.line, step.stated)
        else:
            raise InterviewUnreadable
    if count > MAX_LINES:
        raise InterviewUnreadable
