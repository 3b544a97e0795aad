"""The calls of the service, apart from HTTP: bytes in, recorded bytes out, or a problem."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from api.active_policies import ActivePolicies, ActiveSet
from api.cases.case import Case
from api.counters import Counted, Counters
from api.decision_ids import new_decision_id
from api.identity import Authenticator, Caller, Role
from api.known_facts import Key, establish_facts, find_cases, known_of
from api.ledger.databases import StoreUnavailable
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reading import find_decision
from api.ledger.store import Ledger
from api.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.reading import Received, read_request, read_requests
from api.settings import Settings
from engine import Request, decide_to_json

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
            asked = await asyncio.to_thread(_ask, body, caller)
        else:
            asked = _ask(body, caller)
        answer = asked if isinstance(asked, Problem) else await self._decide(asked, active, at, caller)
        self._count([answer])
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        await self._record([answer], active, answer.members["request_id"])
        return answer.payloads[DECISION]

    async def decide_many(self, body: bytes, caller: Caller) -> bytes:
        """Return a recorded decision or a problem for each entry of `body`. Raises `ProblemError`."""
        active, at = self.policies.current, self.clock()
        asked = await asyncio.to_thread(_ask_many, body, caller, self.settings.max_entries)
        if isinstance(asked, Problem):
            self._count([asked])
            raise ProblemError(asked)
        found = await self._cases([one for one in asked if isinstance(one, Asked)])

        def decide_all() -> Sequence[Entry | Problem]:
            return [a if isinstance(a, Problem) else _decide(a, found, active, at, caller) for a in asked]

        answers = await asyncio.to_thread(decide_all)
        self._count(answers)
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

    async def _decide(self, asked: Asked, active: ActiveSet, at: datetime, caller: Caller) -> Entry | Problem:
        found = await self._cases([asked])
        if len(asked.body) > LONG_BODY_BYTES:
            return await asyncio.to_thread(_decide, asked, found, active, at, caller)
        return _decide(asked, found, active, at, caller)

    async def _cases(self, asked: Sequence[Asked]) -> Mapping[Key, Case]:
        """The cases that the ledger holds about requests."""
        keys = {key for one in asked if (key := one.key)}
        return await self.store.read(lambda connection: find_cases(connection, keys)) if keys else {}

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


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as received, and the department it is about, if that is known."""

    request: Request
    body: bytes
    department: str | None

    @property
    def key(self) -> Key | None:
        """What the cases about the request are found by."""
        return (self.department, self.request.request_id) if self.department else None


def _ask(body: bytes, caller: Caller) -> Asked | Problem:
    return _asked_by(caller, read_request(body))


def _ask_many(body: bytes, caller: Caller, max_entries: int) -> Sequence[Asked | Problem] | Problem:
    entries = read_requests(body, max_entries)
    return entries if isinstance(entries, Problem) else [_asked_by(caller, entry) for entry in entries]


def _asked_by(caller: Caller, received: Received | Problem) -> Asked | Problem:
    if isinstance(received, Problem):
        return received
    try:
        department = department_of(received.request, caller, "A department asks for itself only.")
    except ProblemError as error:
        return error.problem
    return Asked(received.request, received.body, department)


def _decide(
    asked: Asked, cases: Mapping[Key, Case], active: ActiveSet, at: datetime, caller: Caller
) -> Entry | Problem:
    """Decide and write out one request; whatever fails here is a problem, never a decision."""
    decision_id = new_decision_id(at)
    request = asked.request
    try:
        case = cases.get(asked.key) if asked.key else None
        known = known_of(case, request.as_of or at.date())
        withheld = caller.role is not Role.COMMITTEE
        facts = establish_facts(request, known, claims_withheld=withheld)
        outcome, answer = decide_to_json(
            active.policies, facts.request, decision_id=decision_id, evaluated_at=at, claimed=facts.claimed
        )
    except Exception:
        log.exception("deciding_failed", decision_id=decision_id)
        return make_problem(
            ProblemKind.INTERNAL, "Hand nothing over; the failure was logged.", request_id=request.request_id
        )
    return Entry(
        EntryKind.DECISION,
        decision_id,
        at,
        members={
            "request_id": request.request_id,
            "outcome": outcome,
            "revision": active.policies.revision,
            "caller": caller.name,
            "claims_withheld": withheld,
            "department": asked.department,
            **({"known": known.to_json()} if known else {}),
        },
        payloads={REQUEST: asked.body, DECISION: answer},
    )


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
