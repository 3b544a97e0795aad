"""Pre-checks without HTTP: a parsed request and the bytes to log in, a recorded decision out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from api.domain.decision_moment import DecisionMoment
from api.domain.identity import Caller
from api.domain.known_facts import NO_RECORDS, CaseRecords
from api.domain.permissions import may_call
from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry
from api.ledger.preconditions import StaleRead
from api.parsing.problems import Problem, ProblemError, not_recorded_problem
from api.parsing.requests import Received
from api.policies.active_set import ActiveSet
from api.runtime.counters import Counted
from api.runtime.current_call import recorded_trace, step
from api.runtime.lockstep import Lockstep
from api.runtime.offload import offload_long
from api.services.answer_members import with_explanation
from api.services.context import Context
from api.services.decision_work import STEPS, DecisionAnswer, DecisionWork
from api.services.explainer import Explainer
from api.services.prepared_requests import PreparedRequest, prepare_request, record_keys
from engine import Request

READING = "GET /v1/cases/{case_id}"
"""Only callers who may read a case get decisions that take its facts into account."""

_COUNTED_AS = {403: Counted.NOT_PERMITTED, 500: Counted.DECIDING_FAILED}


@dataclass(frozen=True, slots=True)
class PreChecks:
    """Decides requests and records each decision before it is answered.

    The bytes to log (`logged`) are those of a request of the contract, whatever shape the call had: replaying a
    decision reads them again (`api.domain.decision_record`).
    """

    context: Context
    explainer: Explainer = field(default_factory=Explainer)

    async def decide(self, request: Request, logged: bytes, caller: Caller) -> bytes:
        """Return the answer, its decision recorded. Raises `ProblemError`."""
        answer = await self._record(request, logged, caller, self.context.policies.current)
        return answer.content

    async def explain(
        self,
        request: Request,
        logged: bytes,
        caller: Caller,
        leaves: Callable[[], Coroutine[Any, Any, None]],
    ) -> bytes | None:
        """Return the answer with its explanation; None once the caller `leaves`. Raises `ProblemError`.

        It is decided and recorded exactly as without the explanation, which is computed afterwards.
        """
        with self.explainer.place():
            active = self.context.policies.current
            answer = await self._record(request, logged, caller, active)
            explanation = await self.explainer.explain(answer.entry, active.policies, leaves)
            return None if explanation is None else with_explanation(answer.content, explanation)

    async def decide_all(
        self, received: Sequence[Received | Problem], caller: Caller
    ) -> list[bytes | Problem]:
        """Return for each request, in their order, the answer with its decision recorded, or the problem of it.

        Raises StoreUnavailable; then none of them is recorded.
        """
        active = self.context.policies.current
        prepared = [
            one if isinstance(one, Problem) else prepare_request(active, *one, caller) for one in received
        ]
        answers = await self._answer(prepared, caller, active)
        return [answer if isinstance(answer, Problem) else answer.content for answer in answers]

    def refuse(self, problem: Problem) -> NoReturn:
        """Count a pre-check that is not decided, and raise `ProblemError`."""
        self._count([problem])
        raise ProblemError(problem)

    async def _record(
        self, request: Request, logged: bytes, caller: Caller, active: ActiveSet
    ) -> DecisionAnswer:
        try:
            (answer,) = await self._answer([prepare_request(active, request, logged, caller)], caller, active)
        except StoreUnavailable as error:
            raise ProblemError(not_recorded_problem(request.request_id)) from error
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        return answer

    async def _answer(
        self, prepared: Sequence[PreparedRequest | Problem], caller: Caller, active: ActiveSet
    ) -> Sequence[DecisionAnswer | Problem]:
        """Decide and record; if another process recorded something in between, read it and decide again."""
        context = self.context
        sizes = [len(one.logged) for one in prepared if isinstance(one, PreparedRequest)]
        while True:
            try:
                records, read_sequence = await self._read_records(prepared, caller)
                basis = prepared, records, active, context.moment(active), caller
                with step("decide"):
                    answers = await offload_long(sum(sizes), answer_prepared, *basis)
                entries = [answer.entry for answer in answers if isinstance(answer, DecisionAnswer)]
                await context.store.append(entries, active.files, read_sequence)
            except StaleRead:
                continue
            except StoreUnavailable:
                context.counters.count(Counted.NOT_RECORDED, len(sizes))
                raise
            context.count_entries(entries)
            self._count(answers)
            return answers

    async def _read_records(
        self, prepared: Sequence[PreparedRequest | Problem], caller: Caller
    ) -> tuple[CaseRecords, int | None]:
        """Return the records about the requests, and the log entry up to which there are no others.

        A caller whose decisions take no records into account gets none.
        """
        index = self.context.index
        if not may_call(caller.role, READING) or all(isinstance(one, Problem) for one in prepared):
            return NO_RECORDS, None
        await index.refresh()
        read_sequence = index.read_sequence
        records = NO_RECORDS if index.is_empty else await index.find(*record_keys(prepared))
        return records, read_sequence

    def _count(self, answers: Sequence[DecisionAnswer | Problem]) -> None:
        for answer in answers:
            if isinstance(answer, Problem):
                self.context.counters.count(_COUNTED_AS.get(answer.status, Counted.MALFORMED))


def decide_one(
    received: Received,
    department: str | None,
    records: CaseRecords,
    active: ActiveSet,
    moment: DecisionMoment,
    caller: Caller,
) -> Entry:
    """Return the entry of a decision, which its caller records with what follows from it.

    It is about the `department`, or else about that of the request. Raises `ProblemError`.
    """
    prepared = prepare_request(active, *received, caller)
    if isinstance(prepared, PreparedRequest) and department:  # there may be no fact for the department
        prepared = replace(prepared, department=department)
    (answer,) = answer_prepared([prepared], records, active, moment, caller)
    if isinstance(answer, Problem):
        raise ProblemError(answer)
    return answer.entry


def answer_prepared(
    prepared: Sequence[PreparedRequest | Problem],
    records: CaseRecords,
    active: ActiveSet,
    moment: DecisionMoment,
    caller: Caller,
) -> Sequence[DecisionAnswer | Problem]:
    """Return the answer to each request by these records, to be recorded by whoever gives it; or the problem."""
    basis, trace_id = active.bases.of(caller, moment.status), recorded_trace()
    works = [
        one if isinstance(one, Problem) else DecisionWork(one, records, active, moment, basis, trace_id)
        for one in prepared
    ]
    failed: dict[DecisionWork, Problem] = {}

    def fail(work: DecisionWork, _: Exception) -> None:
        failed[work] = work.report_failure()

    Lockstep([one for one in works if isinstance(one, DecisionWork)]).take(STEPS, fail)
    return [one if isinstance(one, Problem) else failed.get(one) or one.finish() for one in works]
