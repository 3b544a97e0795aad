"""Callers by JWT (RFC 7519, 8725): a signature by the issuer, made for this service, at this time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from api.domain.identity import (
    MAX_CREDENTIAL,
    MAX_NAME,
    Caller,
    Credential,
    KeyTrust,
    NotIdentified,
    read_bearer,
    role_in,
)
from api.http.authentication.issuer_keys import IssuerKeys
from api.runtime.lockstep import WouldBlock
from engine import Roles

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""The closed list. All are asymmetric: a public key of the issuer can never pass for a shared secret."""
TYPES = ("jwt", "at+jwt", "application/jwt", "application/at+jwt")
"""The accepted values of `typ`; other kinds of token are made for other purposes (RFC 8725, 3.11)."""
LEEWAY_SECONDS = 30


class TokenAuthenticator:
    """Identifies callers by the tokens of one issuer; `roles` returns those of the policies in force."""

    def __init__(
        self,
        keys: IssuerKeys,
        issuer: str,
        audience: str,
        role_claim: str,
        clock: Callable[[], datetime],
        roles: Callable[[], Roles],
    ) -> None:
        self._keys = keys
        self._roles = roles
        self._role_claim = role_claim
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def caller_of(self, authorization: str | None) -> Caller:
        """Return the subject of a token that holds in every respect, by the keys at hand.

        Raises `NotIdentified`, `IssuerUnavailable`, and `WouldBlock` if the key is not at hand.
        """
        token, kid, fits = _read_token(authorization)
        key = self._keys.find(kid, fits)
        if key is None:
            raise WouldBlock
        return self._caller(self._checked_claims(token, key))

    async def look_up_caller(self, authorization: str | None) -> Caller:
        """Return the subject, and wait for a key that is not at hand. Raises `NotIdentified`, `IssuerUnavailable`."""
        token, kid, fits = _read_token(authorization)
        key = await self._keys.look_up(kid, fits)
        if key is None:
            raise NotIdentified("No key of the issuer can check this token.")
        return self._caller(self._checked_claims(token, key))

    def key_holder(self, key_hash: str) -> Caller:
        """Refuse every API key. Raises `NotIdentified`."""
        raise NotIdentified("This service takes no API keys.")

    async def keep_fresh(self) -> None:
        """Keep the keys of the issuer up to date, until cancelled."""
        await self._keys.keep_fresh()

    @property
    def key_trust(self) -> KeyTrust:
        """The trust in the keys of the issuer."""
        return self._keys.trust

    def _checked_claims(self, token: str, key: Key) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, key, registry=REGISTRY).claims
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise NotIdentified("The token has expired.") from error
        except ClaimError as error:
            named = [name for name in _CHECKED_CLAIMS if name in error.claim.split(",")]
            raise NotIdentified(f"The token does not hold here: see {', '.join(named)}.") from error
        except Exception as error:  # whatever keeps a token from being read, it identifies nobody
            raise NotIdentified("The token's signature or content does not hold.") from error
        return claims

    def _caller(self, claims: dict[str, Any]) -> Caller:
        match claims.get(self._role_claim):
            case str(stated) | [str(stated)]:
                role = role_in(self._roles(), stated, "The token does not state")
            case _:
                raise NotIdentified("The token does not state one role.")
        department = _text(claims.get("department"), "department") if role.asks else None
        return Caller(_text(claims["sub"], "sub"), role, department, Credential.TOKEN)


def _text(value: object, claim: str) -> str:
    if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable():
        return value
    raise NotIdentified(f"The token states no {claim} that the service can use.")


def _read_token(authorization: str | None) -> tuple[str, str | None, Callable[[Key], bool]]:
    """Return what claims to be a JWT, the name of its key, and which keys it could be checked with."""
    token = read_bearer(authorization)
    header = read_header(token)
    return token, header.get("kid"), partial(fits, algorithm=header["alg"])


def read_header(token: str, types: Collection[str] = TYPES) -> dict[str, Any]:
    """Return the header of what claims to be a JWT of one of the types; nothing in it is to be believed yet.

    Raises `NotIdentified`.
    """
    try:
        header = jws.extract_compact(token.encode(), registry=REGISTRY).headers()
        REGISTRY.check_header(header)
        REGISTRY.get_alg(header["alg"])
    except UnsupportedAlgorithmError as error:
        raise NotIdentified("The token is signed in a way that is not accepted.") from error
    except Exception as error:  # whatever keeps a token from being read, it identifies nobody
        raise NotIdentified("This is no JWT that the service can read.") from error
    if "crit" in header or header.get("typ", "JWT").lower() not in types:
        raise NotIdentified("The token is of another kind than the service takes.")
    return header


def fits(key: Key, algorithm: str) -> bool:
    """Whether a key can check signatures of an algorithm of the closed list."""
    try:
        REGISTRY.get_alg(algorithm).check_key(key)
    except JoseError:
        return False
    return True


class ClosedRegistry(JWSRegistry):
    """joserfc's algorithms, those of the list alone; unknown header members are ignored (RFC 7515, 4)."""

    max_header_length = MAX_CREDENTIAL

    def get_alg(self, name: str) -> Any:
        """Return the algorithm. The library's own look-up warns of the name EdDSA at every use (RFC 9864)."""
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError("not in the list")
        return self.algorithms[name]


REGISTRY = ClosedRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_CHECKED_CLAIMS = ("iss", "aud", "exp", "nbf", "iat", "sub", "jti")
