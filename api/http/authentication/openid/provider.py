"""A provider of sign-ins (OpenID Connect Core 1.0, authorization code with PKCE): from leaving to coming back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from api.domain.identity import Caller, IdentityFault
from api.domain.sign_ins import ProviderSession
from api.http.authentication.bounded_fetch import is_guarded
from api.http.authentication.openid.attempts import SignInAttempt
from api.http.authentication.openid.claims import ClaimNames, read_roles
from api.http.authentication.openid.exchange import (
    exchange_code,
    read_client_secret,
    read_user_info,
    shown,
)
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from api.http.authentication.openid.id_tokens import LogoutNotice, TokenChecks
from api.http.authentication.openid.provider_documents import ProviderDocuments, ProviderMetadata
from api.settings import Settings
from engine import Roles

CALLBACK = "/sign-in/callback"
MAX_CODE = 4096


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """The provider of the settings; `public_url` is where browsers reach this service."""

    settings: Settings
    client_id: str
    public_url: str
    documents: ProviderDocuments
    tokens: TokenChecks
    claim_names: ClaimNames

    async def begin(self, attempt: SignInAttempt) -> str:
        """Return the address at the provider to which a browser is sent. Raises `SignInFailed`."""
        metadata = await self.documents.metadata()
        return _with_query(
            metadata.authorization_endpoint,
            {
                "response_type": "code",
                "client_id": self.client_id,
                "redirect_uri": self._redirect_uri,
                "scope": self.settings.oidc_scopes,
                "state": attempt.state,
                "nonce": attempt.nonce,
                "code_challenge": attempt.challenge,
                "code_challenge_method": "S256",
            },
        )

    async def finish(
        self, attempt: SignInAttempt, answer: Mapping[str, str], roles: Roles
    ) -> tuple[Caller, ProviderSession]:
        """Return who came back, and by which sign-in there; the state was compared. Raises `SignInFailed`."""
        metadata = await self.documents.metadata()
        self._check_issuer(metadata, answer)
        if error := answer.get("error"):
            raise _refusal(error, answer.get("error_description", ""))
        code = answer.get("code", "")
        if not 0 < len(code) <= MAX_CODE:
            raise SignInFailed(SignInFault.NOT_TRUSTED, "the provider sent no code")
        sent = {"code": code, "redirect_uri": self._redirect_uri, "code_verifier": attempt.verifier}
        tokens = await exchange_code(metadata, self.client_id, self.settings.oidc_client_secret, sent)
        claims: dict[str, Any] = dict(
            await self.tokens.check_id_token(tokens.id_token, attempt.nonce, tokens.access_token)
        )
        subject, session = claims["sub"], claims.get("sid")
        if metadata.userinfo_endpoint and not self.claim_names.are_complete(claims):
            claims = {
                **await read_user_info(metadata.userinfo_endpoint, tokens.access_token, subject),
                **claims,
            }
        caller = self.claim_names.caller_of(claims, roles)
        return caller, ProviderSession(self.documents.issuer, subject, session)

    async def read_logout(self, logout_token: str) -> LogoutNotice:
        """Return whom the provider has signed out. Raises `SignInFailed`."""
        return await self.tokens.check_logout_token(logout_token)

    async def sign_out_address(self, back: str) -> str | None:
        """Return where somebody signs out at the provider, to come back to the page `back`; None if it has no such.

        None too while the provider does not answer.
        """
        try:
            address = (await self.documents.metadata()).end_session_endpoint
        except SignInFailed:
            return None
        if address is None:
            return None
        return _with_query(
            address, {"client_id": self.client_id, "post_logout_redirect_uri": f"{self.public_url}{back}"}
        )

    @property
    def _redirect_uri(self) -> str:
        return f"{self.public_url}{CALLBACK}"

    def _check_issuer(self, metadata: ProviderMetadata, answer: Mapping[str, str]) -> None:
        """Raise `SignInFailed` if another provider sent the browser back (RFC 9207): it must not get the code."""
        stated = answer.get("iss")
        if stated is None and not metadata.authorization_response_iss_parameter_supported:
            return
        if stated != self.documents.issuer:
            raise SignInFailed(SignInFault.NOT_TRUSTED, "the answer is of another provider: see iss")


def choose_provider(settings: Settings, clock: Callable[[], datetime]) -> OpenIdProvider | None:
    """Return the provider of the settings; None if there is none. Nothing is fetched yet.

    Raises `IdentityFault` for settings by which nobody could sign in, or two people could have one name.
    """
    issuer, client_id, url = settings.oidc_issuer, settings.oidc_client_id, settings.public_url
    if issuer is None or not settings.console:
        return None
    if client_id is None:
        raise IdentityFault(
            "nobody can sign in at the provider without the name of this service there",
            "give the client id that the provider gave out as CHANNELGATE_OIDC_CLIENT_ID",
        )
    if url is None:
        raise IdentityFault(
            "a provider sends people back to the address at which they reach the console, and none is named",
            "name it with --public-url (CHANNELGATE_PUBLIC_URL), and register it with /sign-in/callback there",
        )
    if not is_guarded(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        raise IdentityFault(
            f"the provider {issuer} would be reached over an open connection, or is no issuer",
            "name its issuer with https:// in CHANNELGATE_OIDC_ISSUER, exactly as its discovery document does",
        )
    if not is_guarded(url):
        raise IdentityFault(
            f"people would come back to {url} over an open connection",
            "serve the console behind TLS, and name that address with --public-url",
        )
    if "openid" not in settings.oidc_scopes.split():
        raise IdentityFault(
            "without the scope `openid` a provider gives no ID token", "add it to CHANNELGATE_OIDC_SCOPES"
        )
    if settings.jwks and (settings.issuer != issuer or settings.oidc_name_claim != "sub"):
        raise IdentityFault(
            "tokens name people by the `sub` of their issuer, and sign-ins would name them otherwise:"
            " two people could have one name",
            "set CHANNELGATE_OIDC_ISSUER to the --issuer of the tokens and leave CHANNELGATE_OIDC_NAME_CLAIM out,"
            " or leave out --jwks",
        )
    read_client_secret(settings.oidc_client_secret)
    try:
        roles_by_value = read_roles(settings.oidc_roles)
    except ValueError as error:
        raise IdentityFault("CHANNELGATE_OIDC_ROLES cannot be read", str(error)) from error
    documents = ProviderDocuments(issuer)
    return OpenIdProvider(
        settings,
        client_id,
        url.rstrip("/"),
        documents,
        TokenChecks(documents, client_id, clock),
        ClaimNames(
            settings.oidc_name_claim,
            settings.oidc_role_claim,
            settings.oidc_department_claim,
            roles_by_value,
        ),
    )


def _refusal(error: str, description: str) -> SignInFailed:
    fault = SignInFault.PROVIDER_REFUSED
    if error == "access_denied":
        fault = SignInFault.CANCELLED
    elif error in ("temporarily_unavailable", "server_error"):
        fault = SignInFault.PROVIDER_UNAVAILABLE
    return SignInFailed(fault, f"the provider states: {shown(error)} {shown(description)}".strip())


def _with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"
