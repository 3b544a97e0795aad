"""What the answers and entries to requests of one shape have in common: a template, which the next request fills.

A template is learned from an answer that was worked out and recorded. The same request with other values is decided
once more, which shows where values, ids and times stand. Filled with the values of the request it was learned from,
the template has to give its answer and its entry to the byte, else it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import to_json

from api.domain.decision_moment import DecisionMoment, read_serving_status, serving_members
from api.domain.decision_record import TRACE
from api.domain.reading_languages import words_of_answer
from api.ledger.entries import DECISION, REQUEST, Entry
from api.ledger.filled_decisions import FilledDecision, SharedPieces
from api.ledger.group_commit import Leaf
from api.ledger.merkle import leaf_hash
from api.parsing.request_shapes import Check
from api.services.answer_members import with_written_words
from api.services.decision_work import DecisionAnswer
from api.storage.urgencies import UrgencyNote, UrgencyRows
from engine import PolicySet

_FIRST = b'{"decision_id":"%b","request_id":"%b"'
_HEAD = b'{"kind":"decision","key":"%b","at":"%b","request_id":"%b"'
_TRACE = b',"trace_id":"%b"'
_LENGTHS = b',"payloads":{"request":%d,"decision":%d}}\n'
_ID = -1
"""In the place of the number of a value: the id of the decision."""
_UNLIKE_OTHERS = re.compile(rb"([0-9a-f-]{9,})")
"""What ids and placeholders look like. A shorter placeholder, of a number with few values, might stand anywhere."""


class WrittenMoment:
    """When requests are decided, and the status of the policies then, as texts of answers and entries have them."""

    __slots__ = ("as_bytes", "as_json", "as_text", "status")

    def __init__(self, moment: DecisionMoment) -> None:
        self.as_text = moment.at.isoformat()
        self.as_bytes = self.as_text.encode()
        self.as_json = to_json(moment.at)
        self.status = _inner_json(serving_members(moment.status))


class FilledAnswer(NamedTuple):
    """The entry of a decision, and what an answer has besides its pieces, which is given once it is recorded.

    `rest` is what the answer has behind the decision.
    """

    entry: FilledDecision
    template: ShapeTemplate
    rest: bytes
    language: str | None = None
    words: bytes | None = None
    """The words of the answer in the language that the caller wishes to read, if it states one."""

    @property
    def request_id(self) -> str:
        """The id of the request."""
        return str(self.entry.to_entry().members["request_id"])

    @property
    def decision(self) -> bytes:
        """The decision."""
        entry = self.entry
        return b"".join((entry.opening, entry.shared.joined, entry.closing))

    @property
    def parts(self) -> tuple[bytes, ...]:
        """The answer, in parts."""
        entry = self.entry
        parts = entry.opening, entry.shared.joined, entry.closing[:-1], self.rest
        return parts if self.words is None else (with_written_words(b"".join(parts), self.words),)

    @property
    def content(self) -> bytes:
        """The answer."""
        return b"".join(self.parts)


@dataclass(frozen=True, slots=True)
class ShapeTemplate:
    """What does not change from one request of a shape to the next, for the same caller, policies and day.

    `id_place` is the place of the request's id among the values, `checks` are those that values need, by their place.
    `shared` are the pieces of the decision between the first and the last, which holds the moment; other templates
    may have the same. `head` is what the members of the entry are before and behind the status of the policies.
    `rest` is what the answer has behind the decision: texts, and between them values by their place. `note` is what
    a row of urgent requests takes of the entry beside its request; None if it takes nothing. `reads` is whether an
    answer rests on there being no records about its request.
    """

    id_place: int
    checks: tuple[tuple[int, Check], ...]
    shared: SharedPieces
    last: tuple[bytes, bytes]
    head: tuple[bytes, bytes]
    rest: tuple[bytes, ...]
    rest_places: tuple[int, ...]
    outcome: str
    revision: str
    department: str | None
    marks: frozenset[str]
    note: UrgencyNote | None
    reads: bool
    words: dict[str, bytes] = field(default_factory=dict)
    """The words of the answer by the languages that it was read in: they follow from its lines alone."""

    def in_language(self, answer: FilledAnswer, policies: PolicySet, language: str) -> FilledAnswer:
        """Return an answer that this template gave, with its words in a language of the policies."""
        words = self.words.get(language)
        if words is None:
            words = self.words[language] = words_of_answer(policies, answer.decision, language).to_bytes()
        return answer._replace(language=language, words=words)

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        shared = self.shared
        return sum(map(len, (shared.joined, *shared.pieces, *self.last, *self.head, *self.rest)))

    def takes(self, values: Sequence[bytes]) -> bool:
        """Whether a request may state these values, which are those of a request of the shape."""
        for place, check in self.checks:  # noqa: SIM110  # a generator would cost three times as much
            if not check(values[place]):
                return False
        return True

    def fill(
        self, body: bytes, values: Sequence[bytes], decision_id: str, moment: WrittenMoment, trace: str | None
    ) -> FilledAnswer:
        """Return the answer to a request of the shape, with these values, as it would be worked out."""
        name, request_id = decision_id.encode(), values[self.id_place]
        opening, closing = _FIRST % (name, request_id), moment.as_json.join(self.last)
        middle, at, (before, behind) = self.shared.joined, moment.as_bytes, self.head
        head = b"".join(
            (
                _HEAD % (name, at, request_id),
                before,
                moment.status,
                behind,
                b"" if trace is None else _TRACE % trace.encode(),
                _LENGTHS % (len(body), len(opening) + len(middle) + len(closing)),
                body,
            )
        )
        note = self.note
        if note is not None:
            note = note[0], request_id.decode(), note[2]
        leaf = leaf_hash(head, opening, middle, closing)
        entry = FilledDecision(decision_id, moment.as_text, head, opening, self.shared, closing, leaf, note)
        rest = [*self.rest]
        for number, place in enumerate(self.rest_places):
            rest[2 * number + 1] = name if place == _ID else values[place]
        return FilledAnswer(entry, self, b"".join(rest))


def learn_template(
    id_place: int,
    checks: tuple[tuple[int, Check], ...],
    values: Sequence[bytes],
    answer: DecisionAnswer,
    others: Sequence[bytes],
    other: DecisionAnswer,
    marks: frozenset[str],
    *,
    reads: bool,
) -> ShapeTemplate | None:
    """Return the template of an answer to a request with these values; None if it would not give that answer again.

    `other` is the answer to the same request with `others` instead of the values, at another time, in a trace.
    """
    template = _cut(id_place, checks, others, other, answer.entry, marks, reads=reads)
    if template is None or not template.takes(values):
        return None
    entry = answer.entry
    filled = template.fill(
        entry.payloads[REQUEST],
        values,
        entry.key,
        _moment_of(entry),
        entry.members.get(TRACE),
    )
    is_same = filled.entry.is_same(filled_decision(entry)) and filled.content == answer.content
    return template if is_same else None


def _cut(
    id_place: int,
    checks: tuple[tuple[int, Check], ...],
    values: Sequence[bytes],
    answer: DecisionAnswer,
    first: Entry,
    marks: frozenset[str],
    *,
    reads: bool,
) -> ShapeTemplate | None:
    """Cut an answer where values, id and moment stand; its pieces are those of the `first`, which are shared."""
    entry, members = answer.entry, dict(answer.entry.members)
    moment = _moment_of(entry)
    name, request_id, trace = entry.key.encode(), values[id_place], members.pop(TRACE)
    opening, *middle, closing = entry.pieces
    decision = entry.payloads[DECISION]
    line, _, _ = entry.head(moment.as_text).partition(b"\n")
    begin = _HEAD % (name, moment.as_text.encode(), request_id)
    end = _TRACE % trace.encode() + _LENGTHS % (len(entry.payloads[REQUEST]), len(decision))
    last, head = closing.split(moment.as_json), line[len(begin) : 1 - len(end)].split(moment.status)
    if (
        opening != _FIRST % (name, request_id)
        or middle != [*first.pieces[1:-1]]
        or len(last) != 2
        or len(head) != 2
        or not line.startswith(begin)
        or not line.endswith(end[:-1])
        or not answer.content.startswith(decision[:-1])
    ):
        return None
    places = {value: place for place, value in enumerate(values)} | {name: _ID}
    rest, rest_places = _cut_rest(answer.content[len(decision) - 1 :], places)
    return ShapeTemplate(
        id_place,
        checks,
        SharedPieces.of(first.pieces[1:-1]),
        (last[0], last[1]),
        (head[0], head[1]),
        rest,
        rest_places,
        str(members["outcome"]),
        str(members["revision"]),
        members["department"],
        marks,
        UrgencyRows().note(first),
        reads,
    )


def _cut_rest(rest: bytes, places: Mapping[bytes, int]) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Cut what an answer has behind the decision: in turns a text and a value; and the places of these values."""
    parts, found = [b""], []
    for number, part in enumerate(_UNLIKE_OTHERS.split(rest)):
        if number % 2 and part in places:
            found.append(places[part])
            parts += part, b""
        else:
            parts[-1] += part
    return tuple(parts), tuple(found)


def filled_decision(entry: Entry) -> FilledDecision:
    """Return the entry of a decision that was worked out in the form of one that was filled in."""
    leaf, (opening, *shared, closing) = Leaf.of(entry), entry.pieces
    note = UrgencyRows().note(entry)
    return FilledDecision(
        entry.key, leaf.at, leaf.head, opening, SharedPieces.of(shared), closing, leaf.hash, note
    )


def _moment_of(entry: Entry) -> WrittenMoment:
    return WrittenMoment(DecisionMoment(entry.at, read_serving_status(entry.members)))


def _inner_json(members: Mapping[str, Any]) -> bytes:
    """Members as they stand within an object of JSON."""
    return to_json(members)[1:-1]
