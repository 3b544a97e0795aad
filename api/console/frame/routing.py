"""The routes of the console: who may open a page, and what becomes of failures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from api.console.frame.areas import AREAS, marked
from api.console.frame.cookies import SIGN_IN_COOKIE, VISITOR_COOKIE, new_secret, read_cookie
from api.console.frame.forms import StaleForm, check_form_origin, read_form
from api.console.frame.held_forms import hold_unsigned, show_held
from api.console.frame.languages import find_language
from api.console.frame.problem_words import faults_in
from api.console.frame.visits import Visit
from api.domain.identity import NotIdentified
from api.domain.permissions import may_call
from api.http.error_handlers import problem_of
from api.ledger.preconditions import PoliciesSuperseded
from api.parsing.problems import Problem, ProblemKind, make_problem
from api.services.context import Context
from api.services.sign_ins import SignedIn, find_signed_in

Endpoint = Callable[[Visit], Awaitable[Response]]

ANYBODY = None
"""In the place of a call of the API: the page is for everybody, signed in or not."""
SIGN_IN = "/sign-in"


def page(
    path: str,
    endpoint: Endpoint,
    operation: str | None,
    *,
    form: bool = False,
    max_bytes: int | None = None,
) -> Route:
    """Return the route of a page, for those who may make the call `operation` of the table of permissions.

    With `form` it takes a form that the page before it sent, by POST, of at most `max_bytes` (as many as the body of
    a call if left out); otherwise it is opened by GET.
    """

    async def answer(request: Request) -> Response:
        visit = _stranger(request)
        try:
            visit = await _admitted(request, visit, operation)
            if form:
                visit = await _with_form(visit, max_bytes)
            return await endpoint(visit)
        except (ClientDisconnect, PoliciesSuperseded):
            raise
        except StaleForm as stale:
            held = show_held(visit, stale.form) if operation is not None else None
            return held or show_problem(visit, stale.problem)
        except _SignInNeeded:
            if form and (held := await hold_unsigned(visit, max_bytes or _usual_bytes(visit))) is not None:
                return held
            return visit.redirect(f"{SIGN_IN}?next={quote(_wanted(request))}")
        except Exception as error:  # each gets the page that says what to do
            return show_problem(visit, problem_of(error))

    return Route(path, answer, methods=["POST" if form else "GET"], name=f"console {path}")


class _SignInNeeded(Exception):
    """Nobody is known to visit a page that is not for anybody."""


def show_problem(visit: Visit, problem: Problem, remedy: str = "") -> Response:
    """Return the page about a call that could not be answered; a `remedy` is in the visitor's language."""
    sentences = faults_in(visit.language, problem)
    return visit.render(
        "frame/problem.html",
        problem.status,
        title=_title_of(problem.status),
        detail=remedy or sentences[0],
        faults=sentences if problem.errors else [],
        by_address=visit.request.method == "GET",
    )


def _title_of(status: int) -> str:
    """What has become of a visitor's wish, in words of the templates' language."""
    match status:
        case 401 | 403:
            return marked("You may not do this")
        case 404 | 405:
            return marked("There is no such page")
        case 409 | 412 | 428:
            return marked("It is not as it was, or does not permit this")
        case 413 | 431:
            return marked("Too much was sent")
        case 408 | 503:
            return marked("It cannot be done now; try again a little later")
        case 500:
            return marked("Something failed here; nothing was recorded")
        case _:
            return marked("This cannot be read")


def show_http_error(request: Request, error: HTTPException) -> Response:
    """Return the page about an address that is none of the console, or takes no such method."""
    kind = ProblemKind.METHOD_NOT_ALLOWED if error.status_code == 405 else ProblemKind.NOT_FOUND
    visit = _stranger(request)
    remedy = visit.message("Go back, or begin at the first page.")
    return show_problem(visit, make_problem(kind, remedy), remedy)


def _stranger(request: Request) -> Visit:
    """The visit of somebody who is not known yet."""
    context: Context = request.app.state.context
    active = context.policies.current
    return Visit(
        request=request,
        context=context,
        policies=active.policies,
        status=context.moment(active).status,
        language=find_language(request),
        secret=read_cookie(request, VISITOR_COOKIE, secure=context.settings.is_secure) or new_secret(),
    )


async def _admitted(request: Request, visit: Visit, operation: str | None) -> Visit:
    """The visit with who is behind it. Raises `_SignInNeeded`, `ProblemError`."""
    signed_in = await _signed_in(request, visit.context)
    if signed_in is not None:
        secret = read_cookie(request, SIGN_IN_COOKIE, secure=visit.is_secure) or ""
        visit = replace(visit, signed_in=signed_in, who=signed_in.caller, secret=secret)
    elif visit.context.settings.insecure_no_auth:
        visit = replace(visit, who=visit.context.authenticator.caller_of(None))
    if visit.who is not None:
        has_registers = visit.policies.registers is not None
        areas = tuple(
            area
            for area in AREAS
            if may_call(visit.who.role, area.operation) and (has_registers or not area.needs_registers)
        )
        visit = replace(visit, areas=areas)
    if operation is not None:
        if visit.who is None:
            raise _SignInNeeded
        visit.require(operation)
    return visit


async def _signed_in(request: Request, context: Context) -> SignedIn | None:
    secret = read_cookie(request, SIGN_IN_COOKIE, secure=context.settings.is_secure)
    if secret is None:
        return None
    try:
        return await find_signed_in(context, secret)
    except NotIdentified:
        return None


async def _with_form(visit: Visit, max_bytes: int | None) -> Visit:
    """The visit with the form that a page of ours sent. Raises `ProblemError`."""
    form = await read_form(visit.request, max_bytes or _usual_bytes(visit))
    earlier = read_cookie(visit.request, VISITOR_COOKIE, secure=visit.is_secure)
    check_form_origin(visit.request, form, visit.secret, visit.context.settings.public_url, earlier)
    return replace(visit, form=form)


def _usual_bytes(visit: Visit) -> int:
    return visit.context.settings.max_body_bytes


def _wanted(request: Request) -> str:
    """The page to open after the sign-in: that which was wanted, if it is opened by GET."""
    query = request.url.query
    return (request.url.path + (f"?{query}" if query else "")) if request.method == "GET" else "/"
