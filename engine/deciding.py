"""The one function everything else is an adapter around: `decide(policies, request) -> Decision`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from operator import attrgetter

from pydantic_core import to_json

from engine.compiling import Interval, LineAnswer, SharedLine, compile_policies, open_answer
from engine.contract.decision import Decision, LineDecision, Outcome
from engine.contract.request import Item, Request, line_marks
from engine.contract.serving_status import NO_STATUS, ServingStatus
from engine.contract.trusted_models import make_unchecked
from engine.evaluation.answer import answer_by_walking
from engine.evaluation.floor import broken_floor, refuse_by_floor
from engine.evaluation.sentences import WholeSentence, compose_sentence
from engine.evaluation.too_old import hold_too_old
from engine.policy.model import PolicySet

Claims = Sequence[Sequence[str]]
"""For each line, the facts that were claimed and withheld."""


_END = b',"as_of":%b,"evaluated_at":%b,"valid_until":%b}'


@dataclass(slots=True)
class WrittenDecision:
    """A decision in JSON, and the outcome it states; not frozen only because that would double the cost of making it.

    `pieces` joined are the content: texts of this decision alone, and texts shared with decisions of the same
    answers, in alternation. `broken` names what of the floor a permission would have broken, so that it is refused.
    `is_urgent` is whether a line has to be reported as urgent first.
    """

    outcome: Outcome
    content: bytes
    pieces: Sequence[bytes]
    broken: tuple[str, ...] = ()
    is_urgent: bool = False


def decide(
    policies: PolicySet,
    request: Request,
    *,
    decision_id: str,
    evaluated_at: dt.datetime,
    claimed: Claims = (),
    status: ServingStatus = NO_STATUS,
) -> Decision:
    """Decide a pre-check, line by line, under the policies valid on the request's day.

    `evaluated_at` carries its time zone; where the request states no day, the one on which it falls at the
    directive's calendar place is meant (`PolicySet.day_at`). The same arguments
    always give the same decision. `claimed` names, for each line, the facts that were claimed and withheld
    (`withhold_claims`); it is reported, and changes nothing. `status` is that of the set where it is served: while
    something of it is too old, what would be permitted is held.
    """
    interval, answers, strictest, valid_until, as_of, moment = _find(policies, request, evaluated_at, status)
    # The library looks for the members of a model in a way of its own, and not here.
    stated, decided = request.__dict__, strictest.decision.__dict__
    items = stated["items"]
    whole = _whole(policies, answers, items)
    spoken = whole.members() if whole else decided
    return make_unchecked(
        Decision,
        {
            "decision_id": decision_id,
            "request_id": stated["request_id"],
            "outcome": strictest.outcome,
            "handover_as_asked": decided["handover_as_asked"],
            "say": spoken["say"],
            "say_in": spoken["say_in"],
            "say_in_draft": spoken["say_in_draft"],
            "lines": _marked(answers, items, claimed),
            "policy": interval.stamps[status.approval].stated,
            "as_of": as_of,
            "evaluated_at": moment,
            "valid_until": valid_until,
        },
        _MEMBERS,
    )


def decide_to_json(
    policies: PolicySet,
    request: Request,
    *,
    decision_id: str,
    evaluated_at: dt.datetime,
    claimed: Claims = (),
    status: ServingStatus = NO_STATUS,
) -> WrittenDecision:
    """Decide as `decide` does, and return the bytes that the decision's `to_json` gives."""
    interval, answers, strictest, valid_until, as_of, moment = _find(policies, request, evaluated_at, status)
    stated = request.__dict__
    items = stated["items"]
    pieces = [
        to_json({"decision_id": decision_id, "request_id": stated["request_id"]})[:-1],
        *_opening_to_json(strictest, _whole(policies, answers, items)),
        *_lines_to_json(answers, items, claimed),
        interval.stamps[status.approval].as_json,
        _END % (_day_to_json(as_of), _moment_to_json(moment), _day_to_json(valid_until)),
    ]
    broken: tuple[str, ...] = ()
    urgent = False
    for answer in answers:
        if answer.broken:
            broken += (answer.broken,)
        urgent = urgent or answer.outcome is _URGENT
    return WrittenDecision(strictest.outcome, b"".join(pieces), pieces, broken, urgent)


@lru_cache(maxsize=4096)  # of the days that requests and their answers name, most recur
def _day_to_json(day: dt.date) -> bytes:
    return to_json(day)


@lru_cache(maxsize=16)  # of requests that are decided at one time
def _moment_to_json(moment: dt.datetime) -> bytes:
    """A moment in UTC as JSON: in one zone, equal moments are written alike."""
    return to_json(moment)


def _find(
    policies: PolicySet, request: Request, evaluated_at: dt.datetime, status: ServingStatus
) -> tuple[Interval, Sequence[LineAnswer], LineAnswer, dt.date, dt.date, dt.datetime]:
    """The interval, the answers for the lines, the strictest, its last day, the day, and the moment, in UTC."""
    moment = evaluated_at if evaluated_at.tzinfo is dt.UTC else evaluated_at.astimezone(dt.UTC)
    as_of = request.__dict__["as_of"] or policies.day_at(moment)
    interval = compile_policies(policies).interval_on(as_of)
    answers = interval.answer(request, as_of)
    if status.too_old:
        answers = [_held(policies, request, answer, status) for answer in answers]
    strictest = answers[0] if len(answers) == 1 else max(answers, key=_strictness)
    valid_until = interval.last_day_of(as_of, strictest.outcome)
    if interval.holds_dates:
        for answer in answers:
            valid_until = min(valid_until, answer.decision.valid_until or valid_until)
    return interval, answers, strictest, valid_until, as_of, moment


def _held(policies: PolicySet, request: Request, answer: LineAnswer, status: ServingStatus) -> LineAnswer:
    """The answer, or the hold in its place; it is not cached, for it ends when what is too old is renewed."""
    held = hold_too_old(policies, request, answer.decision, status)
    return answer if held is answer.decision else LineAnswer(SharedLine(held))


def _whole(policies: PolicySet, answers: Sequence[LineAnswer], items: Sequence[Item]) -> WholeSentence | None:
    """The sentence of the whole, where the lines do not all have the same one; None where they do."""
    if len(answers) == 1 or len({answer.spoken for answer in {*answers}}) == 1:
        return None
    return compose_sentence(policies, [answer.decision for answer in answers], line_marks(items))


def _marked(
    answers: Sequence[LineAnswer], items: Sequence[Item], claimed: Claims
) -> tuple[LineDecision, ...]:
    """The decisions for the lines; `claimed` are the claims that were withheld, if any could be."""
    if claimed:
        lines = zip(answers, line_marks(items), claimed, strict=True)
        return tuple([answer.marked(mark, claims) for answer, mark, claims in lines])
    if len(items) == 1:
        mark = items[0].line
        return (answers[0].marked(1 if mark is None else mark),)
    return tuple([answer.marked(mark) for answer, mark in zip(answers, line_marks(items))])  # noqa: B905


def _opening_to_json(strictest: LineAnswer, whole: WholeSentence | None) -> list[bytes]:
    """What the JSON of the whole says before its lines, in pieces: shared and own ones in alternation."""
    if whole is None:
        return [strictest.opening]
    pieces = [open_answer(strictest.outcome) + b'"', *_texts_to_json(whole.say)]
    before = b'","say_in":{'
    for language, parts in whole.say_in.items():
        pieces += [before + to_json(language) + b':"', *_texts_to_json(parts)]
        before = b'",'
    drafts = b',"say_in_draft":' + to_json(whole.say_in_draft) if whole.say_in_draft else b""
    return [*pieces, (b'"}' if whole.say_in else b'"') + drafts]


def _texts_to_json(parts: Sequence[str]) -> list[bytes]:
    """The parts of a text as they stand in JSON, within quotation marks."""
    return [to_json(part)[1:-1] for part in parts]


def _lines_to_json(answers: Sequence[LineAnswer], items: Sequence[Item], claimed: Claims) -> list[bytes]:
    """The same decisions as they appear in the JSON of the whole, in pieces: own and shared ones in alternation."""
    pieces: list[bytes] = []
    before = b',"lines":[{"line":'
    for answer, mark, claims in zip(answers, line_marks(items), claimed or repeat(())):  # noqa: B905
        pieces += answer.to_json(before, mark, claims)
        before = b',{"line":'
    pieces.append(b'],"policy":')
    return pieces


_URGENT = Outcome.ESCALATE_URGENT  # looked up once: an enumeration does that at the cost of a call
_strictness = attrgetter("strictness")
_MEMBERS = set(Decision.model_fields)
"""What is stated of every decision: all of it."""


def decide_by_walking(
    policies: PolicySet,
    request: Request,
    *,
    decision_id: str,
    evaluated_at: dt.datetime,
    claimed: Claims = (),
    status: ServingStatus = NO_STATUS,
) -> Decision:
    """Decide by walking the condition trees: slow, and the reference that `decide` has to agree with."""
    moment = evaluated_at.astimezone(dt.UTC)
    as_of = request.as_of or policies.day_at(moment)
    lines = tuple(
        _walked(policies, request, item, mark, as_of, status)
        for item, mark in zip(request.items, line_marks(request.items), strict=True)
    )
    if claimed:
        lines = tuple(
            line.model_copy(update={"claimed_not_confirmed": tuple(names)})
            for line, names in zip(lines, claimed, strict=True)
        )
    strictest = max(lines, key=lambda line: line.outcome.strictness)
    return Decision(
        decision_id=decision_id,
        request_id=request.request_id,
        outcome=strictest.outcome,
        handover_as_asked=strictest.handover_as_asked,
        **compose_sentence(policies, lines, [line.line for line in lines]).members(),
        lines=lines,
        policy=policies.stamp_on(as_of, status.approval),
        as_of=as_of,
        evaluated_at=moment,
        valid_until=_valid_until(policies, as_of, strictest.outcome, lines),
    )


def _walked(
    policies: PolicySet,
    request: Request,
    item: Item,
    mark: int | str,
    as_of: dt.date,
    status: ServingStatus,
) -> LineDecision:
    line = answer_by_walking(policies, request, item, mark, as_of)
    breaks = broken_floor(policies, request, item, as_of) if line.outcome.permits else None
    if breaks:
        return refuse_by_floor(policies, request, item, as_of, line, breaks)
    return hold_too_old(policies, request, line, status)


def _valid_until(
    policies: PolicySet, as_of: dt.date, outcome: Outcome, lines: Sequence[LineDecision]
) -> dt.date:
    """The last day within the days of the outcome and of each line on which the policies are still those."""
    last = min(as_of.toordinal() + policies.valid_days[outcome], dt.date.max.toordinal())
    changes = [day.toordinal() - 1 for day in policies.change_days if day > as_of]
    held = [line.valid_until.toordinal() for line in lines if line.valid_until]
    return dt.date.fromordinal(min([last, *changes, *held]))
