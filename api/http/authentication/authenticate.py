"""Authentication and permission of a call: the caller for a route or the fast path, and the context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, assert_never

from fastapi import Depends
from starlette.requests import Request

from api.domain.identity import (
    Anyone,
    Authenticator,
    Caller,
    IdentityFault,
    IssuerUnavailable,
    KeyTrust,
    NotIdentified,
    read_bearer,
)
from api.domain.permissions import may_call, roles_for
from api.http.authentication.api_keys import KeyAuthenticator
from api.http.authentication.bounded_fetch import is_loopback
from api.http.authentication.issuer_keys import USUAL_TIMING, IssuerKeys, KeyTiming
from api.http.authentication.key_file import PREFIX
from api.parsing.problems import ProblemError, ProblemKind, issuer_unavailable_problem, make_problem
from api.runtime.counters import Counted
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.settings import Settings
from engine import Roles

if TYPE_CHECKING:
    from api.http.authentication.jwt import TokenAuthenticator

log = get_logger()


def context_of(request: Request) -> Context:
    """Return the context that `create_app` put into the application."""
    context: Context = request.app.state.context
    return context


async def admit(request: Request) -> Caller:
    """Return the caller, if it may make this call.

    Raises `ProblemError`: 401 not known, 403 not permitted, 503 not to be found out now.
    """
    context = context_of(request)
    operation = f"{request.method} {getattr(request.scope.get('route'), 'path_format', '')}"
    values = [value for name, value in request.scope["headers"] if name == b"authorization"]
    try:
        caller = await context.authenticator.look_up_caller(_only(values))
    except (NotIdentified, IssuerUnavailable) as unknown:
        raise _refusal(context, unknown) from unknown
    return _permitted(context, caller, operation)


def admit_at_once(context: Context, authorization: Sequence[bytes], operation: str) -> Caller:
    """Return the caller, if it may make the call that the table of permissions has as `operation`.

    `authorization` are the values of that header, as often as it was sent. Raises `ProblemError` as `admit` does, and
    `WouldBlock` if only `admit` can find out who calls; nothing was begun then.
    """
    try:
        caller = context.authenticator.caller_of(_only(authorization))
    except (NotIdentified, IssuerUnavailable) as unknown:
        raise _refusal(context, unknown) from unknown
    return _permitted(context, caller, operation)


def _refusal(context: Context, unknown: NotIdentified | IssuerUnavailable) -> ProblemError:
    """Count a call whose caller is not known, and return its problem. A failing issuer is logged where it is read."""
    match unknown:
        case NotIdentified():
            context.counters.count(Counted.NOT_IDENTIFIED)
            log.info("not_identified", reason=str(unknown))
            return ProblemError(make_problem(ProblemKind.NOT_IDENTIFIED, str(unknown)))
        case IssuerUnavailable():
            context.counters.count(Counted.ISSUER_UNAVAILABLE)
            return ProblemError(issuer_unavailable_problem(str(unknown)))
        case _:
            assert_never(unknown)


def _permitted(context: Context, caller: Caller, operation: str) -> Caller:
    if not may_call(caller.role, operation):
        context.counters.count(Counted.NOT_PERMITTED)
        log.info("not_permitted", caller=caller.name, role=caller.role.name, operation=operation)
        named = ", ".join(roles_for(operation, context.policies.current.policies.roles)) or "nobody"
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, f"This call is for: {named}."))
    return caller


Admitted = Annotated[Caller, Depends(admit)]


def choose_authenticator(
    settings: Settings,
    clock: Callable[[], datetime],
    roles: Callable[[], Roles],
    timing: KeyTiming = USUAL_TIMING,
) -> Authenticator:
    """Return the way callers are identified by these settings; `roles` returns those of the policies in force.

    Raises `IdentityFault` if there is no way, unless the settings say that nobody is to be identified.
    """
    if settings.insecure_no_auth:
        return _anyone(settings, roles)
    tokens = _tokens(settings, clock, roles, timing) if settings.jwks else None
    keys = KeyAuthenticator(settings.api_keys, roles, clock) if settings.api_keys else None
    if tokens is None and keys is None and not (settings.oidc_issuer and settings.console):
        raise IdentityFault(
            "there is no way to tell who calls",
            "name the issuer's keys with --jwks, --issuer and --audience, or a file of API keys with --api-keys,"
            " or for the console alone a provider of sign-ins with CHANNELGATE_OIDC_ISSUER;"
            " to try the service out on this machine alone, say --insecure-no-auth",
        )
    return _ByCredential(tokens, keys)


@dataclass(frozen=True, slots=True)
class _ByCredential:
    """Leaves an API key to the file of keys, and everything else to the issuer's tokens."""

    tokens: TokenAuthenticator | None
    keys: KeyAuthenticator | None

    def caller_of(self, authorization: str | None) -> Caller:
        credential = read_bearer(authorization)
        if self.tokens and not credential.startswith(PREFIX):
            return self.tokens.caller_of(authorization)
        return self._holder_of(credential)

    async def look_up_caller(self, authorization: str | None) -> Caller:
        credential = read_bearer(authorization)
        if self.tokens and not credential.startswith(PREFIX):
            return await self.tokens.look_up_caller(authorization)
        return self._holder_of(credential)

    def key_holder(self, key_hash: str) -> Caller:
        if self.keys:
            return self.keys.holder_of_hash(key_hash)
        raise NotIdentified("This service takes no API keys.")

    async def keep_fresh(self) -> None:
        if self.tokens:
            await self.tokens.keep_fresh()

    @property
    def key_trust(self) -> KeyTrust | None:
        return self.tokens.key_trust if self.tokens else None

    def _holder_of(self, credential: str) -> Caller:
        if self.keys and credential.startswith(PREFIX):
            return self.keys.holder_of(credential)
        raise NotIdentified("This service takes no credential of this kind.")


def _anyone(settings: Settings, roles: Callable[[], Roles]) -> Authenticator:
    if settings.jwks or settings.api_keys or settings.oidc_issuer:
        raise IdentityFault(
            "callers cannot be both identified and not",
            "leave out --insecure-no-auth, or --jwks, --api-keys and CHANNELGATE_OIDC_ISSUER",
        )
    if not is_loopback(settings.host):
        raise IdentityFault(
            f"without identities the service listens on this machine alone, and {settings.host} is wider",
            "leave out --insecure-no-auth, or say --host 127.0.0.1",
        )
    log.warning("no_identities", fact="whoever reaches the service is taken for its operator, who decides")
    return Anyone(roles)


def _tokens(
    settings: Settings, clock: Callable[[], datetime], roles: Callable[[], Roles], timing: KeyTiming
) -> TokenAuthenticator:
    if not (settings.jwks and settings.issuer and settings.audience):
        raise IdentityFault(
            "tokens cannot be checked without the names of their issuer and their audience",
            "give --issuer and --audience with --jwks",
        )
    from api.http.authentication.jwt import TokenAuthenticator

    keys = IssuerKeys(settings.jwks, timing)
    return TokenAuthenticator(keys, settings.issuer, settings.audience, settings.role_claim, clock, roles)


def _only(values: Sequence[bytes]) -> str | None:
    """Return the value of the header; two could be read differently by a proxy and here."""
    if len(values) > 1:
        raise NotIdentified("The header Authorization was sent more than once.")
    return values[0].decode("latin-1") if values else None
