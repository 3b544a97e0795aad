"""Searches of AuthZEN: every question that a page of one asks is decided and recorded as a pre-check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import from_json

from api.domain.authzen.answers import AttachedObligation, answer_of
from api.domain.authzen.call_models import (
    ActionSearchCall,
    AnySearch,
    EvaluationCall,
    ResourceSearchCall,
    SubjectSearchCall,
)
from api.domain.authzen.mapping import map_question
from api.domain.authzen.searches import (
    ActionSearchAnswer,
    EntitySearchAnswer,
    FoundAction,
    FoundEntity,
    is_of_itself,
    lists_entities,
    page_answer,
    page_of,
    permitted,
    questions_of,
)
from api.domain.identity import Caller
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import Received
from api.services.authzen.evaluations import require_authzen
from api.services.decision_ids import new_decision_id
from api.services.pre_checks import PreChecks
from engine import AuthzenMapping, EntityMapping

FORBIDDEN = 403
"""What is known of an entity can be another department's, which the caller may not ask about."""

_Found = list[tuple[EvaluationCall, tuple[AttachedObligation, ...]]]


@dataclass(frozen=True, slots=True)
class Searches:
    """Answers the searches of callers by pre-checks."""

    pre_checks: PreChecks

    async def find_subjects(self, call: SubjectSearchCall, caller: Caller) -> EntitySearchAnswer:
        """Return the subjects of a page to which the answer is yes. Raises `ProblemError`."""
        _require_listed(self._mapping.subjects, "subjects")
        found, token = await self._search(call, caller)
        results = tuple(
            FoundEntity(type=one.subject.type, id=one.subject.id, obligations=duties) for one, duties in found
        )
        return EntitySearchAnswer(results=results, page=page_answer(call, token, len(results)))

    async def find_resources(self, call: ResourceSearchCall, caller: Caller) -> EntitySearchAnswer:
        """Return the resources of a page to which the answer is yes. Raises `ProblemError`."""
        _require_listed(self._mapping.resources, "resources")
        found, token = await self._search(call, caller)
        results = tuple(
            FoundEntity(type=one.resource.type, id=one.resource.id, obligations=duties)
            for one, duties in found
        )
        return EntitySearchAnswer(results=results, page=page_answer(call, token, len(results)))

    async def find_actions(self, call: ActionSearchCall, caller: Caller) -> ActionSearchAnswer:
        """Return the actions of a page to which the answer is yes. Raises `ProblemError`."""
        found, token = await self._search(call, caller)
        results = tuple(FoundAction(name=one.action.name, obligations=duties) for one, duties in found)
        return ActionSearchAnswer(results=results, page=page_answer(call, token, len(results)))

    @property
    def _mapping(self) -> AuthzenMapping:
        return require_authzen(self.pre_checks.context.policies.current.policies)

    async def _search(self, call: AnySearch, caller: Caller) -> tuple[_Found, str]:
        pre_checks = self.pre_checks
        policies = pre_checks.context.policies.current.policies
        mapping = require_authzen(policies)
        page = page_of(call, questions_of(mapping, call), policies.revision)
        received: list[Received | Problem] = []
        for one in page.questions:
            own_id = new_decision_id(pre_checks.context.clock())
            read = map_question(mapping, one, own_id, policies.vocabulary)
            if isinstance(read, Problem):  # what one question has wrong it has from the search
                pre_checks.refuse(read)
            received.append(read)
        office = policies.vocabulary.declarations.asking_office
        queried, answers = [], []
        for question, decided in zip(
            page.questions, await pre_checks.decide_all(received, caller), strict=True
        ):
            if not isinstance(decided, Problem):
                queried.append(question)
                answers.append(answer_of(from_json(decided)))
            elif decided.status != FORBIDDEN or not is_of_itself(mapping, call, question, office):
                raise ProblemError(decided)
        return list(permitted(queried, answers)), page.next_token


def _require_listed(entities: Mapping[str, EntityMapping], key: str) -> None:
    """Raise `ProblemError` where the policies list no entities of this sort."""
    if not lists_entities(entities):
        detail = f"The policies list no {key} that could be searched: none has `known`."
        raise ProblemError(make_problem(ProblemKind.NO_AUTHZEN, detail))
