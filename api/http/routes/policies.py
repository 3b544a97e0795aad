"""The active policy set and its policies, read only."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from fastapi import APIRouter, Request, Response

from api.domain.upcoming import UpcomingAnswer
from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import DAY_SCHEMA, answer, parameter, problems
from api.http.request_body import read_query
from api.http.routes.policy_answers import PolicyAnswer, PolicySetAnswer, VocabularyAnswer
from api.parsing.answers import JsonAnswer
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.upcoming import SPAN, show_upcoming
from engine import PolicySet, describe_policies, describe_policy, describe_vocabulary

router = APIRouter(prefix="/v1", tags=["policies"])

_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed since that ETag"}}


@router.get(
    "/policies",
    summary="Read the active policy set",
    responses=answer("The active policy set", PolicySetAnswer) | _NOT_MODIFIED | problems(),
)
async def read_policies(request: Request) -> Response:
    """Return name, revision, status of today, files and policies."""
    policies, day = _in_force(request)
    return _tagged(request, policies.revision, day, PolicySetAnswer(**describe_policies(policies, day)))


@router.get(
    "/vocabulary",
    summary="Read the words of the active policy set",
    responses=answer("The facts that a request may state", VocabularyAnswer) | _NOT_MODIFIED | problems(),
)
async def read_vocabulary(request: Request) -> Response:
    """Return every fact that a request may state, with its kind, its choices in words, and who answers for it."""
    policies, day = _in_force(request)
    return _tagged(request, policies.revision, day, VocabularyAnswer(**describe_vocabulary(policies)))


@router.get(
    "/policies/upcoming",  # before the address of one policy, which would take the word for a name
    summary="Read what changes on which day by itself",
    openapi_extra={
        "parameters": [parameter("from", "query", DAY_SCHEMA), parameter("until", "query", DAY_SCHEMA)]
    },
    responses=answer("The days on which something changes", UpcomingAnswer)
    | _NOT_MODIFIED
    | problems(400, 503),
)
async def read_upcoming(request: Request, caller: Admitted) -> Response:
    """Return what begins, ends or changes on which day, from a day or today, until a day or a year later.

    Which requests are answered otherwise is computed in the background: until it is there, `classes` is null, and a
    later call has it.
    """
    content = await show_upcoming(context_of(request), caller, read_query(request, SPAN))
    body = content.to_bytes()
    # What is recorded, and what of it the caller may read, are in the answer: its own hash is its tag.
    return _tagged_bytes(request, f"{content.revision}:{hashlib.sha256(body).hexdigest()[:16]}", body)


@router.get(
    "/policies/{name}",
    summary="Read one policy of the active set",
    responses=answer("The policy", PolicyAnswer) | _NOT_MODIFIED | problems(404),
)
async def read_policy(request: Request, name: str) -> Response:
    """Return the policy called `name` as it stands today."""
    policies, day = _in_force(request)
    described = describe_policy(policies, name, day)
    if described is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The active set has no policy of this name."))
    return _tagged(request, policies.revision, day, PolicyAnswer(**described))


def _in_force(request: Request) -> tuple[PolicySet, dt.date]:
    """The active set, and the day it is at its calendar place."""
    context = context_of(request)
    policies = context.policies.current.policies
    return policies, policies.day_at(context.clock())


def _tagged(request: Request, revision: str, day: dt.date, content: JsonAnswer) -> Response:
    """Return `content` tagged with what it depends on: the policies and the day."""
    return _tagged_bytes(request, f"{revision}:{day}", content.to_bytes())


def _tagged_bytes(request: Request, tag: str, content: bytes) -> Response:
    """Return `content` with its tag, or 304 if the caller has it (RFC 9110, 13.1.2)."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {headers["ETag"], "*"}:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
