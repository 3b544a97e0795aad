"""Questions of AuthZEN: each becomes a request of the contract, decided and recorded as a pre-check is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never, cast

from pydantic_core import from_json

from api.domain.authzen.access_requests import (
    TaskStatus,
    after_approval,
    approval_named,
    is_requestable,
    status_of,
    with_request,
)
from api.domain.authzen.answers import EvaluationAnswer, answer_of, answer_of_problem
from api.domain.authzen.call_models import EvaluationCall, EvaluationsCall, EvaluationsSemantic
from api.domain.authzen.mapping import at_the_call, map_question
from api.domain.cases.urgency import can_have_case
from api.domain.identity import Caller
from api.domain.permissions import may_call
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import Received, check_value
from api.runtime.offload import offload_long
from api.services.decision_ids import new_decision_id
from api.services.pre_checks import PreChecks
from api.storage.cases import load_cases_among
from engine import AuthzenMapping, Outcome, PolicySet, Request

OPENING = "POST /access/v1/requests"
"""The call that asks for access in spite of a denial."""
_TYPICAL_BYTES = 1000
"""About as many as a question has: a long list is read beside the event loop."""


@dataclass(frozen=True, slots=True)
class Evaluations:
    """Answers the questions of callers by pre-checks."""

    pre_checks: PreChecks

    @property
    def _policies(self) -> PolicySet:
        return self.pre_checks.context.policies.current.policies

    async def evaluate(self, call: EvaluationCall, caller: Caller) -> EvaluationAnswer:
        """Return the answer to one question, its decision recorded. Raises `ProblemError`."""
        (received,) = await self._requests_of([call], caller)
        if isinstance(received, Problem):
            self.pre_checks.refuse(received)
        try:
            decided = await self.pre_checks.decide(*received, caller)
        except ProblemError as error:
            raise ProblemError(self._placed(error.problem, call)) from error
        return self._answer(call, received, decided, caller)

    def _placed(self, problem: Problem, call: EvaluationCall | Problem) -> Problem:
        """The problem with the request of a call, as a problem with the call."""
        if isinstance(call, Problem) or problem.errors is None:
            return problem
        return at_the_call(problem, require_authzen(self._policies), call)

    async def evaluate_all(self, call: EvaluationsCall, caller: Caller) -> list[EvaluationAnswer]:
        """Return the answers to a list of questions, as far as its semantic has them answered.

        A question that cannot be read, or that the caller may not ask, is answered with no. Raises `ProblemError` for
        a list that is too long.
        """
        self._check_size(call)
        questions = call.questions()
        match call.options.evaluations_semantic:
            case EvaluationsSemantic.EXECUTE_ALL:
                return await self._answers(questions, caller)
            case EvaluationsSemantic.DENY_ON_FIRST_DENY:
                return await self._answers_until(questions, caller, decides=False)
            case EvaluationsSemantic.PERMIT_ON_FIRST_PERMIT:
                return await self._answers_until(questions, caller, decides=True)
            case other:
                assert_never(other)

    def _check_size(self, call: EvaluationsCall) -> None:
        """Raise `ProblemError` for too many questions, or for questions that hold too much once written out."""
        settings = self.pre_checks.context.settings
        if len(call.evaluations) > settings.max_entries:
            detail = f"A list holds at most {settings.max_entries} questions."
            self.pre_checks.refuse(make_problem(ProblemKind.TOO_LARGE, detail))
        if call.inherited_bytes() > settings.max_list_bytes:
            detail = (
                f"Written out, the questions hold more than {settings.max_list_bytes} bytes of what is stated for"
                " all of them; send them in several lists."
            )
            self.pre_checks.refuse(make_problem(ProblemKind.TOO_LARGE, detail))

    async def _answers_until(
        self, questions: Sequence[object], caller: Caller, *, decides: bool
    ) -> list[EvaluationAnswer]:
        """Answer one question after the other, to that with the decision that settles the list."""
        answers: list[EvaluationAnswer] = []
        for question in questions:
            answers += await self._answers([question], caller)
            if answers[-1].decision is decides:
                break
        return answers

    async def _answers(self, questions: Sequence[object], caller: Caller) -> list[EvaluationAnswer]:
        size = len(questions) * _TYPICAL_BYTES
        calls = await offload_long(size, _read_questions, questions)
        requests = await self._requests_of(calls, caller)
        decided = await self.pre_checks.decide_all(requests, caller)
        return await offload_long(size, self._answered, calls, requests, decided, caller)

    def _answered(
        self,
        calls: Sequence[EvaluationCall | Problem],
        requests: Sequence[Received | Problem],
        decided: Sequence[bytes | Problem],
        caller: Caller,
    ) -> list[EvaluationAnswer]:
        return [
            answer_of_problem(answer if answer is received else self._placed(answer, call))
            if isinstance(answer, Problem)
            else self._answer(cast("EvaluationCall", call), cast("Received", received), answer, caller)
            for call, received, answer in zip(calls, requests, decided, strict=True)
        ]

    async def _requests_of(
        self, calls: Sequence[EvaluationCall | Problem], caller: Caller
    ) -> list[Received | Problem]:
        """The request that each question states: of one that names an approval, the request that has the approval.

        They are mapped by the policies that decide right after it: none come into force between the two.
        """
        require_authzen(self._policies)
        named = {one for call in calls if isinstance(call, EvaluationCall) and (one := approval_named(call))}
        approved = await self._approved(named, caller) if named else {}
        at = self.pre_checks.context.clock()
        while True:
            policies = self._policies
            requests = await offload_long(
                len(calls) * _TYPICAL_BYTES, _map_questions, policies, calls, approved, at
            )
            if policies is self._policies:
                return requests

    async def _approved(self, named: Set[str], caller: Caller) -> dict[str, str]:
        """The ids of the requests whose cases are named as approvals, as far as the caller may know of them.

        An approval grants nothing: it says which request the question is about, and what is recorded of that counts
        for the same item and visitor only.
        """
        cases = await self.pre_checks.context.store.read(
            lambda connection: load_cases_among(connection, named)
        )
        return {
            case.case_id: case.request_id for case in cases if caller.department in (None, case.department)
        }

    def _answer(
        self, call: EvaluationCall, received: Received, decision: bytes, caller: Caller
    ) -> EvaluationAnswer:
        """The answer with a decision: a denial that the caller can ask about says so."""
        stated: dict[str, Any] = from_json(decision)
        answer, outcome = answer_of(stated), Outcome(stated["outcome"])
        has_case = "case" in stated.get("links", {})
        if is_requestable(outcome) and not has_case and self._can_open(received.request, caller):
            answer = with_request(answer)
        if approval_named(call) is None:
            return answer
        return after_approval(answer, waits=has_case and status_of(outcome) is TaskStatus.PENDING)

    def _can_open(self, request: Request, caller: Caller) -> bool:
        department = caller.department or self._policies.vocabulary.office_of(request)
        key = (department, request.request_id) if department else None
        return may_call(caller.role, OPENING) and can_have_case(key)


def _read_questions(questions: Sequence[object]) -> list[EvaluationCall | Problem]:
    return [check_value(question, EvaluationCall) for question in questions]


def _map_questions(
    policies: PolicySet, calls: Sequence[EvaluationCall | Problem], approved: Mapping[str, str], at: datetime
) -> list[Received | Problem]:
    """The request that each question states, under an id of its own unless it names another."""
    mapping = require_authzen(policies)
    return [
        call
        if isinstance(call, Problem)
        else map_question(
            mapping,
            call,
            approved.get(approval_named(call) or "") or new_decision_id(at),
            policies.vocabulary,
        )
        for call in calls
    ]


def require_authzen(policies: PolicySet) -> AuthzenMapping:
    """Return how the policies read calls of AuthZEN. Raises `ProblemError` for a folder that does not say it."""
    if policies.authzen is None:
        detail = f"No file of the policy folder of the directive {policies.name} has `subjects`."
        raise ProblemError(make_problem(ProblemKind.NO_AUTHZEN, detail))
    return policies.authzen
