"""Questions of AuthZEN: each becomes a request of the contract, decided and recorded as a pre-check is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from api.domain.authzen.answers import EvaluationAnswer, answer_of, answer_of_problem
from api.domain.authzen.calls import EvaluationCall, EvaluationsCall, EvaluationsSemantic
from api.domain.authzen.mapping import map_question
from api.domain.identity import Caller
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import Received, check_value
from api.services.decision_ids import new_decision_id
from api.services.pre_checks import PreChecks
from engine import AuthzenMapping, PolicySet


@dataclass(frozen=True, slots=True)
class Evaluations:
    """Answers the questions of callers by pre-checks."""

    pre_checks: PreChecks

    @property
    def _policies(self) -> PolicySet:
        return self.pre_checks.context.policies.current.policies

    async def evaluate(self, call: EvaluationCall, caller: Caller) -> EvaluationAnswer:
        """Return the answer to one question, its decision recorded. Raises `ProblemError`."""
        received = self._received(call)
        if isinstance(received, Problem):
            self.pre_checks.refuse(received)
        return answer_of(await self.pre_checks.decide(*received, caller))

    async def evaluate_all(self, call: EvaluationsCall, caller: Caller) -> list[EvaluationAnswer]:
        """Return the answers to a list of questions, as far as its semantic has them answered.

        A question that cannot be read, or that the caller may not ask, is answered with no. Raises `ProblemError` for
        a list that is too long.
        """
        questions = call.questions()
        most = self.pre_checks.context.settings.max_entries
        if len(questions) > most:
            detail = f"A list holds at most {most} questions."
            self.pre_checks.refuse(make_problem(ProblemKind.TOO_LARGE, detail))
        match call.options.evaluations_semantic:
            case EvaluationsSemantic.EXECUTE_ALL:
                return await self._answers(questions, caller)
            case EvaluationsSemantic.DENY_ON_FIRST_DENY:
                return await self._answers_until(questions, caller, decides=False)
            case EvaluationsSemantic.PERMIT_ON_FIRST_PERMIT:
                return await self._answers_until(questions, caller, decides=True)
            case other:
                assert_never(other)

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
        received = [self._read(question) for question in questions]
        decided = await self.pre_checks.decide_all(received, caller)
        return [answer_of_problem(one) if isinstance(one, Problem) else answer_of(one) for one in decided]

    def _read(self, question: object) -> Received | Problem:
        call = check_value(question, EvaluationCall)
        return call if isinstance(call, Problem) else self._received(call)

    def _received(self, call: EvaluationCall) -> Received | Problem:
        policies = self._policies
        own_id = new_decision_id(self.pre_checks.context.clock())
        return map_question(require_authzen(policies), call, own_id, policies.vocabulary)


def require_authzen(policies: PolicySet) -> AuthzenMapping:
    """Return how the policies read calls of AuthZEN. Raises `ProblemError` for a folder that does not say it."""
    if policies.authzen is None:
        detail = f"No file of the policy folder of the directive {policies.name} has `subjects`."
        raise ProblemError(make_problem(ProblemKind.NO_AUTHZEN, detail))
    return policies.authzen
