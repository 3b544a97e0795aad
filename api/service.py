"""The calls of the service, apart from HTTP: bytes in, recorded bytes out, or a problem."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, ParamSpec, TypeVar

import structlog

from api.domain.cases.case import Key
from api.domain.cases.recordable_facts import marks_of
from api.domain.identity import Authenticator, Caller, Role
from api.domain.known_facts import NO_RECORDS, Records, establish_facts, known_of
from api.domain.permissions import may_call
from api.http.error_handlers import not_recorded
from api.http.lockstep import Steps, take_together
from api.ledger.database import StoreUnavailable
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.group_commit import Waiting
from api.ledger.log import KnowledgeGrown, Ledger
from api.ledger.reader import find_decision
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import Received, read_request, read_requests
from api.policies.active import ActivePolicies, ActiveSet
from api.runtime.counters import Counted, Counters
from api.services.decision_ids import new_decision_id
from api.services.explained import explain_entry
from api.services.record_index import Book
from api.settings import Settings
from engine import Request, decide_to_json

LONG_BODY_BYTES = 32 * 1024
"""A longer body is decided in a thread, so that the event loop stays free."""

READ_CASE = "GET /v1/cases/{case_id}"
"""Only who may read a case gets decisions that take its facts into account."""

log = structlog.get_logger()
P = ParamSpec("P")
T = TypeVar("T")


class NotAtOnce(Exception):  # not a failure: there is another way
    """Something has to be waited for first."""


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a route needs; one for each application."""

    settings: Settings
    policies: ActivePolicies
    store: Ledger
    book: Book
    counters: Counters
    authenticator: Authenticator
    clock: Callable[[], datetime]

    async def decide_one(self, body: bytes, caller: Caller) -> bytes:
        """Return the recorded decision for the request in `body`. Raises `ProblemError`."""
        return (await self._record_one(body, caller, self.policies.current)).payloads[DECISION]

    async def explain_one(self, body: bytes, caller: Caller) -> bytes:
        """Return the recorded decision for the request in `body` with its explanation. Raises `ProblemError`.

        It is decided and recorded exactly as without the explanation, which is worked out afterwards, in a thread.
        """
        active = self.policies.current
        entry = await self._record_one(body, caller, active)
        return await asyncio.to_thread(explain_entry, entry, active.policies)

    async def _record_one(self, body: bytes, caller: Caller, active: ActiveSet) -> Entry:
        asked = await _aside(len(body), _ask, body, caller)
        try:
            (answer,) = await self._answer([asked], len(body), caller, active)
        except StoreUnavailable as error:
            raise ProblemError(not_recorded(asked.request_id)) from error
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        return answer

    def submit_one(
        self, body: bytes, caller: Caller, waiting_with: Callable[[Entry], Waiting]
    ) -> Steps[None]:
        """Decide the request in `body` and hand it to the log; `waiting_with` the entry is told what came of it.

        Raises `ProblemError`, and `NotAtOnce` for a request that the ledger has records about: they have to be read
        first.
        """
        active, asked = self.policies.current, _ask(body, caller)
        yield
        if self._may_have_records([asked], caller):
            raise NotAtOnce
        known_upto = self.book.known_upto
        answer = yield from _decide(asked, NO_RECORDS, active, self.clock(), caller)
        if isinstance(answer, Problem):
            self._count([answer])
            raise ProblemError(answer)
        yield
        try:
            self.store.submit([answer], active.files, known_upto, waiting_with(answer))
        except StoreUnavailable as error:
            self.counters.count(Counted.NOT_RECORDED)
            raise ProblemError(not_recorded(asked.request_id)) from error

    async def decide_many(self, body: bytes, caller: Caller) -> bytes:
        """Return a recorded decision or a problem for each entry of `body`.

        Raises `ProblemError`, StoreUnavailable.
        """
        asked = await _aside(len(body), _ask_many, body, caller, self.settings.max_entries)
        if isinstance(asked, Problem):
            self._count([asked])
            raise ProblemError(asked)
        answers = await self._answer(asked, len(body), caller, self.policies.current)
        parts = (a.to_json() if isinstance(a, Problem) else a.payloads[DECISION] for a in answers)
        return b"[" + b",".join(parts) + b"]"

    async def record_policies(self, active: ActiveSet) -> None:
        """Record that a policy set became active; where that fails, say so and go on."""
        unproved = {} if active.proved else {"accepted_unproved": True}
        entry = Entry(EntryKind.POLICIES, active.policies.revision, self.clock(), members=unproved)
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

    async def _answer(
        self, asked: Sequence[Asked | Problem], size: int, caller: Caller, active: ActiveSet
    ) -> Sequence[Entry | Problem]:
        """Decide and record; what the ledger has come to know more about meanwhile is decided again."""
        while True:
            known_upto, at = self.book.known_upto, self.clock()
            records = NO_RECORDS
            if self._may_have_records(asked, caller):
                records = await self.book.find(*_sought(asked))
            answers = await _aside(size, _decide_all, asked, records, active, at, caller)
            entries = [answer for answer in answers if isinstance(answer, Entry)]
            try:
                await self.store.append(entries, active.files, known_upto)
            except KnowledgeGrown:
                await self.book.look_again()
            except StoreUnavailable:
                self.counters.count(Counted.NOT_RECORDED, len(entries))
                raise
            else:
                self.counters.count(Counted.DECISION, len(entries))
                self._count(answers)
                return answers

    def _may_have_records(self, asked: Sequence[Asked | Problem], caller: Caller) -> bool:
        """Whether records that the caller may take into account tell of something that is asked."""
        if self.book.is_empty or not may_call(caller.role, READ_CASE):
            return False
        return self.book.tells_of(*_sought(asked))

    def _count(self, answers: Sequence[Entry | Problem]) -> None:
        for answer in answers:
            if isinstance(answer, Problem):
                self.counters.count(_COUNTED_AS.get(answer.status, Counted.MALFORMED))


async def _aside(size: int, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Return what `work` on so many bytes returns; long work is done in a thread."""
    if size > LONG_BODY_BYTES:
        return await asyncio.to_thread(work, *given, **named)
    return work(*given, **named)


def _sought(asked: Sequence[Asked | Problem]) -> tuple[set[Key], set[str]]:
    """What records about requests are found by: the keys of cases, the marks of lines."""
    told = [one for one in asked if isinstance(one, Asked)]
    marks = {str(mark) for one in told for mark in marks_of(one.request)}
    return {one.key for one in told if one.key}, marks


_COUNTED_AS = {403: Counted.NOT_PERMITTED, 500: Counted.DECIDING_FAILED}


class Asked(NamedTuple):
    """A request as received, and the department it is about, if that is known."""

    request: Request
    body: bytes
    department: str | None

    @property
    def request_id(self) -> str:
        """The id that the caller gave the request."""
        return self.request.request_id

    @property
    def key(self) -> Key | None:
        """What the cases about the request are found by."""
        return (self.department, self.request_id) if self.department else None


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


def _decide_all(
    asked: Sequence[Asked | Problem],
    records: Records,
    active: ActiveSet,
    at: datetime,
    caller: Caller,
) -> Sequence[Entry | Problem]:
    return take_together([_decide(one, records, active, at, caller) for one in asked])


def _decide(
    asked: Asked | Problem, records: Records, active: ActiveSet, at: datetime, caller: Caller
) -> Steps[Entry | Problem]:
    """Decide and write out one request; whatever fails here is a problem, never a decision."""
    if isinstance(asked, Problem):
        return asked
    decision_id = new_decision_id(at)
    request = asked.request
    try:
        known = known_of(request, asked.department, records, request.as_of or at.date())
        withheld = caller.role is not Role.COMMITTEE
        facts = establish_facts(request, known, claims_withheld=withheld)
        yield
        decided = decide_to_json(
            active.policies, facts.request, decision_id=decision_id, evaluated_at=at, claimed=facts.claimed
        )
        yield
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
            "outcome": decided.outcome.value,
            "revision": active.policies.revision,
            "caller": caller.name,
            "claims_withheld": withheld,
            "department": asked.department,
            **({"known": known.to_json()} if known else {}),
        },
        payloads={REQUEST: asked.body, DECISION: decided.content},
        pieces=decided.pieces,
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
