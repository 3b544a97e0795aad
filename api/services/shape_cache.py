"""Pre-checks whose request has a shape that was met before: their answers are filled in, not worked out.

What an answer depends on besides the request is a part of the key, or all templates are dropped when it changes: the
caller, the policies and how they came into force, the day. Who calls is found out anew in every round. Whatever is
out of the ordinary is left to be worked out: records about the request, policies that are too old, texts that are to
be erasable, a shape that is not known.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from api.domain.cases.recordable_facts import marks_of
from api.domain.decision_moment import DecisionMoment, read_serving_status
from api.domain.identity import Caller, IssuerUnavailable, NotIdentified
from api.domain.known_facts import NO_RECORDS
from api.domain.permissions import may_call
from api.parsing.problems import Problem
from api.parsing.request_shapes import Shape, ShapedBody, ShapeReader, placeholders
from api.parsing.requests import Received, read_request
from api.policies.active_set import ActiveSet
from api.runtime.counters import ShapeUse
from api.runtime.current_call import STEP, Call, TraceParent
from api.runtime.lockstep import WouldBlock
from api.services.context import Context
from api.services.decision_ids import decision_ids
from api.services.decision_work import DecisionAnswer
from api.services.pre_checks import READING, answer_prepared
from api.services.prepared_requests import prepare_request
from api.services.shape_templates import FilledAnswer, ShapeTemplate, WrittenMoment, learn_template
from engine import Approval, unread_facts
from engine.compiling.bounded_cache import BoundedCache

OPERATION = "POST /v1/pre-check"
MISSES_BEFORE_SPARING = 2048
"""After so many calls in a row without a template, only the calls of one round in `LOOKS_EVERY` are looked up."""
LOOKS_EVERY = 8
WEIGHT_BYTES = 8 * 1024
"""A template counts as one for each so many bytes that it and its shape hold."""
_PART_BYTES = 48
"""What a part of a shape takes beside its bytes."""


class _Scope(NamedTuple):
    """What all templates of a cache depend on beside the policies: how these came into force, and the day."""

    approval: Approval
    day: dt.date


class Lesson(NamedTuple):
    """A request of a shape that was seen before and has no template: one is made of its answer."""

    caller: Caller
    key: tuple[int, Shape]
    values: Sequence[bytes]
    active: ActiveSet


class _KnownCaller(NamedTuple):
    """A caller, and its number as a part of keys."""

    caller: Caller
    number: int


class ShapeCache:
    """The templates of one process, on its event loop; so many as `limit` says, in two generations, none for 0.

    A template is made when a shape is met for the second time, so that what never comes again costs next to nothing.
    While nothing comes again, most rounds are not even looked up.
    """

    def __init__(self, context: Context, limit: int) -> None:
        self._context = context
        self._limit = limit
        self._active: ActiveSet | None = None
        self._scope: _Scope | None = None
        self._numbers = count()
        self._misses = 0
        self._rounds = count(1)
        self._forget()

    def begin_round(self) -> ShapeRound | None:
        """Return a round of calls that are decided now; None if each of them has to be worked out."""
        context = self._context
        if not self._limit or context.policies.erasable():
            return None
        active = context.policies.current
        if active is not self._active:
            self._forget()
            self._active = active
            self.reader = ShapeReader(active.policies.vocabulary, unread_facts(active.policies))
        looks = self._misses < MISSES_BEFORE_SPARING or not next(self._rounds) % LOOKS_EVERY
        return ShapeRound(self, context, active, looks=looks)

    def note_round(self, known: int, unknown: int) -> None:
        """Count the calls of a round, those that were answered by a template and the others."""
        self._misses = 0 if known else self._misses + unknown
        counters = self._context.counters
        counters.count_shapes(ShapeUse.KNOWN, known)
        counters.count_shapes(ShapeUse.UNKNOWN, unknown)

    def holds_at(self, moment: DecisionMoment, active: ActiveSet) -> bool:
        """Whether the templates are those of decisions that are taken now."""
        status = moment.status
        return not status.too_old and self._scope == (status.approval, active.policies.day_at(moment.at))

    def learn(self, lesson: Lesson, answer: DecisionAnswer | None) -> None:
        """Make a template of the answer to a request, which was worked out and is recorded.

        With None, it was the route that answered; then it is worked out once more.
        """
        if lesson.active is not self._active:
            return
        if answer is None:
            body = ShapedBody(lesson.key[1], lesson.values).with_values(lesson.values)
            received = read_request(body, lesson.active.policies.vocabulary)
            answer = _work_out(lesson, received, self._context.moment(lesson.active))
        if answer is None:
            self._note_unusable(lesson)
            return
        moment = DecisionMoment(answer.entry.at, read_serving_status(answer.entry.members))
        scope = _Scope(moment.status.approval, lesson.active.policies.day_at(moment.at))
        if scope == self._scope and self.templates.get(lesson.key) is not None:
            return  # of another call that arrived with this one
        template = None if answer.is_stopped else self._template_of(lesson, answer, moment)
        if template is None:
            self._note_unusable(lesson)
            return
        if scope != self._scope:
            self.templates.clear()
            self._scope = scope
        held = template.size + sum(map(len, lesson.key[1])) + _PART_BYTES * len(lesson.key[1])
        self.templates.put(lesson.key, template, 1 + held // WEIGHT_BYTES)
        self.reader.note_layout(lesson.key[1])
        self._context.counters.count_shapes(ShapeUse.LEARNED)

    def _note_unusable(self, lesson: Lesson) -> None:
        self.seen.put(hash(lesson.key), False)
        self._context.counters.count_shapes(ShapeUse.UNUSABLE)

    def number_of(self, caller: Caller) -> int:
        """Return the number of a caller; none is ever given again."""
        number = self._callers.get(caller)
        if number is None:
            if len(self._callers) >= self._limit:
                self._forget()
            number = self._callers[caller] = next(self._numbers)
        return number

    def _forget(self) -> None:
        self.templates: BoundedCache[ShapeTemplate] = BoundedCache(2 * self._limit)
        self.seen: BoundedCache[bool] = BoundedCache(4 * self._limit)
        self._callers: dict[Caller, int] = {}
        self._scope = None

    def _template_of(
        self, lesson: Lesson, answer: DecisionAnswer, moment: DecisionMoment
    ) -> ShapeTemplate | None:
        active, (_, shape) = lesson.active, lesson.key
        members = self.reader.members_of(shape)
        if members is None or moment.status.too_old:
            return None
        others = [*placeholders(members, lesson.values, secrets.randbits(62))]
        body = ShapedBody(shape, others).with_values(others)
        received = read_request(body, active.policies.vocabulary)
        later = moment.at.replace(microsecond=(moment.at.microsecond + 1) % 1_000_000 or 1)
        trace = TraceParent(secrets.token_hex(16), secrets.token_hex(8), 0)
        other = _work_out(lesson, received, moment._replace(at=later), trace)
        ids = [place for place, member in enumerate(members) if member.is_id]
        if isinstance(received, Problem) or other is None or not ids:
            return None
        return learn_template(
            ids[0],
            tuple([(place, check) for place, member in enumerate(members) if (check := member.check)]),
            lesson.values,
            answer,
            others,
            other,
            frozenset(map(str, marks_of(received.request))),
            reads=may_call(lesson.caller.role, READING),
        )


def _work_out(
    lesson: Lesson, received: Received | Problem, moment: DecisionMoment, trace: TraceParent | None = None
) -> DecisionAnswer | None:
    """The answer to a request in a trace, if it has one, as if there were no records about it; it is not recorded."""
    if isinstance(received, Problem):
        return None
    within, STEP.call = STEP.call, Call("", trace, 0.0)
    try:
        prepared = prepare_request(lesson.active, *received, lesson.caller)
        (answer,) = answer_prepared([prepared], NO_RECORDS, lesson.active, moment, lesson.caller)
    finally:
        STEP.call = within
    return None if isinstance(answer, Problem) else answer


class ShapeRound:
    """Calls that are decided at one time, by the templates of a cache."""

    def __init__(self, cache: ShapeCache, context: Context, active: ActiveSet, *, looks: bool) -> None:
        self._looks = looks
        self._cache = cache
        self._context = context
        self._moment: WrittenMoment | None = None
        self._is_current = True
        self._ids: Iterator[str] = iter(())
        self._callers: dict[bytes | None, _KnownCaller | None] = {}
        index = context.index
        self._is_behind, self._has_records = index.is_behind, not index.is_empty
        self.read_sequence = index.read_sequence
        """The entry of the log up to which there are no records about the requests that were filled."""
        self.active = active

    def answer(
        self, authorization: bytes | None, body: bytes, trace: str | None
    ) -> FilledAnswer | Lesson | None:
        """Return the answer to a request that a caller makes in a trace, if it has one; it is still to be recorded.

        Else it has to be worked out, and something is to be learned from it or not.
        """
        if not self._looks:
            return None
        try:
            known = self._callers[authorization]
        except KeyError:
            known = self._callers[authorization] = self._find_caller(authorization)
        if known is None:
            return None
        cache, shaped = self._cache, self._cache.reader.read(body)
        if shaped is None:
            return None
        values, key = shaped.values, (known.number, shaped.shape)
        template = cache.templates.get(key)
        if template is None:
            return self._unknown(known.caller, key, values)
        if not template.takes(values) or (template.reads and self._may_have_records(template, values)):
            return None
        moment = self._moment or self._begin()
        if not self._is_current:
            return Lesson(known.caller, key, values, self.active)
        return template.fill(body, values, next(self._ids), moment, trace)

    def _begin(self) -> WrittenMoment:
        """Take the time of the round, which its first known shape needs."""
        moment = self._context.moment(self.active)
        self._is_current = self._cache.holds_at(moment, self.active)
        self._ids = decision_ids(moment.at)
        self._moment = WrittenMoment(moment)
        return self._moment

    def _find_caller(self, authorization: bytes | None) -> _KnownCaller | None:
        try:
            caller = self._context.authenticator.caller_of(
                None if authorization is None else authorization.decode("latin-1")
            )
        except (NotIdentified, IssuerUnavailable, WouldBlock):
            return None
        if not may_call(caller.role, OPERATION):
            return None
        return _KnownCaller(caller, self._cache.number_of(caller))

    def _unknown(self, caller: Caller, key: tuple[int, Shape], values: Sequence[bytes]) -> Lesson | None:
        seen, name = self._cache.seen, hash(key)
        match seen.get(name):
            case None:
                seen.put(name, True)
                return None
            case False:
                return None
            case _:
                return Lesson(caller, key, values, self.active)

    def _may_have_records(self, template: ShapeTemplate, values: Sequence[bytes]) -> bool:
        if self._is_behind or not self._has_records:
            return self._is_behind
        department = template.department
        keys = {(department, values[template.id_place].decode())} if department else set()
        return self._context.index.covers(keys, template.marks)
