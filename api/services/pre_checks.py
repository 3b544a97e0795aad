"""Pre-checks, apart from how they come in: a parsed request and the bytes to log in, a recorded decision out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NoReturn

import structlog

from api.domain.cases.case import Key
from api.domain.cases.recordable_facts import marks_of
from api.domain.decision_record import DecisionRecord
from api.domain.department import department_of
from api.domain.identity import Caller, Role
from api.domain.known_facts import NO_RECORDS, Records, establish_facts, known_of
from api.domain.permissions import may_call
from api.ledger.database import StoreUnavailable
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.group_commit import Waiting
from api.ledger.log import StaleRead
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem, not_recorded
from api.parsing.requests import Received
from api.policies.active import ActiveSet
from api.runtime.counters import Counted
from api.runtime.lockstep import Steps, WouldBlock, take_together
from api.runtime.offload import offload_long
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.explained import explain_entry
from engine import Request, decide_to_json

_READERS = frozenset(role for role in Role if may_call(role, "GET /v1/cases/{case_id}"))
"""Only who may read a case gets decisions that take its facts into account."""

_COUNTED_AS = {403: Counted.NOT_PERMITTED, 500: Counted.DECIDING_FAILED}

log = structlog.get_logger()


class _Asked(NamedTuple):
    """A request, the bytes of it to log, and the department it is about, if that is known."""

    request: Request
    logged: bytes
    department: str | None

    @property
    def key(self) -> Key | None:
        """What the cases about the request are found by."""
        return (self.department, self.request.request_id) if self.department else None


@dataclass(frozen=True, slots=True)
class PreChecks:
    """Decides requests and records each decision before it is answered.

    The bytes to log (`logged`) are those of a request of the contract, whatever shape the call had: replaying a
    decision reads them again (`api.domain.decision_record`).
    """

    context: Context

    async def decide(self, request: Request, logged: bytes, caller: Caller) -> bytes:
        """Return the recorded decision. Raises `ProblemError`."""
        entry = await self._record(request, logged, caller, self.context.policies.current)
        return entry.payloads[DECISION]

    async def explain(self, request: Request, logged: bytes, caller: Caller) -> bytes:
        """Return the recorded decision with its explanation. Raises `ProblemError`.

        It is decided and recorded exactly as without the explanation, which is worked out afterwards, in a thread.
        """
        active = self.context.policies.current
        entry = await self._record(request, logged, caller, active)
        return await asyncio.to_thread(explain_entry, entry, active.policies)

    async def decide_all(
        self, received: Sequence[Received | Problem], caller: Caller
    ) -> list[bytes | Problem]:
        """Return a recorded decision for each request, or a problem for one that has none, in their order.

        Raises StoreUnavailable; then none of them is recorded.
        """
        asked = [one if isinstance(one, Problem) else _ask(*one, caller) for one in received]
        answers = await self._answer(asked, caller, self.context.policies.current)
        return [answer if isinstance(answer, Problem) else answer.payloads[DECISION] for answer in answers]

    def submit(
        self, request: Request, logged: bytes, caller: Caller, waiting_with: Callable[[Entry], Waiting]
    ) -> Steps[None]:
        """Decide a request and hand it to the log; `waiting_with` the entry is notified of what came of it.

        Raises `ProblemError`, and `WouldBlock` for a request that there are records about, or may be: they have to be
        read first.
        """
        context = self.context
        active, asked = context.policies.current, _ask(request, logged, caller)
        read_sequence = None
        if caller.role in _READERS and not isinstance(asked, Problem):
            index = context.index
            if index.is_behind or self._may_have_records([asked]):
                raise WouldBlock
            read_sequence = index.read_sequence
        answer = yield from _decide(asked, NO_RECORDS, active, context.clock(), caller)
        if isinstance(answer, Problem):
            self.refuse(answer)
        yield
        try:
            context.store.submit([answer], active.files, read_sequence, waiting_with(answer))
        except StoreUnavailable as error:
            context.counters.count(Counted.NOT_RECORDED)
            raise ProblemError(not_recorded(request.request_id)) from error

    def refuse(self, problem: Problem) -> NoReturn:
        """Count a pre-check that is not decided, and raise `ProblemError`."""
        self._count([problem])
        raise ProblemError(problem)

    async def _record(self, request: Request, logged: bytes, caller: Caller, active: ActiveSet) -> Entry:
        try:
            (answer,) = await self._answer([_ask(request, logged, caller)], caller, active)
        except StoreUnavailable as error:
            raise ProblemError(not_recorded(request.request_id)) from error
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        return answer

    async def _answer(
        self, asked: Sequence[_Asked | Problem], caller: Caller, active: ActiveSet
    ) -> Sequence[Entry | Problem]:
        """Decide and record; what another process recorded in between is read, and all is decided again."""
        context, sizes = self.context, [len(one.logged) for one in asked if isinstance(one, _Asked)]
        while True:
            try:
                records, read_sequence = await self._read_records(asked, caller)
                at = context.clock()
                answers = await offload_long(sum(sizes), _decide_all, asked, records, active, at, caller)
                entries = [answer for answer in answers if isinstance(answer, Entry)]
                await context.store.append(entries, active.files, read_sequence)
            except StaleRead:
                continue
            except StoreUnavailable:
                context.counters.count(Counted.NOT_RECORDED, len(sizes))
                raise
            context.counters.count(Counted.DECISION, len(entries))
            self._count(answers)
            return answers

    async def _read_records(
        self, asked: Sequence[_Asked | Problem], caller: Caller
    ) -> tuple[Records, int | None]:
        """Return the records about what is asked, and the log entry up to which there are no others.

        There are none, however old, for who may not take them into account.
        """
        index = self.context.index
        if caller.role not in _READERS or all(isinstance(one, Problem) for one in asked):
            return NO_RECORDS, None
        await index.refresh()
        read_sequence = index.read_sequence
        if not self._may_have_records(asked):
            return NO_RECORDS, read_sequence
        return await index.find(*_sought(asked)), read_sequence

    def _may_have_records(self, asked: Sequence[_Asked | Problem]) -> bool:
        index = self.context.index
        return not index.is_empty and index.covers(*_sought(asked))

    def _count(self, answers: Sequence[Entry | Problem]) -> None:
        for answer in answers:
            if isinstance(answer, Problem):
                self.context.counters.count(_COUNTED_AS.get(answer.status, Counted.MALFORMED))


def _sought(asked: Sequence[_Asked | Problem]) -> tuple[set[Key], set[str]]:
    """What records about requests are found by: the keys of cases, the marks of lines."""
    readable = [one for one in asked if isinstance(one, _Asked)]
    marks = {str(mark) for one in readable for mark in marks_of(one.request)}
    return {one.key for one in readable if one.key}, marks


def _ask(request: Request, logged: bytes, caller: Caller) -> _Asked | Problem:
    try:
        department = department_of(request, caller, "A department asks for itself only.")
    except ProblemError as error:
        return error.problem
    return _Asked(request, logged, department)


def _decide_all(
    asked: Sequence[_Asked | Problem],
    records: Records,
    active: ActiveSet,
    at: datetime,
    caller: Caller,
) -> Sequence[Entry | Problem]:
    return take_together([_decide(one, records, active, at, caller) for one in asked])


def _decide(
    asked: _Asked | Problem, records: Records, active: ActiveSet, at: datetime, caller: Caller
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
    record = DecisionRecord(
        request_id=request.request_id,
        outcome=decided.outcome,
        revision=active.policies.revision,
        caller=caller.name,
        claims_withheld=withheld,
        department=asked.department,
        known=known,
    )
    return Entry(
        EntryKind.DECISION,
        decision_id,
        at,
        members=record.to_members(),
        payloads={REQUEST: asked.logged, DECISION: decided.content},
        pieces=decided.pieces,
    )
