"""The composition root: from settings to the application, its routes, problem answers and lifespan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.http.authentication.authenticate import admit, choose_authenticator
from api.http.authentication.issuer_keys import USUAL_TIMING, KeyTiming
from api.http.authentication.openid.provider import choose_provider
from api.http.connection_limits import usual_streams
from api.http.error_handlers import problem_of, problem_response
from api.http.methods import HeadLikeGet, allowed_methods
from api.http.openapi import Documented, security_schemes
from api.http.register_schemas import name_register_words
from api.http.routes import (
    cases,
    decision_log,
    decisions,
    due,
    handovers,
    health,
    policies,
    pre_checks,
    proposals,
    register_events,
    register_pages,
    registers,
)
from api.http.superseded import DecideAgain
from api.ledger.database import Database, StoreUnavailable
from api.ledger.log import Ledger
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.runtime.counters import Counters
from api.runtime.logging import print_failures_plainly
from api.services.beforehand import read_beforehand
from api.services.context import Context
from api.services.decision_index import keep_index
from api.services.policy_followers import begin, follow
from api.services.policy_sources import find_policies
from api.services.pre_checks import PreChecks
from api.services.record_index import RecordIndex
from api.settings import Settings
from api.storage.newest_record import newest_record
from api.storage.urgencies import add_urgencies


def create_app(settings: Settings, key_timing: KeyTiming = USUAL_TIMING) -> FastAPI:
    """Return the application; `key_timing` is when it reads the issuer's keys again, and how long it trusts them.

    Raises `engine.PolicyFaults` if the policy folder or the floor of `settings` is unusable, or the policies are not
    proved; `IdentityFault` if no caller could be identified; `WebhookFault` if the file of webhooks cannot be used;
    `StoreUnavailable` if there is a log that cannot be read. It is opened when the application starts, and read here
    for the set that was in force last.
    """
    print_failures_plainly()
    counters = Counters()
    database = Database(settings.database)
    origin = find_policies(settings, database, counters, lambda: store, _now)
    provider = origin.source
    store = Ledger(
        database,
        settings.key_file,
        settings.log_origin,
        _now,
        provider.erasable,
        newest_record,
        add_urgencies,
    )
    context = Context(
        settings=settings,
        policies=provider,
        store=store,
        index=RecordIndex(store),
        counters=counters,
        authenticator=choose_authenticator(
            settings, _now, lambda: provider.current.policies.roles, key_timing
        ),
        clock=_now,
    )
    app = Documented(
        title="channelgate",
        version="1.0",
        summary="Asked before any handover: may this item go to this mission by this route now?",
        lifespan=_lifespan,
        redirect_slashes=False,
        docs_url=None,  # its page would fetch scripts from elsewhere
        redoc_url=None,
        exception_handlers={
            HTTPException: _answer_http_error,
            ClientDisconnect: _answer_nobody,
            **dict.fromkeys((ProblemError, StoreUnavailable, Exception), _answer_failure),
        },
    )
    app.add_middleware(DecideAgain, context=context)
    app.add_middleware(HeadLikeGet)
    app.state.context = context
    app.state.founding = origin.founding
    app.state.pre_checks = PreChecks(context)
    app.state.end_streams = _end_nothing
    app.state.provider = choose_provider(settings, _now)
    app.policies = lambda: provider.current.policies
    app.name_words = lambda schemas: name_register_words(schemas, provider.current.policies)
    app.security_schemes = security_schemes(settings)
    for module in (
        pre_checks,
        decisions,
        cases,
        handovers,
        policies,
        registers,
        register_events,
        register_pages,
        due,
        decision_log,
        proposals,
    ):
        app.include_router(module.router, dependencies=[Depends(admit)])
    app.include_router(health.router)
    app.state.run_webhooks = _run_nothing
    if settings.webhooks:
        from api.services.live.deliveries import WebhookDeliveries
        from api.services.live.webhook_file import read_webhooks

        app.state.run_webhooks = WebhookDeliveries(context, read_webhooks(settings.webhooks)).run
    if settings.console:
        from api.console.application import Console
        from api.services.live.streams import NewsStreams

        app.state.news = NewsStreams(context, usual_streams(settings.max_connections))
        app.state.end_streams = app.state.news.stop
        app.router.default = Console(app.router.default)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    context.store.open(approvals=context.policies.approvals)
    stop = asyncio.Event()
    await begin(context, app.state.founding)
    if context.settings.console:
        await read_beforehand(context)
    watching = asyncio.create_task(follow(context, stop))
    notifying = asyncio.create_task(app.state.run_webhooks(stop))
    refreshing = asyncio.create_task(context.authenticator.keep_fresh())
    indexing = [asyncio.create_task(keep_index(context, stop))] if context.settings.console else []
    try:
        yield
    finally:
        stop.set()
        refreshing.cancel()
        try:
            await asyncio.wait([refreshing])
            await asyncio.gather(watching, notifying, *indexing)
        finally:
            context.store.close()


def _end_nothing() -> None:
    """Without a console there are no streams."""


async def _run_nothing(stop: asyncio.Event) -> None:
    """Without a file of webhooks nobody is notified."""


def _now() -> datetime:
    return datetime.now(UTC)


async def _answer_http_error(request: Request, error: HTTPException) -> Response:
    headers = error.headers
    match error.status_code:
        case 404:
            problem = make_problem(
                ProblemKind.NOT_FOUND, "See /openapi.json for the addresses of the service."
            )
        case 405:
            headers = {"Allow": ", ".join(allowed_methods(request))}
            problem = make_problem(
                ProblemKind.METHOD_NOT_ALLOWED, "The header Allow names the methods it takes."
            )
        case status:
            title = HTTPStatus(status).phrase
            problem = Problem(type="about:blank", title=title, status=status, detail=f"{title}.")
    return problem_response(problem, headers)


async def _answer_nobody(_: Request, __: ClientDisconnect) -> Response:
    """The caller left in the middle of the body; no one reads this."""
    return Response(status_code=400)


async def _answer_failure(_: Request, error: Exception) -> Response:
    return problem_response(problem_of(error))
