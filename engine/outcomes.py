"""Requests -> their outcomes, for callers who need nothing else of an answer: the same that `decide` gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from operator import attrgetter
from weakref import ref

from engine.compiling import KnownOutcome, compile_policies
from engine.contract.decision import Outcome
from engine.contract.request import Request
from engine.contract.serving_status import NO_STATUS, ServingStatus
from engine.evaluation.too_old import outcome_when
from engine.policy.model import PolicySet

MAX_KNOWN = 2048
MAX_KNOWN_LINES = 8
"""Of so many requests of at most so many lines the outcome is cached by the identity of the request."""


def outcome_of(
    policies: PolicySet,
    request: Request,
    *,
    evaluated_at: dt.datetime,
    status: ServingStatus = NO_STATUS,
) -> Outcome:
    """Return the outcome of the decision that `decide` takes, and nothing else of it, at a fraction of the cost.

    It is that of the strictest line. `evaluated_at` and `status` count as they do there. Whoever has the same request
    decided again is spared reading its facts: it is frozen but for its two lists, which are compared.
    """
    compiled = compile_policies(policies)
    known = compiled.known.get(id(request))
    if type(known) is tuple and not status.too_old:
        same_request, lists, copies, day, outcome = known
        # Another request may have got the place in memory of one that is gone.
        if (
            same_request() is request
            and lists == copies
            and (day is None or day == _day_at(policies, evaluated_at))
        ):
            return outcome
    members = request.__dict__
    day = members["as_of"] or _day_at(policies, evaluated_at)
    outcomes = compiled.interval_on(day).outcomes.of_lines(request, day)
    if status.too_old:
        return max([outcome_when(outcome, status) for outcome in outcomes], key=_strictness)
    outcome = outcomes[0] if len(outcomes) == 1 else max(outcomes, key=_strictness)
    # Most requests come once, so that more than a mark is cached of one only when it comes again.
    mark = members["request_id"]
    if known is mark:
        compiled.known[id(request)] = _known(request, day, outcome)
    elif len(outcomes) <= MAX_KNOWN_LINES:
        if len(compiled.known) >= MAX_KNOWN:
            compiled.known.clear()
        compiled.known[id(request)] = mark
    return outcome


def _known(request: Request, day: dt.date, outcome: Outcome) -> KnownOutcome:
    countries = request.mission.countries if request.mission else None
    copies = request.items.copy(), countries and countries.copy()
    return ref(request), (request.items, countries), copies, None if request.as_of else day, outcome


def _day_at(policies: PolicySet, evaluated_at: dt.datetime) -> dt.date:
    return policies.day_at(evaluated_at.astimezone(dt.UTC))


def outcomes_of(
    policies: PolicySet,
    requests: Iterable[Request],
    *,
    evaluated_at: dt.datetime,
    status: ServingStatus = NO_STATUS,
) -> list[Outcome]:
    """Return the outcome of each of many requests, as `outcome_of` does, at one moment."""
    return [outcome_of(policies, request, evaluated_at=evaluated_at, status=status) for request in requests]


def line_outcomes(
    policies: PolicySet,
    request: Request,
    *,
    evaluated_at: dt.datetime,
    status: ServingStatus = NO_STATUS,
) -> Sequence[Outcome]:
    """Return the outcome of each line of the decision that `decide` takes, in their order."""
    day = request.as_of or _day_at(policies, evaluated_at)
    found = compile_policies(policies).interval_on(day).outcomes.of_lines(request, day)
    return [outcome_when(outcome, status) for outcome in found] if status.too_old else found


_strictness = attrgetter("strictness")
