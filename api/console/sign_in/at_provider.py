"""Signing in at an OpenID provider: leaving, coming back, and what it says of whoever signed out there."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.console.frame.cookies import ATTEMPT_COOKIE, SIGN_IN_COOKIE, delete_cookie, read_cookie, set_cookie
from api.console.frame.forms import read_form
from api.console.frame.routing import ANYBODY, page
from api.console.frame.visits import Visit
from api.console.sign_in.addresses import MAX_INSIDE, NEXT, inside
from api.console.sign_in.fault_words import fault_status, fault_words
from api.domain.sign_ins import ProviderSession
from api.http.authentication.jwt import LEEWAY_SECONDS
from api.http.authentication.openid.attempts import SignInAttempt
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from api.http.authentication.openid.id_tokens import MAX_TOKEN, MAX_TOKEN_AGE_SECONDS
from api.http.authentication.openid.provider import CALLBACK, OpenIdProvider
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.sign_ins import close_sign_ins_at_provider, is_used, open_sign_in, take_once

BEGIN = "/sign-in/oidc"
SIGNED_OUT = "/signed-out"
BACK_CHANNEL_LOGOUT = "/sign-in/back-channel-logout"
ATTEMPT_LIFETIME = dt.timedelta(minutes=10)
LOGOUT_TOKEN_LIFETIME = dt.timedelta(seconds=2 * MAX_TOKEN_AGE_SECONDS)
_MAX_DIGITS = 12
_COMPLETED = "the attempt was completed before"
_MAX_ATTEMPT = 100 + 3 * MAX_INSIDE

log = get_logger()


def provider_of(request: Request) -> OpenIdProvider | None:
    """Return the provider at which people sign in; None if there is none."""
    provider: OpenIdProvider | None = request.app.state.provider
    return provider


async def leave_for_provider(visit: Visit) -> Response:
    """Send the browser to the provider, with a cookie that it has to bring back."""
    attempt, wanted = SignInAttempt.begin(), inside(visit.query.get(NEXT, "/"))
    try:
        address = await _needed(visit).begin(attempt)
    except SignInFailed as failure:
        return _show_failure(visit, failure)
    response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    begun_at = int(visit.context.clock().timestamp())
    remembered = f"{attempt.secret}.{begun_at}.{quote(wanted, safe='')}"
    lifetime = int(ATTEMPT_LIFETIME.total_seconds())
    set_cookie(response, ATTEMPT_COOKIE, remembered, secure=visit.is_secure, max_age=lifetime)
    return response


async def come_back(visit: Visit) -> Response:
    """Sign somebody in who comes back from the provider; the sign-in that this browser had until now ends."""
    provider = _needed(visit)
    try:
        attempt, wanted = await _attempt_of(visit)
        caller, session = await provider.finish(attempt, visit.query, visit.policies.roles)
        # Only now: whoever the provider does not know leaves nothing in the database.
        if not await take_once(visit.context, _mark_of(attempt), 2 * ATTEMPT_LIFETIME):
            raise SignInFailed(SignInFault.ATTEMPT_UNKNOWN, _COMPLETED)
    except SignInFailed as failure:
        response = _show_failure(visit, failure)
    else:
        before = visit.signed_in.sign_in if visit.signed_in else None
        secret = await open_sign_in(visit.context, caller, session.text, before)
        response = visit.redirect(wanted)
        set_cookie(response, SIGN_IN_COOKIE, secret, secure=visit.is_secure)
    delete_cookie(response, ATTEMPT_COOKIE, secure=visit.is_secure)
    return response


async def _attempt_of(visit: Visit) -> tuple[SignInAttempt, str]:
    """Return the attempt that this browser began, and the page that was wanted. Raises `SignInFailed`."""
    remembered = read_cookie(visit.request, ATTEMPT_COOKIE, secure=visit.is_secure, longest=_MAX_ATTEMPT)
    secret, begun_at, wanted = (
        (remembered or "").split(".", 2) if (remembered or "").count(".") >= 2 else ("",) * 3
    )
    attempt = SignInAttempt(secret)
    sent = visit.request.query_params.multi_items()
    fault = ""
    if not secret:
        fault = "the browser brought no attempt"
    elif not attempt.is_for(visit.query.get("state", "")) or len({name for name, _ in sent}) < len(sent):
        fault = "the state is that of another attempt"
    elif not _is_recent(begun_at, visit.context.clock()):
        fault = "the attempt was begun long ago"
    elif await is_used(visit.context, _mark_of(attempt)):
        fault = _COMPLETED
    if fault:
        raise SignInFailed(SignInFault.ATTEMPT_UNKNOWN, fault)
    return attempt, inside(unquote(wanted))


def _is_recent(begun_at: str, now: dt.datetime) -> bool:
    """Whether an attempt may still be completed; another node may have begun it, by a clock a little ahead."""
    if not begun_at.isdecimal() or len(begun_at) > _MAX_DIGITS:
        return False
    return -LEEWAY_SECONDS <= now.timestamp() - int(begun_at) <= ATTEMPT_LIFETIME.total_seconds()


def _mark_of(attempt: SignInAttempt) -> str:
    return f"attempt {attempt.state}"


async def show_signed_out(visit: Visit) -> Response:
    """Show that somebody is signed out here, and where to sign out at the provider."""
    address = await _needed(visit).sign_out_address("/sign-in")
    return visit.render("sign_in/signed_out.html", address=address)


async def take_logout_token(request: Request) -> Response:
    """End what rests on a sign-in that the provider has ended (OpenID Connect Back-Channel Logout 1.0).

    The provider itself sends this, and no browser: the token is what shows it.
    """
    context: Context = request.app.state.context
    provider = provider_of(request)
    if provider is None:
        return _logout_answer("no provider is set up here")
    try:
        form = await read_form(request, 2 * MAX_TOKEN)
        notice = await provider.read_logout(form.get("logout_token"))
    except ProblemError as error:
        return _logout_answer(error.problem.detail)
    except SignInFailed as failure:
        log.info("logout_token_refused", reason=str(failure))
        is_down = failure.fault is SignInFault.PROVIDER_UNAVAILABLE  # it may send the token again
        return _logout_answer(str(failure), 503 if is_down else 400)

    def is_meant(session: ProviderSession) -> bool:
        return session.issuer == provider.documents.issuer and session.is_meant_by(
            notice.subject, notice.session
        )

    used_once = f"logout {provider.documents.issuer} {notice.token_id}"
    if await close_sign_ins_at_provider(context, is_meant, used_once, LOGOUT_TOKEN_LIFETIME) is None:
        return _logout_answer("this logout token was used before")
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def _logout_answer(reason: str, status: int = 400) -> Response:
    refusal = {"error": "invalid_request", "error_description": reason}
    return JSONResponse(refusal, status, headers={"Cache-Control": "no-store"})


def _needed(visit: Visit) -> OpenIdProvider:
    provider = provider_of(visit.request)
    if provider is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "Nobody signs in at a provider here."))
    return provider


def _show_failure(visit: Visit, failure: SignInFailed) -> Response:
    log.info("not_signed_in", fault=failure.fault, reason=str(failure))
    words = visit.message(fault_words(failure.fault), **failure.values)
    return visit.render(
        "sign_in/not_signed_in.html", fault_status(failure.fault), words=words, detail=str(failure)
    )


ROUTES = [
    page(BEGIN, leave_for_provider, ANYBODY),
    page(CALLBACK, come_back, ANYBODY),
    page(SIGNED_OUT, show_signed_out, ANYBODY),
    Route(BACK_CHANNEL_LOGOUT, take_logout_token, methods=["POST"]),
]
