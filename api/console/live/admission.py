"""Who reads news: by a sign-in, or by the header Authorization, as programs that read feeds send it.

To wait for news is not to use the console: a sign-in ends as if nobody did.
"""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request

from api.console.frame.cookies import SIGN_IN_COOKIE, read_cookie
from api.domain.identity import IssuerUnavailable, NotIdentified
from api.domain.permissions import may_call
from api.parsing.problems import ProblemError, ProblemKind, issuer_unavailable_problem, make_problem
from api.services.context import Context
from api.services.live.streams import READING, NewsReader
from api.services.sign_ins import find_signed_in


async def find_reader(request: Request, *, touch: bool = False) -> NewsReader:
    """Return who reads. With `touch` the sign-in counts as used now.

    Raises `ProblemError`: 401 not known, 403 not permitted, 503 not to be found out now; `StoreUnavailable`.
    """
    context: Context = request.app.state.context
    try:
        reader = await _identified(request, context, touch=touch)
    except NotIdentified as unknown:
        raise ProblemError(make_problem(ProblemKind.NOT_IDENTIFIED, str(unknown))) from unknown
    except IssuerUnavailable as unknown:
        raise ProblemError(issuer_unavailable_problem(str(unknown))) from unknown
    if not may_call(reader.caller.role, READING):
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, "Your role reads no cases."))
    return reader


async def _identified(request: Request, context: Context, *, touch: bool) -> NewsReader:
    sent = request.headers.getlist("authorization")
    secret = read_cookie(request, SIGN_IN_COOKIE, secure=context.settings.is_secure)
    if not sent and secret is not None:
        signed_in = await find_signed_in(context, secret, touch=touch)
        return NewsReader(signed_in.caller, signed_in.sign_in)
    if len(sent) > 1:
        raise NotIdentified("Send the header Authorization once.")
    authorization = _as_bearer(sent[0]) if sent else None
    return NewsReader(await context.authenticator.look_up_caller(authorization), None, authorization)


def _as_bearer(authorization: str) -> str:
    """The header with the password of `Basic` (RFC 7617) as the API key; the name of the user is not looked at."""
    scheme, _, credential = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        decoded = base64.b64decode(credential.strip().encode("ascii"), validate=True).decode("ascii")
    except (binascii.Error, UnicodeError) as error:
        raise NotIdentified("The header Authorization holds no name and password.") from error
    return f"Bearer {decoded.partition(':')[2]}"
