"""Requests for access about a denial: each opens the case of the question that was denied."""

from __future__ import annotations

import json
from collections.abc import Callable

from api.domain.authzen.access_requests import (
    AccessRequestAnswer,
    AccessRequestCall,
    AccessRequestFault,
    TaskHandle,
    TaskStatus,
    access_request_error,
    check_denial,
    task_of,
)
from api.domain.authzen.mapping import map_question
from api.domain.identity import Caller
from api.domain.known_facts import request_to_json
from api.parsing.problems import Problem, ProblemError
from api.services.authzen.evaluations import require_authzen
from api.services.case_openings import open_case_of_decision
from api.services.case_queries import show_case
from api.services.context import Context
from api.services.decision_queries import AnswerEntry, find_answer
from api.storage.stored_responses import IdempotentCall

NOT_FOUND, CONFLICT = 404, 409


async def request_access(
    context: Context, call: IdempotentCall, query: AccessRequestCall, address_of: Callable[[str], str]
) -> AccessRequestAnswer:
    """Open the case of a denial, and return the task.

    A call that is repeated under its Idempotency-Key is answered as before. `address_of` returns where the request
    with an id is read. Raises `ProblemError`.
    """
    denied = await _denied(context, query, call.caller)
    _check_binding(context, query, denied)
    try:
        stored = await open_case_of_decision(context, call, denied.entry.key)
    except ProblemError as error:
        if error.problem.status == CONFLICT:
            raise access_request_error(AccessRequestFault.DUPLICATE, error.problem.detail) from error
        raise
    case_id: str = json.loads(stored.answer)["case_id"]
    handle = TaskHandle(id=case_id, status=TaskStatus.PENDING, status_endpoint=address_of(case_id))
    return AccessRequestAnswer(task=handle)


async def show_request(context: Context, case_id: str, caller: Caller, address: str) -> AccessRequestAnswer:
    """Return how a request stands now. Raises `ProblemError`."""
    require_authzen(context.policies.current.policies)
    try:
        found = await show_case(context, case_id, caller, {})
    except ProblemError as error:
        if error.problem.status == NOT_FOUND:
            raise access_request_error(AccessRequestFault.UNKNOWN_TASK, error.problem.detail) from error
        raise
    return task_of(json.loads(found.content), address, context.policies.current.policies)


async def _denied(context: Context, query: AccessRequestCall, caller: Caller) -> AnswerEntry:
    """The decision that a request names. Raises `ProblemError` for one that the caller may not know of."""
    try:
        if "\0" in query.denial.evaluation_id:
            raise _no_decision()
        return await find_answer(context, query.denial.evaluation_id, caller)
    except ProblemError as error:
        if error.problem.status == NOT_FOUND:
            raise _no_decision() from error
        raise


def _no_decision() -> ProblemError:
    detail = "No decision has the id that `denial.evaluation_id` names."
    return access_request_error(AccessRequestFault.INVALID_BINDING, detail)


def _check_binding(context: Context, query: AccessRequestCall, denied: AnswerEntry) -> None:
    """Raise `ProblemError` unless the request is about that denial, in time, and the denial is requestable."""
    check_denial(query.denial, denied.record.outcome, denied.entry.at, context.clock())
    if denied.request is None or not _is_same(context, query, denied):
        detail = "Subject, action, resource or context are not those of the question that was denied."
        raise access_request_error(AccessRequestFault.INVALID_BINDING, detail)


def _is_same(context: Context, query: AccessRequestCall, denied: AnswerEntry) -> bool:
    """Whether a request states what the question that was denied stated, as the policies in force read it."""
    policies = context.policies.current.policies
    mapping = require_authzen(policies)
    received = map_question(mapping, query, denied.record.request_id, policies.vocabulary)
    if isinstance(received, Problem):
        raise ProblemError(received)
    assert denied.request is not None
    return request_to_json(received.request) == request_to_json(denied.request)
