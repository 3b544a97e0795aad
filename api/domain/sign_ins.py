"""Sign-ins: who uses the console in which browser, and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from api.domain.identity import Caller, Credential, NotIdentified, role_in
from engine import Roles


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How long a sign-in lasts: `idle` without a page being opened, `absolute` in any case."""

    idle: dt.timedelta
    absolute: dt.timedelta


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser in which somebody has signed in.

    `token_hash` is the SHA-256 of the secret in its cookie. `rests_on` is what the sign-in stands on: the SHA-256 of
    an API key, or what an issuer of tokens calls the sign-in there.
    """

    token_hash: str
    name: str
    role: str
    department: str | None
    credential: Credential
    rests_on: str
    started_at: dt.datetime
    used_at: dt.datetime
    ends_at: dt.datetime

    def has_ended(self, at: dt.datetime, limits: SignInLimits) -> bool:
        """Whether it has ended by `at`: by itself, or because nobody used it."""
        return at >= self.ends_at or at - self.used_at >= limits.idle

    def caller_in(self, roles: Roles) -> Caller:
        """Return who signed in, in the role that the policies in force have. Raises `NotIdentified`."""
        role = role_in(roles, self.role, "The sign-in is not for")
        return Caller(self.name, role, self.department if role.asks else None, self.credential)


def begin_sign_in(
    token_hash: str, caller: Caller, rests_on: str, at: dt.datetime, limits: SignInLimits
) -> SignIn:
    """Return the sign-in of a caller that has just been identified."""
    if caller.credential is Credential.NONE:
        raise NotIdentified("Nobody signs in where nobody is identified.")
    return SignIn(
        token_hash=token_hash,
        name=caller.name,
        role=caller.role.name,
        department=caller.department,
        credential=caller.credential,
        rests_on=rests_on,
        started_at=at,
        used_at=at,
        ends_at=at + limits.absolute,
    )
