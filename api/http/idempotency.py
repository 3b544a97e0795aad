"""Calls that record something: one repeated under its Idempotency-Key gets the stored answer and is not run again."""

from __future__ import annotations

import re

from fastapi import Request, Response

from api.domain.identity import Caller
from api.http.authentication.authenticate import context_of
from api.http.request_body import read_body, read_query
from api.parsing.parameters import flag_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.idempotent_commands import DRY_RUN
from api.storage.stored_responses import IdempotentCall, StoredResponse

MAX_KEY = 200
KEY_FORM = rf"[\x21-\x7e]{{1,{MAX_KEY}}}"
"""An Idempotency-Key: visible ASCII characters."""


async def read_call(request: Request, caller: Caller, max_bytes: int | None = None) -> IdempotentCall:
    """Return the call that `request` makes, its body of at most `max_bytes`. Raises `ProblemError`."""
    dry_run = flag_parameter(read_query(request, {DRY_RUN}), DRY_RUN)
    key = read_key(request)
    if key is None:
        raise _key_missing()
    most = max_bytes or context_of(request).settings.max_body_bytes
    received = await read_body(request.scope, request.receive, most)
    return IdempotentCall(caller, request.url.path, received, key, dry_run)


def read_key(request: Request) -> str | None:
    """Return the Idempotency-Key of a call; None for one without. Raises `ProblemError` for one that is no key."""
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return None
    if len(keys) != 1 or not re.fullmatch(KEY_FORM, keys[0]):
        raise _key_missing()
    return keys[0]


def _key_missing() -> ProblemError:
    detail = f"Send one header `Idempotency-Key` of 1 to {MAX_KEY} visible ASCII characters."
    return ProblemError(make_problem(ProblemKind.KEY_MISSING, detail))


def created(call: IdempotentCall, response: StoredResponse) -> Response:
    """Return the answer 201 to a call that was recorded, and 200 to a dry run, which created nothing."""
    tag = {} if response.version is None else {"ETag": f'"{response.version}"'}
    status = 200 if call.dry_run else 201
    return Response(response.answer, status, media_type="application/json", headers=tag)
