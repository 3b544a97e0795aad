"""Sign-ins: who uses the console in which browser, and until when."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Self

from api.domain.identity import Caller, Credential, NotIdentified, role_in
from engine import Roles


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How long a sign-in lasts: `idle` without a page being opened, `absolute` in any case."""

    idle: dt.timedelta
    absolute: dt.timedelta


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """A sign-in at an OpenID provider: the issuer, whom it names by `subject`, and how it calls that sign-in there.

    Not every provider names its sign-ins; `session` is None then.
    """

    issuer: str
    subject: str
    session: str | None = None

    @property
    def text(self) -> str:
        """How a sign-in here stores what it rests on."""
        return json.dumps([self.issuer, self.subject, self.session], ensure_ascii=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what `text` was made of."""
        return cls(*json.loads(text))

    def is_meant_by(self, subject: str | None, session: str | None) -> bool:
        """Whether a provider that has signed somebody out means this one: everywhere, or in one sign-in there."""
        if session is not None and self.session is not None:
            return session == self.session and subject in (None, self.subject)
        return subject == self.subject


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser in which somebody has signed in.

    `token_hash` is the SHA-256 of the secret in its cookie. `rests_on` is what the sign-in stands on: the SHA-256 of
    an API key, or the text of a `ProviderSession`.
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

    @property
    def provider_session(self) -> ProviderSession | None:
        """The sign-in at a provider on which this one rests; None for one by an API key."""
        return ProviderSession.parse(self.rests_on) if self.credential is Credential.TOKEN else None

    def caller_in(self, roles: Roles) -> Caller:
        """Return who signed in, in the role that the policies in force have. Raises `NotIdentified`."""
        role = role_in(roles, self.role, "The sign-in is not for")
        if role.asks and not self.department:
            raise NotIdentified("The sign-in names no department, and its role asks for one alone.")
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
