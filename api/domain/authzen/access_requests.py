"""Requestable denials, and what has become of them (profile Access Request and Approval, draft 00)."""

from __future__ import annotations

import datetime as dt
from enum import Enum, StrEnum
from typing import Any, assert_never

from pydantic import Field

from api.domain.authzen.answers import AccessRequestHint, EvaluationAnswer, NextAction
from api.domain.authzen.call_models import EvaluationCall, OpenPart
from api.parsing.answers import JsonAnswer
from api.parsing.problems import Problem, ProblemError
from engine import Outcome, PolicySet, end_of_day

CAPABILITY = "urn:openid:authzen:capability:access-request"
BINDING = dt.timedelta(hours=24)
"""For how long a denial is requestable."""
RETRY_SECONDS = 300


class AccessRequestFault(Enum):
    """The problems of the profile: the last part of the name, the status, and what is wrong."""

    NOT_REQUESTABLE = ("not_requestable", 400, "There is nothing to ask for about this denial.")
    INVALID_BINDING = ("invalid_denial_binding", 400, "The request is not about the denial that it names.")
    UNKNOWN_TASK = ("unknown_task", 404, "There is no such request.")
    DUPLICATE = ("duplicate_request", 409, "There is a request about this already.")
    EXPIRED = ("expired_denial", 410, "The denial is too old to be asked about.")


def access_request_error(fault: AccessRequestFault, detail: str) -> ProblemError:
    """Return the error that ends a call with a problem of the profile."""
    name, status, title = fault.value
    kind = f"urn:openid:authzen:access-request:error:{name}"
    return ProblemError(Problem(type=kind, title=title, status=status, detail=detail))


class DenialPart(OpenPart):
    """The denial that a request is about, as its answer named it."""

    evaluation_id: str = ""
    expires_at: str = ""


class AccessRequestCall(EvaluationCall):
    """The question that was denied, and the denial."""

    denial: DenialPart = Field(default_factory=DenialPart)


class TaskStatus(StrEnum):
    """How a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


class TaskProgress(JsonAnswer):
    """For which parties it waits."""

    awaiting: tuple[str, ...]


class TaskHandle(JsonAnswer):
    """A request: the id is that of its case."""

    id: str
    status: TaskStatus
    status_endpoint: str
    progress: TaskProgress | None = None


class ApprovalReference(JsonAnswer):
    """What a new question about the same names in `context.approval`; it grants nothing by itself."""

    id: str
    approved_until: dt.datetime


class TaskResult(JsonAnswer):
    """What to do with an approval: ask again."""

    mode: str
    approval: ApprovalReference


class AccessRequestAnswer(JsonAnswer):
    """How a request stands, and what to do once it is approved."""

    task: TaskHandle
    result: TaskResult | None = None


def is_requestable(outcome: Outcome) -> bool:
    """Whether a denial with this outcome opens a case: something is waited for that others can bring about."""
    match outcome:
        case Outcome.HOLD | Outcome.ESCALATE_URGENT:
            return True
        case Outcome.DELIVER | Outcome.NOT_GOVERNED | Outcome.REGULARISE | Outcome.ROUTE_BILATERAL:
            return False
        case Outcome.NEEDS_INFORMATION | Outcome.REFER | Outcome.REFUSE:
            return False
        case _:
            assert_never(outcome)


def status_of(outcome: Outcome) -> TaskStatus:
    """Return how a request stands whose case is decided so."""
    match outcome:
        case Outcome.DELIVER:
            return TaskStatus.APPROVED
        case Outcome.REFUSE:
            return TaskStatus.DENIED
        case Outcome.NOT_GOVERNED | Outcome.REGULARISE | Outcome.ROUTE_BILATERAL | Outcome.ESCALATE_URGENT:
            return TaskStatus.PENDING
        case Outcome.HOLD | Outcome.NEEDS_INFORMATION | Outcome.REFER:
            return TaskStatus.PENDING
        case _:
            assert_never(outcome)


def expiry_of(evaluated_at: dt.datetime) -> dt.datetime:
    """Return until when a denial is requestable."""
    return evaluated_at + BINDING


def check_denial(denial: DenialPart, outcome: Outcome, evaluated_at: dt.datetime, now: dt.datetime) -> None:
    """Raise `ProblemError` unless a denial with this outcome is requestable, named as it was given, and in time."""
    if not is_requestable(outcome):
        detail = f"The outcome was {outcome.value}, and that opens no case."
        raise access_request_error(AccessRequestFault.NOT_REQUESTABLE, detail)
    expiry = expiry_of(evaluated_at)
    if _time(denial.expires_at) != expiry:
        detail = "`denial.expires_at` is not that of the denial."
        raise access_request_error(AccessRequestFault.INVALID_BINDING, detail)
    if now > expiry:
        detail = "Ask the question again, and send the denial that comes of it."
        raise access_request_error(AccessRequestFault.EXPIRED, detail)


def _time(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def with_request(answer: EvaluationAnswer) -> EvaluationAnswer:
    """Return a denial as one that is requestable."""
    evaluated_at = dt.datetime.fromisoformat(answer.context.evaluated_at or "")
    hint = AccessRequestHint(expires_at=expiry_of(evaluated_at))
    return answer.model_copy(update={"context": answer.context.model_copy(update={"access_request": hint})})


def after_approval(answer: EvaluationAnswer, *, waits: bool) -> EvaluationAnswer:
    """Return the answer to a question that named an approval, saying of a denial what to do next."""
    if answer.decision:
        return answer
    context = answer.context
    if context.access_request is not None:
        next_action = NextAction.REQUEST
    else:
        next_action = NextAction.RETRY if waits else NextAction.NONE
    changes: dict[str, Any] = {"next_action": next_action}
    if next_action is NextAction.RETRY:
        changes["retry_after"] = RETRY_SECONDS
    return answer.model_copy(update={"context": context.model_copy(update=changes)})


def task_of(case: dict[str, Any], address: str, policies: PolicySet) -> AccessRequestAnswer:
    """Return how the request of a case stands, from the answer about the case; `address` is where to read it."""
    decision = case["decision"]
    status = status_of(Outcome(decision["outcome"]))
    waiting = tuple(case["waiting_for"])
    handle = TaskHandle(
        id=case["case_id"],
        status=status,
        status_endpoint=address,
        progress=TaskProgress(awaiting=waiting) if status is TaskStatus.PENDING and waiting else None,
    )
    if status is not TaskStatus.APPROVED:
        return AccessRequestAnswer(task=handle)
    until = end_of_day(policies.time_zone, dt.date.fromisoformat(decision["valid_until"]))
    approval = ApprovalReference(id=case["case_id"], approved_until=until)
    return AccessRequestAnswer(task=handle, result=TaskResult(mode="reevaluate", approval=approval))


def approval_named(call: EvaluationCall) -> str | None:
    """Return the id of the approval that a question names; None where it names none."""
    approval = call.context.get("approval")
    identity = approval.get("id") if isinstance(approval, dict) else None
    return identity if isinstance(identity, str) else None
