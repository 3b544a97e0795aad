"""Calls that record something: one that is repeated under its Idempotency-Key is answered again, not done again."""

from __future__ import annotations

import re

from fastapi import Request, Response

from api.domain.identity import Caller
from api.http.authentication.authenticate import context_of
from api.http.request_body import read_body
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.storage.stored_responses import Call, Receipt

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


async def read_call(request: Request, caller: Caller) -> Call:
    """Return the call that `request` makes. Raises `ProblemError`."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        detail = "Send one header `Idempotency-Key` of 1 to 200 visible ASCII characters."
        raise ProblemError(make_problem(ProblemKind.KEY_MISSING, detail))
    received = await read_body(request.scope, request.receive, context_of(request).settings.max_body_bytes)
    return Call(caller, request.url.path, received, keys[0])


def created(receipt: Receipt) -> Response:
    """Return the answer 201 to a call that was recorded."""
    tag = {} if receipt.version is None else {"ETag": f'"{receipt.version}"'}
    return Response(receipt.answer, 201, media_type="application/json", headers=tag)
