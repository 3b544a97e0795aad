"""ID tokens and logout tokens: checked in every respect before anything in them is believed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError

from api.domain.identity import MAX_CREDENTIAL, NotIdentified
from api.http.authentication.jwt import LEEWAY_SECONDS, REGISTRY, fits, read_header
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from api.http.authentication.openid.provider_documents import ProviderDocuments

ID_TOKEN_TYPES = ("jwt", "application/jwt")
LOGOUT_TOKEN_TYPES = ("logout+jwt", "application/logout+jwt", "jwt", "application/jwt")
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_TOKEN_AGE_SECONDS = 600
"""A token was made for the moment: one that is older was stored by somebody."""
MAX_TEXT = 255
"""The most signs that a `sub` has (Core 1.0, 2); nothing needs more for a sign-in or a token."""
MAX_TOKEN = 4 * MAX_CREDENTIAL


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """Whom a provider has signed out: somebody everywhere, or in one sign-in there; `token_id` is used once."""

    subject: str | None
    session: str | None
    token_id: str


@dataclass(frozen=True, slots=True)
class TokenChecks:
    """Checks the tokens of one provider for one client."""

    documents: ProviderDocuments
    client_id: str
    clock: Callable[[], datetime]

    async def check_id_token(self, token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """Return the claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7). Raises `SignInFailed`."""
        required = {"exp": {"essential": True}, "nonce": {"essential": True, "value": nonce}}
        claims, algorithm = await self._checked(token, ID_TOKEN_TYPES, **required)
        _require_text(claims, "sub")
        if "sid" in claims:
            _require_text(claims, "sid")
        stated = claims.get("at_hash")
        if stated is not None and stated != access_token_hash(access_token, algorithm):
            raise _untrusted("at_hash is not that of the access token")
        return claims

    async def check_logout_token(self, token: str) -> LogoutNotice:
        """Return whom a logout token is about (OpenID Back-Channel Logout 1.0, 2.6). Raises `SignInFailed`."""
        claims, _ = await self._checked(token, LOGOUT_TOKEN_TYPES)
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise _untrusted("it is no logout token: events")
        if "nonce" in claims:
            raise _untrusted("a logout token has no nonce")
        token_id = _require_text(claims, "jti")
        subject = _require_text(claims, "sub") if "sub" in claims else None
        session = _require_text(claims, "sid") if "sid" in claims else None
        if subject is None and session is None:
            raise _untrusted("a logout token has sub or sid")
        return LogoutNotice(subject, session, token_id)

    async def _checked(
        self, token: str, types: Collection[str], **options: Any
    ) -> tuple[dict[str, Any], str]:
        """Return the claims of a token of this provider for this client, made now, and its algorithm."""
        if len(token) > MAX_TOKEN:
            raise _untrusted("the token is too long")
        try:
            header = read_header(token, types)
        except NotIdentified as error:
            raise _untrusted(str(error)) from error
        algorithm = header["alg"]
        key = await self.documents.find_key(header.get("kid"), partial(fits, algorithm=algorithm))
        if key is None:
            raise _untrusted("no key of the provider can check it")
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self.clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.documents.issuer},
            aud={"essential": True, "value": self.client_id},
            iat={"essential": True},
            **options,
        )
        try:
            claims = jwt.decode(token, key, registry=REGISTRY).claims
            registry.validate(claims)
        except ClaimError as error:
            raise _untrusted(f"see {error.claim}") from error
        except Exception as error:  # whatever keeps a token from being read, it signs nobody in
            raise _untrusted("its signature or content does not hold") from error
        self._check_parties(claims)
        if registry.now - claims["iat"] > MAX_TOKEN_AGE_SECONDS:
            raise _untrusted("iat is long past")
        return claims, algorithm

    def _check_parties(self, claims: Mapping[str, Any]) -> None:
        """Raise `SignInFailed` if the token is for others too and was not requested by this client."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.client_id) != self.client_id:
            raise _untrusted("see azp")


def access_token_hash(access_token: str, algorithm: str) -> str:
    """Return the hash of an access token as an ID token of the algorithm has it (Core 1.0, 3.1.3.6)."""
    bits = algorithm[-3:]
    digest = hashlib.new(f"sha{bits}" if bits in ("256", "384", "512") else "sha512", access_token.encode())
    half = digest.digest()[: digest.digest_size // 2]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def _require_text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable():
        return value
    raise _untrusted(f"see {name}")


def _untrusted(reason: str) -> SignInFailed:
    return SignInFailed(SignInFault.NOT_TRUSTED, f"the provider's token does not hold here: {reason}")
