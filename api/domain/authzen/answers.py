"""A decision as an answer of AuthZEN: `decision`, and why in its `context`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from api.parsing.answers import JsonAnswer
from api.parsing.problems import Problem
from engine import Outcome

CUSTOM = "custom"
"""The type of an obligation whose properties are a duty; no type of the profile says what a duty says."""
DENIED = "invalid_question"
"""The reason of an answer to a question of a list that could not be read."""


class DutyProperties(JsonAnswer):
    """A duty of the decision."""

    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None


class AttachedObligation(JsonAnswer):
    """What has to be done, whatever the decision (AuthZEN Obligations Profile 1.0, draft 1)."""

    id: str
    type: str
    properties: DutyProperties


class QuestionFault(JsonAnswer):
    """Why a question of a list was not decided; the status is that of the problem it would be by itself."""

    status: int
    message: str
    errors: tuple[Mapping[str, Any], ...] = ()


class AccessRequestHint(JsonAnswer):
    """That the denial is requestable, and until when (AuthZEN Access Request and Approval Profile, draft 00)."""

    expires_at: dt.datetime


class NextAction(StrEnum):
    """What a caller does about a denial in spite of an approval that it named."""

    REQUEST = "request"
    RETRY = "retry"
    NONE = "none"


class DecisionContext(JsonAnswer):
    """Why: the outcome as `reason`, what to say, what has to be done. `evaluation_id` is the id of the decision."""

    evaluation_id: str | None = None
    evaluated_at: str | None = None
    request_id: str | None = None
    reason: str
    say: str | None = None
    say_in: Mapping[str, str] = {}
    valid_until: str | None = None
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    missing: tuple[Mapping[str, Any], ...] = ()
    claimed_not_confirmed: tuple[str, ...] = ()
    policy: Mapping[str, Any] = {}
    obligations: tuple[AttachedObligation, ...] = ()
    access_request: AccessRequestHint | None = None
    next_action: NextAction | None = None
    retry_after: int | None = None
    error: QuestionFault | None = None


class EvaluationAnswer(JsonAnswer):
    """The answer to one question; true for the outcome `deliver` alone."""

    decision: bool
    context: DecisionContext


class EvaluationsAnswer(JsonAnswer):
    """The answers to a list of questions, in their order."""

    evaluations: tuple[EvaluationAnswer, ...]


def answer_of(stated: Mapping[str, Any]) -> EvaluationAnswer:
    """Return the answer with a decision of one line, given as a pre-check is answered."""
    (line,) = stated["lines"]
    outcome = Outcome(stated["outcome"])
    context = DecisionContext(
        evaluation_id=stated["decision_id"],
        evaluated_at=stated["evaluated_at"],
        request_id=stated["request_id"],
        reason=outcome.value,
        say=stated["say"],
        say_in=stated.get("say_in", {}),
        valid_until=stated["valid_until"],
        rules=tuple(line.get("rules", ())),
        clauses=tuple(line["clauses"]),
        missing=tuple(line.get("missing", ())),
        claimed_not_confirmed=tuple(line.get("claimed_not_confirmed", ())),
        policy=stated["policy"],
        obligations=tuple(obligations_of(line.get("duties", ()))),
    )
    return EvaluationAnswer(decision=outcome is Outcome.DELIVER, context=context)


def obligations_of(duties: Sequence[Mapping[str, Any]]) -> list[AttachedObligation]:
    """Return each duty as an obligation, under an id of its own in the answer."""
    return [
        AttachedObligation(id=f"duty-{number}", type=CUSTOM, properties=DutyProperties(**duty))
        for number, duty in enumerate(duties, 1)
    ]


def answer_of_problem(problem: Problem) -> EvaluationAnswer:
    """Return the answer to a question of a list that was not decided: never a permission."""
    errors = tuple(error.model_dump(exclude_none=True) for error in problem.errors or ())
    fault = QuestionFault(status=problem.status, message=problem.detail, errors=errors)
    return EvaluationAnswer(decision=False, context=DecisionContext(reason=DENIED, error=fault))
