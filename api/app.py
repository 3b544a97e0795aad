"""The composition root: from settings to the application, its routes, problem answers and lifespan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.http.authentication.authenticate import admit, choose_authenticator
from api.http.authentication.issuer_keys import USUAL_TIMING, KeyTiming
from api.http.call_observer import CallObserver, OperationFinder
from api.http.connection_limits import usual_streams
from api.http.deprecation import DEPRECATED, DeprecationHeaders
from api.http.error_handlers import problem_of, problem_response
from api.http.framework import Depends, FastAPI
from api.http.methods import HeadLikeGet, allowed_methods
from api.http.openapi import Documented, credentials_of, operation_id
from api.http.pre_check_rounds import PreCheckRounds
from api.http.routes import health, pre_checks
from api.http.superseded import DecideAgain
from api.ledger.database import Database, StoreUnavailable
from api.ledger.log import Ledger
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.runtime.counters import Counters
from api.runtime.daemon_calls import call_in_daemon
from api.runtime.logging import print_failures_plainly
from api.runtime.telemetry_choice import choose_telemetry
from api.services.beforehand import read_beforehand
from api.services.context import Context
from api.services.decision_index import keep_index
from api.services.policy_followers import begin, follow
from api.services.policy_sources import find_policies
from api.services.pre_checks import PreChecks
from api.services.record_index import RecordIndex
from api.services.shape_cache import ShapeCache
from api.settings import AccessLog, Settings
from api.storage.newest_record import newest_record
from api.storage.urgencies import UrgencyRows

if TYPE_CHECKING:
    from api.http.authentication.openid.provider import OpenIdProvider
    from api.runtime.metrics import Metrics
    from engine import PolicySet

FLUSH_SECONDS = 5
"""So long is waited at the stop for whoever receives spans and log records."""


def create_app(
    settings: Settings, key_timing: KeyTiming = USUAL_TIMING, log_writer: Path | None = None
) -> FastAPI:
    """Return the application; `key_timing` is when it reads the issuer's keys again, and how long it trusts them.

    `log_writer` is the address of the process that writes the log for several of these, if there is one.

    Raises `engine.PolicyFaults` if the policy folder or the floor of `settings` is unusable, or the policies are not
    proved; `IdentityFault` if no caller could be identified; `WebhookFault` if the file of webhooks cannot be used;
    `StoreUnavailable` if there is a log that cannot be read. It is opened when the application starts, and read here
    for the set that was in force last.
    """
    print_failures_plainly()
    counters = Counters()
    metrics = _metrics(settings)
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
        UrgencyRows(),
        metrics.observe_commit if metrics else None,
        log_writer,
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
        metrics=metrics,
    )
    app = Documented(
        title="channelgate",
        version="1.0",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "This installation"}],
        summary="Asked before any handover: may this item go to this mission by this route now?",
        lifespan=_lifespan,
        redirect_slashes=False,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "auto_configure": False,
        },  # ours has no query
        docs_url=None,  # its page would fetch scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=operation_id,
        exception_handlers={
            HTTPException: _answer_http_error,
            ClientDisconnect: _answer_nobody,
            **dict.fromkeys((ProblemError, StoreUnavailable, Exception), _answer_failure),
        },
    )
    app.observer = CallObserver(metrics, access_log=settings.access_log is AccessLog.JSON)
    app.add_middleware(OperationFinder)
    app.add_middleware(DecideAgain, context=context)
    app.add_middleware(DeprecationHeaders, calls=DEPRECATED)
    app.add_middleware(HeadLikeGet)
    app.state.context = context
    app.state.founding = origin.founding
    app.state.pre_checks = PreChecks(context)
    app.state.shapes = ShapeCache(context, settings.request_shapes)
    app.state.rounds = PreCheckRounds(app.state.pre_checks, app.state.shapes, app.observer)
    app.state.end_streams = _end_nothing
    app.state.provider = _provider(settings)
    app.policies = lambda: provider.current.policies
    app.name_words = lambda schemas: _name_words(schemas, provider.current.policies)
    app.credentials = credentials_of(settings)
    app.include_router(pre_checks.router, dependencies=[Depends(admit)])
    app.include_router(health.router)
    app.complete_by(_include_others, pre_checks.router, health.router)
    app.state.measure = _run_nothing
    if metrics is not None:
        from api.services.measurements import Measurements

        app.state.measure = Measurements(context, metrics).run
    app.state.reference = (None, "")
    app.state.webhooks = None
    if settings.webhooks:
        from api.services.live.deliveries import WebhookDeliveries
        from api.services.live.webhook_file import read_webhooks

        app.state.webhooks = WebhookDeliveries(context, read_webhooks(settings.webhooks))
    if settings.console:
        from api.console.on_demand import ConsoleOnDemand
        from api.services.live.streams import NewsStreams

        app.state.news = NewsStreams(context, usual_streams(settings.max_connections))
        app.state.end_streams = app.state.news.stop
        app.router.default = ConsoleOnDemand(app.router.default)
    return app


@asynccontextmanager
async def _lifespan(app: Documented) -> AsyncIterator[None]:
    context: Context = app.state.context
    telemetry = app.observer.telemetry = app.observer.telemetry or choose_telemetry()
    context.store.open(approvals=context.policies.approvals)
    stop = asyncio.Event()
    await begin(context, app.state.founding)
    if context.settings.console:
        await read_beforehand(context)
    if webhooks := app.state.webhooks:
        await webhooks.begin()
    watching = asyncio.create_task(follow(context, stop))
    notifying = [asyncio.create_task(webhooks.run(stop))] if webhooks else []
    measuring = asyncio.create_task(app.state.measure(stop))
    refreshing = asyncio.create_task(context.authenticator.keep_fresh())
    indexing = [asyncio.create_task(keep_index(context, stop))] if context.settings.console else []
    try:
        yield
    finally:
        stop.set()
        refreshing.cancel()
        try:
            await asyncio.wait([refreshing])
            await asyncio.gather(watching, measuring, *notifying, *indexing)
        finally:
            context.store.close()
            if telemetry is not None:
                await asyncio.wait({call_in_daemon(telemetry.shut_down)}, timeout=FLUSH_SECONDS)


def _metrics(settings: Settings) -> Metrics | None:
    if settings.metrics_port is None:
        return None
    from api.runtime.metrics import Metrics

    return Metrics(process=settings.workers == 1)


def _provider(settings: Settings) -> OpenIdProvider | None:
    if not settings.oidc_issuer:
        return None
    from api.http.authentication.openid.provider import choose_provider

    return choose_provider(settings, _now)


def _include_others(app: FastAPI) -> None:
    from api.http.later_routes import ADMITTING, OPEN

    routes = app.router.routes
    *first, _pre_checks, _health = early = [*routes]  # both are among the others too, with their document
    for router in ADMITTING:
        app.include_router(router, dependencies=[Depends(admit)])
    for router in OPEN:
        app.include_router(router)
    routes[:] = [*first, *routes[len(early) :]]  # calls are answered meanwhile: it is replaced as a whole


def _name_words(schemas: dict[str, Any], policies: PolicySet) -> None:
    from api.http.register_schemas import name_register_words

    name_register_words(schemas, policies)


def _end_nothing() -> None:
    """Without a console there are no streams."""


async def _run_nothing(stop: asyncio.Event) -> None:
    """Without metrics nothing is measured."""


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
