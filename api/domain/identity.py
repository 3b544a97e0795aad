"""Who calls: a name, a role, and for one that asks the department that it speaks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from api.parsing.answers import JsonAnswer
from api.parsing.characters import in_normal_form
from engine import Role, Roles, operator_of

MAX_CREDENTIAL = 8192
MAX_NAME = 200


class Credential(StrEnum):
    """By what a caller was identified."""

    TOKEN = "token"
    API_KEY = "api_key"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever makes a call. A caller of a role that asks has a department, and no other caller has one.

    The role settles which calls it may make, and whose facts it may state. The name is the subject of a token or that
    of an API key, as `credential` says: an officer may be known by one, and somebody else by the other.
    """

    name: str
    role: Role
    department: str | None = None
    credential: Credential = field(default=Credential.NONE, compare=False)

    @property
    def author(self) -> Author:
        """How the log names it."""
        return Author(self.name, self.role.name)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a caller has a name")
        if self.role.asks != bool(self.department):
            raise ValueError("a role that asks, and no other, has a department")
        if self.department:  # Requests name it in the same form.
            object.__setattr__(self, "department", in_normal_form(self.department))


class Author(NamedTuple):
    """Who recorded something, as the log has it: the name, and that of the role."""

    name: str
    role: str


class NotIdentified(Exception):  # an answer to a caller, not a failure
    """Why a caller is not known, in words that are safe to send and to log: no part of a credential."""


class IssuerUnavailable(Exception):  # an answer to a caller, whose token may well hold
    """Why it cannot be found out now whether a token holds, in words that are safe to send and to log."""


class IdentityFault(Exception):  # reported to an operator, like a fault of the policies
    """Why nobody could be identified by these settings, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


class KeyState(StrEnum):
    """How far the issuer's keys are trusted: as read, as last read before a failure, or no more."""

    CURRENT = "current"
    LAST_GOOD = "last_good_trusted"
    EXPIRED = "expired"


class KeyTrust(JsonAnswer):
    """The trust in the issuer's keys: how long ago they were read, and for how long they are trusted from now."""

    state: KeyState
    age_seconds: int
    trusted_seconds: int


class Authenticator(Protocol):
    """A method of identifying callers."""

    def caller_of(self, authorization: str | None) -> Caller:
        """Return who sent the value of the header Authorization, by what is at hand; nothing is begun.

        Raises `NotIdentified`, `IssuerUnavailable`, and `WouldBlock` if `look_up_caller` may know more.
        """
        ...

    async def look_up_caller(self, authorization: str | None) -> Caller:
        """Return who sent it, and wait for what has to be read. Raises `NotIdentified`, `IssuerUnavailable`."""
        ...

    def key_holder(self, key_hash: str) -> Caller:
        """Return who holds the API key with this SHA-256 now. Raises `NotIdentified`."""
        ...

    async def keep_fresh(self) -> None:
        """Keep what callers are identified by up to date, as a task of the service, until cancelled."""
        ...

    @property
    def key_trust(self) -> KeyTrust | None:
        """The trust in the issuer's keys; None where no tokens are taken."""
        ...


class Anyone:
    """Identifies every caller as the one operator, who decides; for a machine that nobody else reaches."""

    key_trust = None

    def __init__(self, roles: Callable[[], Roles]) -> None:
        self._roles = roles
        self._known: tuple[Roles | None, Caller | None] = (None, None)

    def caller_of(self, authorization: str | None) -> Caller:
        """Return the anonymous caller, whatever was sent."""
        roles = self._roles()
        known, caller = self._known
        if caller is None or known is not roles:
            caller = anonymous_in(roles)
            self._known = roles, caller
        return caller

    async def look_up_caller(self, authorization: str | None) -> Caller:
        """Return the anonymous caller."""
        return self.caller_of(authorization)

    def key_holder(self, key_hash: str) -> Caller:
        """Refuse every key: there are none."""
        raise NotIdentified("This service takes no API keys.")

    async def keep_fresh(self) -> None:
        """Return: nothing has to be read."""


def anonymous_in(roles: Roles) -> Caller:
    """Return the caller whom nobody identified: the operator, who is alone."""
    return Caller("anonymous", operator_of(roles))


def role_in(roles: Roles, name: str, lead: str) -> Role:
    """Return a role of the policies in force. Raises `NotIdentified`, in words that begin with `lead`."""
    role = roles.get(name)
    if role is None:
        raise NotIdentified(f"{lead} one role that the policies in force know: {', '.join(sorted(roles))}.")
    return role


def read_bearer(authorization: str | None) -> str:
    """Return the credential of a header `Authorization: Bearer ...` (RFC 6750, 2.1). Raises `NotIdentified`."""
    if authorization is None:
        raise NotIdentified("Send the header `Authorization: Bearer ...` with a token or an API key.")
    if len(authorization) > MAX_CREDENTIAL:
        raise NotIdentified("The header Authorization is too long.")
    scheme, _, credential = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise NotIdentified("The header Authorization has another scheme than Bearer.")
    if not _CREDENTIAL.fullmatch(credential):
        raise NotIdentified("The header Authorization holds no single token or API key.")
    return credential


_CREDENTIAL = re.compile(r"[A-Za-z0-9._~+/-]+=*")
