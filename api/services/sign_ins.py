"""Signing in to the console: a secret for the cookie of one browser, and who is behind it at every page."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from api.domain.identity import Caller, Credential, NotIdentified
from api.domain.sign_ins import ProviderSession, SignIn, SignInLimits, begin_sign_in
from api.ledger.group_commit import Unit
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.storage.sign_ins import (
    add_sign_in,
    count_sign_ins_of,
    end_sign_in,
    end_sign_ins_at_provider,
    end_sign_ins_of,
    find_sign_in,
    find_sign_ins,
    touch_sign_in,
    use_once,
    was_used,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

TOUCH_INTERVAL = dt.timedelta(minutes=1)
"""How exactly it is stored when a sign-in was last used: not every page writes."""

T = TypeVar("T")
log = get_logger()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that holds, and who is behind it now."""

    sign_in: SignIn
    caller: Caller


def limits_of(context: Context) -> SignInLimits:
    """Return how long sign-ins last by the settings."""
    settings = context.settings
    return SignInLimits(
        dt.timedelta(minutes=settings.sign_in_idle_minutes), dt.timedelta(hours=settings.sign_in_hours)
    )


async def open_sign_in(
    context: Context, caller: Caller, rests_on: str, instead_of: SignIn | None = None
) -> str:
    """Store a sign-in of a caller that has just been identified; returns the secret for its cookie.

    `rests_on` is the SHA-256 of the API key, or the text of a `ProviderSession`. `instead_of` is the sign-in that
    this browser had until now, which ends with it. Raises `StoreUnavailable`.
    """
    secret = secrets.token_urlsafe(32)
    begun = begin_sign_in(hash_secret(secret), caller, rests_on, context.clock(), limits_of(context))

    def replace_sign_in(connection: Connection) -> int:
        if instead_of is not None:
            end_sign_in(connection, instead_of.token_hash)
        return add_sign_in(connection, begun)

    await context.store.work(_writing(replace_sign_in))
    log.info("signed_in", caller=caller.name, role=caller.role.name, credential=caller.credential)
    return secret


async def find_signed_in(context: Context, secret: str, *, touch: bool = True) -> SignedIn:
    """Return who is behind the secret of a cookie. With `touch` it counts as used now.

    Raises `NotIdentified` if nobody is any more: the sign-in has ended, its API key was taken out of the file, its
    role is gone from the policies in force, it rests on a provider that the settings no longer name;
    `StoreUnavailable`.
    """
    hashed = hash_secret(secret)
    found = await context.store.read(lambda connection: find_sign_in(connection, hashed))
    at = context.clock()
    if found is None or found.has_ended(at, limits_of(context)):
        raise NotIdentified("You are not signed in, or no longer.")
    caller = _caller_of(context, found)
    if touch and at - found.used_at >= TOUCH_INTERVAL:
        await context.store.work(_writing(lambda connection: touch_sign_in(connection, hashed, at)))
    return SignedIn(found, caller)


async def find_holding(context: Context, sign_ins: Iterable[SignIn]) -> dict[str, Caller]:
    """Return who is behind each of the sign-ins that still hold, by their hashes; none counts as used by that.

    Raises `StoreUnavailable`.
    """
    hashes = sorted({one.token_hash for one in sign_ins})
    found = await context.store.read(lambda connection: list(find_sign_ins(connection, hashes)))
    at, limits = context.clock(), limits_of(context)
    holding = dict[str, Caller]()
    for one in found:
        with suppress(NotIdentified):
            if not one.has_ended(at, limits):
                holding[one.token_hash] = _caller_of(context, one)
    return holding


async def close_sign_in(context: Context, sign_in: SignIn) -> None:
    """End a sign-in. Raises `StoreUnavailable`."""
    await context.store.work(_writing(lambda connection: end_sign_in(connection, sign_in.token_hash)))
    log.info("signed_out", caller=sign_in.name)


async def close_sign_ins_of(context: Context, caller: Caller) -> int:
    """End every sign-in of a caller, in whatever browser, and return how many there were.

    Raises `StoreUnavailable`.
    """
    ended = await context.store.work(
        _writing(lambda connection: end_sign_ins_of(connection, caller.name, caller.credential))
    )
    log.info("signed_out_everywhere", caller=caller.name, sign_ins=ended)
    return ended


async def close_sign_ins_at_provider(
    context: Context, is_meant: Callable[[ProviderSession], bool], notice: str, lifetime: dt.timedelta
) -> int | None:
    """End every sign-in that rests on one at the provider for which `is_meant` holds; returns how many there were.

    None if the notice of the provider was used before; it is remembered for its lifetime, together with what it
    ended, so that one that ended nothing because the database failed can be sent again. Raises `StoreUnavailable`.
    """
    at = context.clock()

    def end_once(connection: Connection) -> int | None:
        if not use_once(connection, hash_secret(notice), at, at + lifetime):
            return None
        return end_sign_ins_at_provider(connection, is_meant)

    ended = await context.store.work(_writing(end_once))
    log.info("signed_out_at_provider", sign_ins=ended)
    return ended


async def take_once(context: Context, what: str, lifetime: dt.timedelta) -> bool:
    """Whether `what` is used for the first time, in whatever process; it is remembered for its lifetime.

    Raises `StoreUnavailable`.
    """
    at = context.clock()
    return await context.store.work(
        _writing(lambda connection: use_once(connection, hash_secret(what), at, at + lifetime))
    )


async def is_used(context: Context, what: str) -> bool:
    """Whether `take_once` would be false now. Raises `StoreUnavailable`."""
    return await context.store.read(lambda connection: was_used(connection, hash_secret(what)))


async def count_sign_ins(context: Context, caller: Caller) -> int:
    """Return how many sign-ins a caller has. Raises `StoreUnavailable`."""
    return await context.store.read(
        lambda connection: count_sign_ins_of(connection, caller.name, caller.credential)
    )


def _caller_of(context: Context, sign_in: SignIn) -> Caller:
    """Who is behind a sign-in now. Raises `NotIdentified`."""
    caller = sign_in.caller_in(context.policies.current.policies.roles)
    if sign_in.credential is Credential.API_KEY:
        return context.authenticator.key_holder(sign_in.rests_on)
    at_provider = sign_in.provider_session
    if at_provider is not None and at_provider.issuer != context.settings.oidc_issuer:
        raise NotIdentified("People no longer sign in at that provider.")
    return caller


def _writing(change: Callable[[Connection], T]) -> Unit[T]:
    """A change of the table as a unit of work: it adds nothing to the log."""
    return lambda connection, _: ((), change(connection))


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of the secret of a cookie; it is 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
