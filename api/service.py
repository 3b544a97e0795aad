"""The calls of the service, apart from HTTP: bytes in, recorded bytes out, or a problem."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from api.active_policies import ActivePolicies, ActiveSet
from api.counters import Counted, Counters
from api.decision_ids import new_decision_id
from api.ledger.decisions import DecisionStore, Record, StoreUnavailable
from api.problems import Problem, ProblemError, ProblemKind, make_problem
from api.reading import Received, read_request, read_requests
from api.settings import Settings
from engine import decide

LONG_BODY_BYTES = 32 * 1024
"""A longer body is decided in a thread, so that the event loop stays free."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a route needs; one for each application."""

    settings: Settings
    policies: ActivePolicies
    store: DecisionStore
    counters: Counters
    clock: Callable[[], datetime]

    async def decide_one(self, body: bytes) -> bytes:
        """Return the recorded decision for the request in `body`. Raises `ProblemError`."""
        active, at = self.policies.current, self.clock()
        if len(body) > LONG_BODY_BYTES:
            answer = await asyncio.to_thread(_answer_one, body, active, at)
        else:
            answer = _answer_one(body, active, at)
        self._count([answer])
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        await self._record([answer], active, answer.request_id)
        return answer.decision

    async def decide_many(self, body: bytes) -> bytes:
        """Return a recorded decision or a problem for each entry of `body`. Raises `ProblemError`."""
        active, at = self.policies.current, self.clock()
        answers = await asyncio.to_thread(_answer_many, body, self.settings.max_entries, active, at)
        self._count([answers] if isinstance(answers, Problem) else answers)
        if isinstance(answers, Problem):
            raise ProblemError(answers)
        await self._record([answer for answer in answers if isinstance(answer, Record)], active, None)
        parts = (answer.to_json() if isinstance(answer, Problem) else answer.decision for answer in answers)
        return b"[" + b",".join(parts) + b"]"

    async def _record(self, records: Sequence[Record], active: ActiveSet, request_id: str | None) -> None:
        try:
            await self.store.append(records, active.revision)
        except StoreUnavailable as error:
            self.counters.count(Counted.NOT_RECORDED, len(records))
            raise ProblemError(not_recorded(request_id)) from error
        self.counters.count(Counted.DECISION, len(records))

    def _count(self, answers: Sequence[Record | Problem]) -> None:
        for answer in answers:
            if isinstance(answer, Problem):
                self.counters.count(Counted.MALFORMED if answer.status < 500 else Counted.DECIDING_FAILED)


def not_recorded(request_id: str | None = None) -> Problem:
    """Return the problem of a log that cannot be written or read."""
    return make_problem(
        ProblemKind.NOT_RECORDED, "Hand nothing over; ask again in a few seconds.", request_id=request_id
    )


def _answer_one(body: bytes, active: ActiveSet, at: datetime) -> Record | Problem:
    received = read_request(body)
    return received if isinstance(received, Problem) else _decide(received, active, at)


def _answer_many(
    body: bytes, max_entries: int, active: ActiveSet, at: datetime
) -> Sequence[Record | Problem] | Problem:
    entries = read_requests(body, max_entries)
    if isinstance(entries, Problem):
        return entries
    return [entry if isinstance(entry, Problem) else _decide(entry, active, at) for entry in entries]


def _decide(received: Received, active: ActiveSet, at: datetime) -> Record | Problem:
    """Decide and write out one request; whatever fails here is a problem, never a decision."""
    decision_id = new_decision_id(at)
    request_id = received.request.request_id
    try:
        decision = decide(active.policies, received.request, decision_id=decision_id, evaluated_at=at)
        answer = decision.to_json()
    except Exception:
        log.exception("deciding_failed", decision_id=decision_id)
        return make_problem(
            ProblemKind.INTERNAL, "Hand nothing over; the failure was logged.", request_id=request_id
        )
    return Record(
        decision_id=decision_id,
        request_id=request_id,
        outcome=decision.outcome.value,
        revision=active.policies.revision,
        evaluated_at=at.isoformat(),
        request=received.body,
        decision=answer,
    )
