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
from api.identity import Authenticator, Caller, Role
from api.ledger.databases import StoreUnavailable
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reading import find_decision
from api.ledger.store import Ledger
from api.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.reading import Received, read_request, read_requests
from api.settings import Settings
from engine import COMMITTEE, Request, decide, withhold_claims

LONG_BODY_BYTES = 32 * 1024
"""A longer body is decided in a thread, so that the event loop stays free."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a route needs; one for each application."""

    settings: Settings
    policies: ActivePolicies
    store: Ledger
    counters: Counters
    authenticator: Authenticator
    clock: Callable[[], datetime]

    async def decide_one(self, body: bytes, caller: Caller) -> bytes:
        """Return the recorded decision for the request in `body`. Raises `ProblemError`."""
        active, at = self.policies.current, self.clock()
        if len(body) > LONG_BODY_BYTES:
            answer = await asyncio.to_thread(_answer_one, body, active, at, caller)
        else:
            answer = _answer_one(body, active, at, caller)
        self._count([answer])
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        await self._record([answer], active, answer.members["request_id"])
        return answer.payloads[DECISION]

    async def decide_many(self, body: bytes, caller: Caller) -> bytes:
        """Return a recorded decision or a problem for each entry of `body`. Raises `ProblemError`."""
        active, at = self.policies.current, self.clock()
        answers = await asyncio.to_thread(_answer_many, body, self.settings.max_entries, active, at, caller)
        self._count([answers] if isinstance(answers, Problem) else answers)
        if isinstance(answers, Problem):
            raise ProblemError(answers)
        await self._record([answer for answer in answers if isinstance(answer, Entry)], active, None)
        parts = (a.to_json() if isinstance(a, Problem) else a.payloads[DECISION] for a in answers)
        return b"[" + b",".join(parts) + b"]"

    async def record_policies(self, active: ActiveSet) -> None:
        """Record that a policy set became active; where that fails, say so and go on."""
        entry = Entry(EntryKind.POLICIES, active.policies.revision, self.clock())
        try:
            await self.store.append([entry], active.files)
        except StoreUnavailable as error:
            log.error("activation_not_recorded", revision=active.policies.revision, reason=str(error))

    async def find_decision(self, decision_id: str, department: str | None) -> bytes | None:
        """Return a decision exactly as it was answered; with `department`, only if it is about that one."""
        found = await self.store.read(lambda connection: find_decision(connection, decision_id))
        if found is None or department not in (None, found.members["department"]):
            return None
        return found.payloads[DECISION]

    async def _record(self, records: Sequence[Entry], active: ActiveSet, request_id: str | None) -> None:
        try:
            await self.store.append(records, active.files)
        except StoreUnavailable as error:
            self.counters.count(Counted.NOT_RECORDED, len(records))
            raise ProblemError(not_recorded(request_id)) from error
        self.counters.count(Counted.DECISION, len(records))

    def _count(self, answers: Sequence[Entry | Problem]) -> None:
        for answer in answers:
            if isinstance(answer, Problem):
                self.counters.count(_COUNTED_AS.get(answer.status, Counted.MALFORMED))


_COUNTED_AS = {403: Counted.NOT_PERMITTED, 500: Counted.DECIDING_FAILED}


def not_recorded(request_id: str | None = None) -> Problem:
    """Return the problem of a log that cannot be written or read."""
    return make_problem(
        ProblemKind.NOT_RECORDED, "Hand nothing over; ask again in a few seconds.", request_id=request_id
    )


def _answer_one(body: bytes, active: ActiveSet, at: datetime, caller: Caller) -> Entry | Problem:
    received = read_request(body)
    return received if isinstance(received, Problem) else _decide(received, active, at, caller)


def _answer_many(
    body: bytes, max_entries: int, active: ActiveSet, at: datetime, caller: Caller
) -> Sequence[Entry | Problem] | Problem:
    entries = read_requests(body, max_entries)
    if isinstance(entries, Problem):
        return entries
    return [entry if isinstance(entry, Problem) else _decide(entry, active, at, caller) for entry in entries]


def _decide(received: Received, active: ActiveSet, at: datetime, caller: Caller) -> Entry | Problem:
    """Decide and write out one request; whatever fails here is a problem, never a decision."""
    decision_id = new_decision_id(at)
    request_id = received.request.request_id
    try:
        department = department_of(received.request, caller, "A department asks for itself only.")
    except ProblemError as error:
        return error.problem
    try:
        request, claimed = _facts_from(caller, received.request)
        decision = decide(active.policies, request, decision_id=decision_id, evaluated_at=at, claimed=claimed)
        answer = decision.to_json()
    except Exception:
        log.exception("deciding_failed", decision_id=decision_id)
        return make_problem(
            ProblemKind.INTERNAL, "Hand nothing over; the failure was logged.", request_id=request_id
        )
    return Entry(
        EntryKind.DECISION,
        decision_id,
        at,
        members={
            "request_id": request_id,
            "outcome": decision.outcome,
            "revision": active.policies.revision,
            "caller": caller.name,
            "department": department,
            "claims_withheld": caller.role is not Role.COMMITTEE,
        },
        payloads={REQUEST: received.body, DECISION: answer},
    )


def _facts_from(caller: Caller, request: Request) -> tuple[Request, tuple[tuple[str, ...], ...]]:
    """The request as it may be decided: what anybody else states of the Committee's facts is only a claim."""
    return (request, ()) if caller.role is Role.COMMITTEE else withhold_claims(request, COMMITTEE)


def department_of(request: Request, caller: Caller, rule: str) -> str | None:
    """Return the department a request is about, if that is known.

    Raises `ProblemError`, which tells the `rule`, when a department speaks for another one.
    """
    stated = request.department.id if request.department else None
    if caller.department and stated not in (None, caller.department):
        fault = FieldError(pointer="/department/id", detail="this is not the department of the caller")
        raise ProblemError(
            make_problem(ProblemKind.NOT_PERMITTED, rule, request_id=request.request_id, errors=[fault])
        )
    return caller.department or stated
